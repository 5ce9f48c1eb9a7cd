import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunHeader } from '../../src/model/run-header.ts'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

const root = join(import.meta.dirname, '..', '..')
const plan = join(root, 'systems/writing-flow/writing-flow.plan.ts')
const components = ['concurrent load', 'memory pressure', 'CPU saturation', 'capacity limits', 'recovery']

/** The formula of the README: places / (stages · (mean of a call with its retries)). */
const [places, stages, meanSec, failureRate, backoffSec, mostWaiting] = [20, 5, 0.1, 0.05, 0.1, 10]
const perSec = places / (stages * (meanSec / (1 - failureRate) + (backoffSec * failureRate) / (1 - failureRate)))

interface FlowRun {
  readonly result: RunResult
  readonly output: string
  readonly status: number | null
}

async function stress(bench: TestBench, args: readonly string[], defect = ''): Promise<FlowRun> {
  const { status, output } = await bench.cli(
    ['run', plan, '--quick', '--workers', '1', '--seed', '11', '--out', bench.out, '--reporter', 'text,json', ...args],
    { cwd: root, env: { WRITING_FLOW_DEFECT: defect }, timeoutMs: 180_000 },
  )
  return { status, output, result: bench.result() }
}

const named = ({ tests }: RunResult): string[] => tests.flatMap(({ findings }) => findings.map(({ id }) => id))

function component({ tests }: RunResult, name: string): TestResult {
  const found = tests.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no test ${name} in the result`)
  return found
}

/** A machine without a core to give voids what it disturbs: once more then, and with patience. */
async function valid(run: () => Promise<FlowRun>): Promise<FlowRun> {
  let last = await run()
  for (let again = 0; again < 2 && last.result.verdict === 'invalid'; again++) last = await run()
  return last
}

describe('the sound writing flow', () => {
  test(
    'passes its five components, nothing is wrong with it, and the maximum found is that of the formula',
    { timeout: 600_000 },
    () =>
      withBench(async (bench) => {
        const { result, output, status } = await valid(() => stress(bench, ['--suite', 'stress']))
        expect(result.tests.map(({ name }) => name)).toEqual(components)
        expect(named(result)).toEqual([])
        expect(result.verdict, output).toBe('passed')
        expect(status).toBe(0)
        const { capacity } = component(result, 'capacity limits')
        expect(capacity?.kind).toBe('interval')
        // Upwards a short trial may fill the queue without any harm: so much more in the five seconds of a confirmation. A tenth for a busy machine.
        expect(capacity?.upper).toBeGreaterThan(0.9 * perSec)
        expect(capacity?.lower).toBeLessThan(1.1 * (perSec + mostWaiting / 5))
        // When, on what, how much went well, a line a component, advice, and at last the tuning.
        const order = ['When', 'Length', 'Machine', 'Success', '5 of 5 passed', ...components, 'Tuning', 'alert on load', 'Seed']
        const at = order.reduce((from, word) => (from < 0 ? from : output.indexOf(word, from)), 0)
        expect(at, output).toBeGreaterThan(0)
      }),
  )

  test('bears a disk that is full of work', { timeout: 120_000 }, () =>
    withBench(async (bench) => {
      const { result, output } = await valid(() => stress(bench, ['--suite', 'stress-io']))
      expect(result.verdict, output).toBe('passed')
      expect(named(result)).toEqual([])
    }),
  )
})

describe.concurrent('each planted defect is named', () => {
  test.each([
    ['unbounded-queue', 'recovery', 'queue-unbounded'],
    ['retry-storm', 'recovery', 'retry-storm'],
    ['no-breaker', 'recovery', 'breaker-absent'],
    ['leak', 'memory pressure', 'memory-leak'],
  ])('%s', { timeout: 180_000 }, (defect, name, finding) =>
    withBench(async (bench) => {
      const { result, output } = await stress(bench, ['--test', name], defect)
      expect(named(result), output).toEqual([finding])
    }),
  )
})

test('a guard for this run alone ends it, with its value', { timeout: 60_000 }, () =>
  withBench(async (bench) => {
    const { result, status } = await stress(bench, ['--test', 'concurrent load', '--stop-when', 'test.time > 2s'])
    expect(status).toBe(4)
    expect(result.verdict).toBe('stopped')
    expect(component(result, 'concurrent load').reason).toContain('test.time > 2s')
  }),
)

test('inside another test runner it has guards of its own', { timeout: 180_000 }, () =>
  withBench((bench) => {
    const args = ['--import', 'tsx', '--test', '--test-reporter', 'spec', 'examples/writing-flow.test.ts']
    const { stdout, status } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LOAD_TEST_OUT: bench.out },
    })
    expect(status, stdout).toBe(0)
    expect(stdout).toContain('pass 1')
    const { plan: recorded } = JSON.parse(readFileSync(join(bench.out, 'plan.json'), 'utf8')) as RunHeader // the header of the record
    expect(recorded.tests[0]?.stopWhen.map(({ text }) => text)).toContain('generator.memory > 500MB')
    return Promise.resolve()
  }),
)
