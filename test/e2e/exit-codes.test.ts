import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { simplePlan } from '../kit/simple-plan.ts'
import { withBench } from '../kit/test-bench.ts'

const light = "users: 1, for: '2s'"

describe.concurrent('the exit status', () => {
  it('3: an objective that nothing measured', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: light, more: "objectives: ['p95(GET /nothing) < 1s']," })
      const { status } = await bench.run()
      expect(status).toBe(3)
      expect(bench.result()).toMatchObject({ exitCode: 3, verdict: 'invalid', tests: [{ objectives: [{ verdict: 'unknown' }] }] })
    }))

  it('3: a percentile that the samples cannot carry', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: light, more: "objectives: ['p99.9 < 10s']," })
      const { status } = await bench.run()
      expect(status).toBe(3)
      expect(bench.result().tests[0]!.latencyMs.p999).toBeNull()
    }))

  it('4: stopped by a limit, within two seconds of it', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'echo',
        body: "await http.get('/?status=' + (vu.iteration < 40 ? 200 : 500))\n  await think('50ms')",
        test: "users: 2, for: '60s'",
        more: "stopWhen: ['errors > 50%'],",
      })
      const { status, stdout } = await bench.run()
      expect(status).toBe(4)
      expect(stdout).toContain('errors > 50%')
      const result = bench.result()
      expect(result).toMatchObject({ exitCode: 4, verdict: 'stopped' })
      expect(result.tests[0]!.reason).toContain('Stopped by "errors > 50%"')
      const events = bench.events()
      const alarm = events.find((event) => event.kind === 'alarm')
      const loadEnded = events.find((event) => event.kind === 'load-ended')
      // The first second whose judged error rate is above a half; the condition is true from its end on.
      const windows = bench.windows().flatMap((line) => (line.kind === 'request' ? [line] : []))
      const bad = windows.filter(({ count, failed }) => failed / count > 0.5).map(({ t }) => t)
      expect(alarm!.t - (Math.min(...bad) + 1)).toBeLessThan(2)
      expect(loadEnded!.t - alarm!.t).toBeLessThan(1)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('5: the database of the plan cannot be reached', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        more: "services: { db: service.postgres({ url: env('DATABASE_URL') }) },",
      })
      const { status, stderr } = await bench.run([], {
        env: { DATABASE_URL: `postgres://ann:secret@127.0.0.1:${bench.port}/shop` },
      })
      expect(stderr).toContain('(SERVICE_NOT_STARTED)')
      expect(stderr).toContain('The database that DATABASE_URL names cannot be reached')
      expect(stderr).toContain('Start that database')
      expect(stderr).toContain('ECONNREFUSED')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('5: the database of the plan dies in the middle', () =>
    withBench(async (bench) => {
      simplePlan(bench, { more: 'services: { db: service.postgres() },', test: "users: 1, for: '60s'" })
      let killed = false
      const { status, stderr, seconds } = await bench.run([], {
        onOutput: (soFar) => {
          if (killed || !soFar.includes('the load begins')) return
          killed = true
          const ready = bench.events().find((event) => event.kind === 'service-ready')
          process.kill(ready?.pid ?? 0, 'SIGKILL')
        },
      })
      expect(stderr).toContain('The service `db` ended by itself during the run.')
      expect(stderr).toContain('db.log')
      expect(stderr).toContain('(SERVICE_DIED)')
      expect(status).toBe(5)
      expect(seconds).toBeLessThan(40)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('70: a worker that is gone is a defect, and says so', () =>
    withBench(async (bench) => {
      // The heap of a worker has a limit; a scenario that keeps everything reaches it.
      simplePlan(bench, {
        behaviour: false,
        before: 'const kept: number[][] = []',
        body: 'for (;;) kept.push(new Array<number>(1e6).fill(vu.iteration))',
        test: "users: 1, for: '60s', gracefulStop: '1s'",
      })
      const { status, stderr, timedOut } = await bench.run([], { env: { NODE_OPTIONS: '--max-old-space-size=128' } })
      expect(timedOut).toBe(false)
      expect(stderr).toContain('(INTERNAL)')
      expect(stderr).toContain('memory')
      expect(status).toBe(70)
      expect(bench.result()).toMatchObject({ exitCode: 70, verdict: 'error' })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('2: a unique feed runs out while the test runs', () =>
    withBench(async (bench) => {
      bench.write('rows.csv', 'user\nann\nbob\n')
      simplePlan(bench, {
        before: "const rows = csv<{ user: string }>('rows.csv')",
        body: "vu.row(rows)\n  await think('20ms')",
        test: "users: 3, for: '20s'",
      })
      const { status, stderr, seconds } = await bench.run()
      expect(stderr).toContain('rows.csv has 2 rows')
      expect(stderr).toContain("whenEmpty: 'wrap'")
      expect(stderr).toContain('(FEED_EXHAUSTED)')
      expect(status).toBe(2)
      expect(seconds).toBeLessThan(18)
      expect(bench.result()).toMatchObject({ exitCode: 2, verdict: 'error' })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('the worst of several plans, each with a folder of its own, and an index', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: false, body: "await think('20ms')", test: "users: 1, for: '1s'" })
      bench.write(
        'other.plan.ts',
        "import { plan, scenario } from 'proofload'\nexport default plan({ scenarios: { a: scenario(() => undefined) }, objectives: ['p95(GET /nothing) < 1s'], tests: { b: { iterations: 3, users: 1 } } })\n",
      )
      const { status } = await bench.cli(['run', 'test.plan.ts', 'other.plan.ts', '--out', bench.out])
      expect(status).toBe(3)
      const index = JSON.parse(readFileSync(join(bench.out, 'index.json'), 'utf8')) as {
        runs: { name: string; folder: string; exitCode: number }[]
      } // the index that was just written
      expect(index.runs.map(({ name, folder }) => [name, folder])).toEqual([
        ['test', 'test'],
        ['other', 'other'],
      ])
      expect(index.runs[1]!.exitCode).toBe(3)
      expect(readdirSync(bench.out).sort()).toEqual(['index.html', 'index.json', 'other', 'test'])
      for (const name of ['test', 'other']) expect(bench.result(join(bench.out, name)).name).toBe(name)
    }))

  it('2: a command of the contract that this version does not have yet', () =>
    withBench(async (bench) => {
      const { status, stderr } = await bench.cli(['compare', 'before', 'after'])
      expect(stderr).toContain('does not exist in this version yet')
      expect(stderr).toContain('(NOT_AVAILABLE)')
      expect(status).toBe(2)
    }))

  it('1 of `doctor --list` and 0 of `doctor`, `--help` and `--version`', () =>
    withBench(async (bench) => {
      for (const args of [['doctor'], ['--help'], ['run', '--help'], ['--version']])
        expect((await bench.cli(args)).status).toBe(0)
    }))
})
