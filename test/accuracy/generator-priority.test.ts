import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { mayRunInRealTime } from '../../src/run/generator-priority.ts'
import type { CliOptions } from '../kit/run-cli.ts'
import { schedulingOf } from '../kit/scheduling.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** Whether one worker is given it here: a core must be left to others. */
const isGranted = mayRunInRealTime() && availableParallelism() > 1

interface Seen {
  /** The most threads of the program, and of all that it started, that had real-time priority at one moment. */
  readonly generator: number
  readonly others: number
  readonly inRecord: boolean | undefined
  /** Share of time in which the generator wanted a core and had none. */
  readonly waited: number
}

async function seen(bench: TestBench, args: readonly string[], options: Partial<CliOptions> = {}): Promise<Seen> {
  let generator = 0
  let others = 0
  let looks: NodeJS.Timeout | undefined
  const look = (own: number): void => {
    const counts = bench.processes().map(({ pid }) => ({ pid, count: realtimeThreads(pid) }))
    const ofOwn = counts.find(({ pid }) => pid === own)?.count ?? 0
    generator = Math.max(generator, ofOwn)
    others = Math.max(others, counts.reduce((sum, { count }) => sum + count, 0) - ofOwn)
  }
  await bench.run(['--workers', '1', ...args], {
    ...options,
    onOutput: (_, { pid }) => {
      looks ??= setInterval(() => look(pid), 100)
    },
  })
  clearInterval(looks)
  const { machine, tests } = bench.result()
  const waited = tests[0]?.validity.checks.find(({ id }) => id === 'run-queue-wait')?.value ?? NaN
  return { generator, others, inRecord: machine.realtimeGenerator, waited }
}

function realtimeThreads(pid: number): number {
  try {
    return schedulingOf(pid).filter(({ policy }) => policy === 2).length
  } catch {
    return 0 // it has ended meanwhile
  }
}

/** As many as there are cores, and as many again, who never rest. */
async function whileOthersCompute<T>(work: () => Promise<T>): Promise<T> {
  const neighbours = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    return await work()
  } finally {
    for (const neighbour of neighbours) neighbour.kill('SIGKILL')
  }
}

it('who has no core while others compute waits for one, unless it goes before them, and only the generator does', () =>
  withBench(async (bench) => {
    simplePlan(bench, { test: "users: 40, for: '4s'" })
    await whileOthersCompute(async () => {
      const first = await seen(bench, [])
      const last = await seen(bench, ['--normal-priority'])
      expect(first).toMatchObject({ generator: isGranted ? 1 : 0, others: 0, inRecord: isGranted })
      expect(last).toMatchObject({ generator: 0, others: 0, inRecord: false })
      expect(last.waited).toBeGreaterThan(0.05)
      if (isGranted) expect(first.waited).toBeLessThan(0.005)
    })
  }))

it('where no core is left to others, and where the functions under test run on its thread, it has what anybody has', () =>
  withBench(async (bench) => {
    simplePlan(bench)
    expect(await seen(bench, [], { prefix: ['taskset', '--cpu-list', '0'] })).toMatchObject({ generator: 0, inRecord: false })
    simplePlan(bench, { behaviour: false, body: "await step('sum', () => 1)" })
    expect(await seen(bench, [])).toMatchObject({ generator: 0, inRecord: false })
  }))
