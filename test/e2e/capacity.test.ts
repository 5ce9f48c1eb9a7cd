import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { CliResult, RunningCli } from '../kit/run-cli.ts'
import { searchedServer } from '../kit/searched-server.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** A search of a station of the server; `more` are further keys of the test. */
function searchPlan(
  bench: TestBench,
  {
    path,
    capacity,
    more = '',
    objectives = "['p95 < 200ms', 'errors < 1%']",
    server = searchedServer,
  }: {
    path: string
    capacity: string
    more?: string
    objectives?: string
    server?: string
  },
): void {
  bench.write('searched.mjs', server)
  bench.plan(`
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node searched.mjs ${bench.port}', ready: '/' },
  scenarios: { ask: scenario(async ({ http }) => { await http.get('${path}') }) },
  objectives: ${objectives},
  tests: { search: { suite: 'stress', capacity: { minTrial: '2s', maxTrial: '4s', settle: '4s', ${capacity} }, ${more} } },
})`)
}

/** Five searches at once on two cores repeat many a trial. */
const timeoutMs = 170_000

const trialsOf = (events: readonly RunEvent[]) => events.filter((event) => event.kind === 'trial-started')

/** Ends the run in some way once its record has begun so many trials. */
function afterTrials(bench: TestBench, count: number, act: (run: RunningCli) => void) {
  let done = false
  let timer: NodeJS.Timeout | undefined
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      const path = join(bench.out, 'events.ndjson')
      if (done || !existsSync(path)) return
      if (readFileSync(path, 'utf8').split('"trial-started"').length - 1 < count) return
      done = true
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

describe.concurrent('a capacity search', () => {
  it('that was killed goes on in its own record, after the trials that it had', () =>
    withBench(async (bench) => {
      searchPlan(bench, { path: '/bounded', capacity: "from: '20/s', to: '80/s', within: '50%'" })
      await bench.run([], { timeoutMs, onOutput: afterTrials(bench, 2, (run) => run.signal('SIGKILL')) })
      const before = trialsOf(bench.events())
      expect(before.length).toBeGreaterThanOrEqual(2)
      // The line that the kill cut in two.
      bench.write('out/events.ndjson', `${readFileSync(join(bench.out, 'events.ndjson'), 'utf8')}{"t":99,"kind":"tri`)
      const { status, stderr } = await bench.cli(['run', '--resume', bench.out, '--reporter', 'line,json'], { timeoutMs })
      expect(stderr).toBe('')
      expect([0, 3]).toContain(status)
      const after = trialsOf(bench.events())
      expect(after.slice(0, before.length)).toEqual(before)
      expect(after.map(({ trial }) => trial)).toEqual(after.map((_, i) => i + 1))
      // One clock: what comes later stands later.
      expect(after[before.length]!.t).toBeGreaterThan(before.at(-1)!.t)
      const { capacity } = bench.result().tests[0]!
      expect(capacity!.kind).not.toBe('unfinished')
      // What the first part learnt is not asked again: the smallest load was borne there.
      const ended = bench.events().filter((event) => event.kind === 'trial-ended')
      expect(capacity!.trials.map(({ trial }) => trial)).toEqual(ended.map(({ trial }) => trial))
      expect(await bench.leftovers()).toEqual([])
    }))

  it('that is finished, of another plan, or no search at all is not resumed, and says why', () =>
    withBench(async (bench) => {
      searchPlan(bench, { path: '/slow', capacity: "from: '20/s', to: '40/s', within: '50%'" })
      await bench.run([], { timeoutMs })
      expect(bench.result().tests[0]!.capacity!.kind).toMatch(/fails-at-from|generator-limited/)
      const finished = await bench.cli(['run', '--resume', bench.out])
      expect([finished.status, finished.stderr]).toEqual([2, expect.stringContaining('all of its tests were run to their end')])
      const given = await bench.cli(['run', '--resume', bench.out, '--seed', '5'])
      expect(finished.stderr).toContain('(RESUME_IMPOSSIBLE)')
      expect([given.status, given.stderr]).toEqual([2, expect.stringContaining('nothing beside --resume')])
      const missing = await bench.cli(['run', '--resume', join(bench.folder, 'nowhere')])
      expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('does not exist')])
    }))

  it('that is still in progress is not resumed: two writers would spoil its record', () =>
    withBench(async (bench) => {
      searchPlan(bench, { path: '/bounded', capacity: "from: '20/s', to: '2000/s', within: '5%'" })
      let second: Promise<CliResult> | undefined
      const resumeOnce = (run: RunningCli): void => {
        second = bench.cli(['run', '--resume', bench.out]).finally(() => run.signal('SIGINT'))
      }
      await bench.run([], { timeoutMs, onOutput: afterTrials(bench, 1, resumeOnce) })
      const refused = await second
      expect([refused?.status, refused?.stderr]).toEqual([2, expect.stringContaining('it is still in progress (process ')])
      expect(bench.events().filter(({ kind }) => kind === 'run-resumed')).toEqual([])
      expect(await bench.leftovers()).toEqual([])
    }))

  it('that is interrupted reports what it knows, as unfinished, with status 130', () =>
    withBench(async (bench) => {
      searchPlan(bench, { path: '/bounded', capacity: "from: '20/s', to: '2000/s', within: '5%'" })
      const { status } = await bench.run([], { timeoutMs, onOutput: afterTrials(bench, 3, (run) => run.signal('SIGINT')) })
      expect(status).toBe(130)
      const [test] = bench.result().tests
      expect(test!.verdict).toBe('interrupted')
      expect(test!.capacity!.kind).toBe('unfinished')
      expect(test!.capacity!.trials.length).toBeGreaterThanOrEqual(2)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('goes on with a fresh target when the target dies of a load, and calls that load a hard breaking point', () =>
    withBench(async (bench) => {
      // Dies as soon as a second had more than sixty requests.
      const server = searchedServer.replace(
        'const stations = {',
        'let lately = []\nconst mortal = (ok) => { const at = now(); lately = [...lately.filter((one) => one > at - 1), at]; if (lately.length > 60) process.exit(7); ok() }\nconst stations = {\n  mortal,',
      )
      searchPlan(bench, { path: '/mortal', capacity: "from: '20/s', to: '400/s', within: '40%', process: 'uniform'", server })
      const { status } = await bench.run([], { timeoutMs })
      const [test] = bench.result().tests
      const died = test!.capacity!.trials.filter(({ end }) => end === 'target-died')
      expect(died.length).toBeGreaterThan(0)
      for (const trial of died) expect(trial).toMatchObject({ class: 'crash', failedObjective: 'the target died' })
      // A trial that a busy machine voided supports no bound.
      if (died.some(({ verdict }) => verdict === 'fails')) {
        expect(test!.capacity!.hardBreakingPoint).toBeGreaterThan(50)
        expect(test!.capacity!.hardBreakingPoint).toBeLessThanOrEqual(160)
      }
      expect([0, 3]).toContain(status)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('of users finds whole numbers', () =>
    withBench(async (bench) => {
      // Ten connections of 40 ms: from the eleventh user on somebody waits, and at 34 users for 100 ms.
      searchPlan(bench, {
        path: '/pool',
        capacity: "from: 4, to: 200, within: '40%'",
        objectives: "['p95 < 110ms', 'errors < 5%']",
      })
      await bench.run([], { timeoutMs })
      const { capacity } = bench.result().tests[0]!
      expect(capacity!.unit).toBe('users')
      for (const { load } of capacity!.trials) expect(Number.isInteger(load)).toBe(true)
      if (capacity!.kind === 'interval') {
        expect(capacity!.lower).toBeLessThan(40)
        expect(capacity!.upper).toBeGreaterThan(20)
      }
    }))
})
