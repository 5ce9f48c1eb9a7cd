import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestResult } from '../model/run-result.ts'
import { preparePlan, runPlan } from '../run/index.ts'
import type { TruthCase } from './cases.ts'
import { shortCases } from './cases.ts'
import type { Comparison } from './compare-truth.ts'
import { compareWithTruth, serverTimes } from './compare-truth.ts'
import { freePort, truthPlan } from './truth-plan.ts'

/** Always the built file: it is started as a process of its own. */
const serverEntry = fileURLToPath(new URL('./queue-server.js', import.meta.url))

export interface CaseOutcome {
  readonly test: TestResult
  readonly comparisons: readonly Comparison[]
  readonly agrees: boolean
}

/** Drives queues of known truth with the real engine and prints the figures beside the formulas. True when all agree. */
export async function selfTest({
  report,
  cases = shortCases,
  seed = 1,
}: {
  readonly report: (line: string) => void
  readonly cases?: readonly TruthCase[]
  readonly seed?: number
}): Promise<boolean> {
  report('')
  report(
    'Servers whose answer times are known by formula, driven by this engine (about a minute). "given" is what the server took by its own clock.',
  )
  let allAgree = true
  for (const one of cases) {
    const outcome = await runTruthCase(one, seed)
    allAgree &&= outcome.agrees
    for (const line of describeOutcome(one, outcome)) report(line)
  }
  report(
    allAgree
      ? 'The figures agree with the formulas (3 % or the 95 % interval; the stall 5 %) and with what the servers took.'
      : 'Some figures do not agree: do not trust numbers from this machine before you know why. A busy machine is the usual cause; a void run proves nothing, run it again when it is quiet.',
  )
  return allAgree
}

function describeOutcome({ name }: TruthCase, { agrees, comparisons, test }: CaseOutcome): readonly string[] {
  const { validity, totals } = test
  const concerns = validity.checks.filter(({ verdict }) => verdict !== 'ok')
  return [
    `${agrees ? '✓' : '✗'} ${name}: ${totals.requests} requests, validity ${validity.verdict}`,
    ...comparisons.map(describeFigure),
    ...concerns.map(({ id, verdict, value, limit }) => `    ${verdict}: ${id} ${figure(value)}, limit ${figure(limit)}`),
  ]
}

function describeFigure({ figure: name, truth, measured, off, interval, given, agrees }: Comparison): string {
  if (measured === null || off === null) return `  ✗ ${name.padEnd(4)} not measured (formula ${truth.toFixed(2)} ms)`
  const known = interval === null ? '' : `, 95 % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)}`
  const own = given === null ? '' : `, given ${given.toFixed(2)} (${percent(measured / given - 1)})`
  return `  ${agrees ? '✓' : '✗'} ${name.padEnd(4)} ${measured.toFixed(2)} ms, formula ${truth.toFixed(2)} (${percent(off)})${known}${own}`
}

function percent(ratio: number): string {
  return `${ratio >= 0 ? '+' : ''}${(100 * ratio).toFixed(1)} %`
}

function figure(value: number | null): string {
  return value === null ? 'unknown' : String(Number(value.toPrecision(3)))
}

export async function runTruthCase(one: TruthCase, seed: number): Promise<CaseOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'proofload-selftest-'))
  try {
    const port = await freePort()
    const file = join(scratch, 'truth.plan.ts')
    writeFileSync(file, truthPlan(one, { port, seed, serverEntry }))
    const plan = await preparePlan({ file, scratch: join(scratch, 'bundle') })
    const { result, error } = await runPlan({
      plan,
      outFolder: join(scratch, 'out'),
      seed,
      workers: 1,
      command: 'proofload doctor --selftest',
      debug: false,
      observer: {},
    })
    const [test] = result.tests
    if (error instanceof Error) throw error
    if (test === undefined) throw new Error('The self-test gave no result.')
    // Comparing an invalid run with a formula would prove nothing.
    const comparisons = compareWithTruth(one, test.latencyMs, serverTimes(test.metrics))
    return { test, comparisons, agrees: test.validity.verdict !== 'void' && comparisons.every(({ agrees }) => agrees) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
