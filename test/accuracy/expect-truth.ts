import type { TestContext } from 'vitest'
import { expect } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import type { Comparison, TruthCase } from '../../src/selftest/index.ts'
import { compareWithTruth, freePort, serverTimes, truthPlan } from '../../src/selftest/index.ts'
import { queueServer, runCli } from './run-cli.ts'

/** Checks that go off when the machine had no time for the generator; samples and precision are the plan's. */
const machineChecks = new Set([
  'generator-cpu',
  'event-loop-use',
  'event-loop-delay',
  'run-queue-wait',
  'late-sends',
  'slip',
  'gc',
  'achieved-rate',
  'dropped-sends',
])

/** What the generator itself complained of. */
export function complaints({ validity }: TestResult): readonly string[] {
  return validity.checks
    .filter(({ id, verdict }) => verdict !== 'ok' && machineChecks.has(id))
    .map(({ id, verdict, value, limit }) => `${verdict} ${id} ${String(value)} (limit ${String(limit)})`)
}

export const isVoid = ({ validity }: TestResult): boolean => validity.verdict === 'void'

const attempts = 3

/**
 * Runs a test, and again when the generator complained of the machine: a run whose validity is not ok claims less (void: nothing), so it
 * cannot contradict a formula. A run that the generator does not complain of is not repeated whatever it says. Void to the last: the machine
 * is too busy to tell, and the test is skipped with the reason.
 */
export async function withQuietMachine(
  context: TestContext,
  run: () => Promise<TestResult>,
  isAsExpected: (test: TestResult) => boolean,
): Promise<TestResult> {
  for (let attempt = 1; ; attempt += 1) {
    const test = await run()
    if ((isAsExpected(test) && !isVoid(test)) || complaints(test).length === 0) return test
    const why = complaints(test).join(', ')
    if (attempt === attempts && isVoid(test)) context.skip(`void ${attempts} times, the machine is too busy: ${why}`)
    if (attempt === attempts) return test
    console.warn(`Run again, because the machine was busy: ${why}`)
  }
}

export async function expectTruth(context: TestContext, one: TruthCase, seed = 1): Promise<TestResult> {
  const run = async (): Promise<TestResult> => {
    const { tests } = await runCli(truthPlan(one, { port: await freePort(), seed, serverEntry: queueServer }), seed)
    const test = tests[one.name]
    if (test === undefined) throw new Error(`no result for ${one.name}`)
    return test
  }
  const compared = (test: TestResult): readonly Comparison[] => compareWithTruth(one, test.latencyMs, serverTimes(test.metrics))
  const test = await withQuietMachine(context, run, (result) => compared(result).every(({ agrees }) => agrees))
  expect(
    compared(test).filter(({ agrees }) => !agrees),
    `validity ${test.validity.verdict}: ${complaints(test).join(', ')}`,
  ).toEqual([])
  expect(test.totals.failed).toBe(0)
  return test
}
