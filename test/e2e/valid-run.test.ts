import { expect, it } from 'vitest'
import type { CliResult } from '../kit/run-cli.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

const test = "users: 1, for: '2s'"

/** One that is not void: a machine that others use as well may starve the generator, which proofload is right to refuse. */
async function validRun(bench: TestBench): Promise<CliResult> {
  for (let tries = 1; ; tries++) {
    const result = await bench.run()
    if (bench.result().tests[0]?.validity.verdict !== 'void' || tries === 4) return result
  }
}

it('ends with 0 when all objectives hold', () =>
  withBench(async (bench) => {
    simplePlan(bench, { test, more: "objectives: ['errors < 1%', 'p50 < 10s']," })
    const { status, output } = await validRun(bench)
    expect(status).toBe(0)
    expect(output).toContain('passed')
    expect(bench.result()).toMatchObject({ exitCode: 0, verdict: 'passed' })
    expect(await bench.leftovers()).toEqual([])
  }))

it('ends with 1 when an objective failed', () =>
  withBench(async (bench) => {
    simplePlan(bench, { test, more: "objectives: ['throughput > 1000000/s']," })
    const { status } = await validRun(bench)
    expect(status).toBe(1)
    expect(bench.result()).toMatchObject({ exitCode: 1, verdict: 'failed', tests: [{ objectives: [{ verdict: 'fail' }] }] })
  }))
