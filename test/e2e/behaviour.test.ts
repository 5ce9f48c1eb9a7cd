import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/run-result.ts'
import type * as runner from '../../src/public/runner.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

interface Sent {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Runs the program against the target that the bench's own run starts; that run lasts for as long as this takes. */
async function besideItsRun(bench: TestBench, args: readonly string[]): Promise<void> {
  let beside: Promise<unknown> | undefined
  await bench.run([], {
    onOutput: (soFar, run) => {
      if (soFar.includes('the target is ready')) beside ??= bench.cli(args).finally(() => run.signal('SIGINT'))
    },
  })
  await beside
}

/** What the `echo` server noted. */
function requestsOf(bench: TestBench): readonly Sent[] {
  const text = readFileSync(join(bench.folder, 'requests.ndjson'), 'utf8')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Sent) // the test's own server wrote it
}

/** Load tests of which only the counts matter; `quiet` has no target. */
const quiet = { behaviour: false as const, body: "await think('20ms')" }

describe.concurrent('options', () => {
  it('--suite and --test select, --quick shortens, --set and --config overlay, the later over the earlier', () =>
    withBench(async (bench) => {
      bench.plan(`const idle = scenario(async ({ think }) => { await think('20ms') })
export default plan({ scenarios: { idle }, tests: {
  smoke: { users: 1, for: '1s' },
  peak: { suite: 'stress', users: 5, for: '10m', quick: { users: 2, for: '1s' } },
  long: { suite: 'stress', users: 5, for: '10m' },
} })`)
      bench.write('ci.yml', 'tests:\n  long:\n    for: 2s\n    users: 3\n')
      const { status } = await bench.run(['--suite', 'stress', '--quick', '--config', 'ci.yml', '--set', 'tests.long.for=1s'])
      expect([0, 3]).toContain(status)
      const plan = JSON.parse(readFileSync(join(bench.out, 'plan.json'), 'utf8')) as {
        plan: { tests: { name: string; durationSec: number; loads: unknown }[] }
      } // the header
      expect(plan.plan.tests.map(({ name, durationSec }) => [name, durationSec])).toEqual([
        ['peak', 1],
        ['long', 1],
      ])
      expect(JSON.stringify(plan.plan.tests[1]!.loads)).toContain('"to":3')
      expect(bench.result().tests.map(({ name }) => name)).toEqual(['peak', 'long'])

      await bench.run(['--test', 'smoke'])
      expect(bench.result().tests.map(({ name }) => name)).toEqual(['smoke'])
    }))

  it('--objective replaces the objectives of the plan and of its tests', () =>
    withBench(async (bench) => {
      simplePlan(bench, { ...quiet, test: "users: 1, for: '1s', objectives: ['errors < 1%']" })
      await bench.run(['--objective', 'throughput > 5/s', '--objective', 'p95 < 1s'])
      expect(bench.result().tests[0]!.objectives.map(({ text }) => text)).toEqual(['throughput > 5/s', 'p95 < 1s'])
    }))

  it('--target loads another address and starts nothing there', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'echo', test: "users: 1, for: '60s'" })
      const other = join(bench.folder, 'other')
      const target = `http://127.0.0.1:${bench.port}`
      await besideItsRun(bench, ['run', 'test.plan.ts', '--target', target, '--set', 'tests.steady.for=1s', '--out', other])
      expect(bench.result(other).tests[0]!.totals.requests).toBeGreaterThan(0)
      expect(bench.events(other).some((event) => event.kind === 'target-ready' && event.pid !== undefined)).toBe(false)
      expect(existsSync(join(other, 'target.log'))).toBe(false)
    }))

  it('--dry-run shows hosts, loads and objectives, and starts and writes nothing', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "arrivals: [{ to: '40/s', over: '10s' }, { hold: '20s' }]", more: "objectives: ['p95 < 1s']," })
      const { status, stdout } = await bench.run(['--dry-run'])
      expect(stdout).toContain(`starts the target: node server.mjs ${bench.port} ok`)
      expect(stdout).toContain(`requests may go to: 127.0.0.1:${bench.port}`)
      expect(stdout).toContain('0 to 40 arrivals/s over 10 s, 40 arrivals/s for 20 s')
      expect(stdout).toContain('must hold: p95 < 1s')
      expect(status).toBe(0)
      expect(existsSync(bench.out)).toBe(false)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('--debug runs one iteration and shows every request, every answer and what is printed', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'echo',
        body: "console.log('user', vu.id)\n  await http.post('/orders', { json: { product: 7 } })\n  await http.get('/missing?status=404')",
        test: "users: 50, for: '60s'",
      })
      const { stdout, seconds } = await bench.run(['--debug'])
      expect(stdout).toContain('user 1')
      expect(stdout).toMatch(/POST .*\/orders/)
      expect(stdout).toContain('{"product":7}')
      expect(stdout).toContain('404')
      expect(requestsOf(bench).filter(({ url }) => url === '/orders').length).toBe(1)
      expect(seconds).toBeLessThan(30)
    }))

  it('--seed makes the same arrivals again, and another seed makes others', () =>
    withBench(async (bench) => {
      simplePlan(bench, { ...quiet, test: "arrivals: '60/s', for: '2s', gracefulStop: '2s'" })
      const planned = async (seed: number): Promise<readonly number[]> => {
        const out = join(bench.folder, `seed-${seed}-${Math.random()}`)
        await bench.cli(['run', 'test.plan.ts', '--out', out, '--seed', String(seed), '--reporter', 'json'])
        expect(bench.result(out).seed).toBe(seed)
        // Gaps between arrivals are a fingerprint of their times.
        return bench
          .windows(out)
          .flatMap((line) => (line.kind === 'generator' ? [line.planned, line.gaps.sum, line.gaps.sumSquares] : []))
      }
      const total = (values: readonly number[]): readonly number[] =>
        [0, 1, 2]
          .map((part) => values.filter((_, i) => i % 3 === part).reduce((a, b) => a + b, 0))
          .map((sum) => Math.round(sum * 1e3) / 1e3)
      const [first, again, other] = [await planned(7), await planned(7), await planned(8)]
      expect(total(again)).toEqual(total(first))
      expect(total(other)).not.toEqual(total(first))
    }))

  it('a URL without a plan', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'echo', test: "watch: true, for: '60s'" })
      const out = join(bench.folder, 'url')
      const url = `http://127.0.0.1:${bench.port}/search?q=a%20b`
      await besideItsRun(bench, ['run', url, '--users', '2', '--for', '1s', '--out', out])
      expect(bench.result(out).tests[0]!.totals.requests).toBeGreaterThan(2)
      expect(bench.result(out).tests[0]!.requests.map(({ name }) => name)).toEqual(['GET /search'])
      expect(requestsOf(bench).map(({ url }) => url)).toContain('/search?q=a%20b')
    }))
})

describe.concurrent('what a plan can say', () => {
  it('setup and teardown run once each, and every user sees the value of setup', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'echo',
        body: "const shared = vu.shared as { token: string }\n  await http.get('/as/' + shared.token)\n  await think('50ms')",
        more: `async setup({ http }) { await http.post('/set-up'); return { token: 'abc', at: new Date(0) } },
  async teardown({ http, shared }) { await http.post('/tear-down/' + shared.token + shared.at.getTime()) },`,
        test: "users: 3, for: '1s'",
      })
      await bench.run(['--workers', '2'])
      const urls = requestsOf(bench).map(({ url }) => url)
      expect(urls.filter((url) => url === '/set-up').length).toBe(1)
      expect(urls.at(-1)).toBe('/tear-down/abc0')
      expect(new Set(urls.slice(1, -1))).toEqual(new Set(['/as/abc']))
      // Neither is measured.
      expect(bench.result().tests[0]!.requests.map(({ name }) => name)).toEqual(['GET /as/abc'])
    }))

  it('rows of a feed belong to one user each, over two workers', () =>
    withBench(async (bench) => {
      const names = Array.from({ length: 10 }, (_, i) => `user-${i}`)
      bench.write('accounts.csv', `name,note\n${names.map((name) => `${name},"a, ""quoted"" note"`).join('\n')}\n`)
      simplePlan(bench, {
        behaviour: 'echo',
        before: "const accounts = csv<{ name: string; note: string }>('accounts.csv')",
        body: "const row = vu.row(accounts)\n  await http.post('/as', { json: { ...row, id: vu.id } })\n  await think('50ms')",
        test: "users: 8, for: '1s'",
      })
      await bench.run(['--workers', '2'])
      const rows = requestsOf(bench).map(({ body }) => JSON.parse(body) as { name: string; note: string; id: number }) // as the plan sends it
      const nameOf = new Map(rows.map(({ id, name }) => [id, name]))
      expect(nameOf.size).toBe(8)
      expect(new Set(nameOf.values()).size).toBe(8)
      for (const { id, name, note } of rows) expect([name, note]).toEqual([nameOf.get(id), 'a, "quoted" note'])
    }))

  it('checks, steps, metrics of its own and requests in parallel are in the result', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'slow',
        args: [30],
        before:
          "const size = metric.trend('size', { unit: 'bytes' })\nconst sold = metric.counter('sold')\nconst depth = metric.gauge('depth')",
        body: `await step('both', async () => { await Promise.all([http.get('/a'), http.get('/b'), http.get('/items/17')]) })
  check('even', vu.iteration % 2 === 0)
  metrics.add(size, 100 * vu.iteration); metrics.add(sold, 2); metrics.add(depth, 7)`,
        test: 'users: 1, iterations: 4',
      })
      await bench.run()
      const [test] = bench.result().tests
      expect(test!.totals).toMatchObject({ requests: 12, iterations: 4, failed: 0 })
      expect(test!.requests.map(({ name, totals }) => [name, totals.requests]).sort()).toEqual([
        ['GET /a', 4],
        ['GET /b', 4],
        ['GET /items/:id', 4],
      ])
      expect(test!.checks).toEqual([{ name: 'even', passed: 2, failed: 2 }])
      expect(test!.steps).toMatchObject([{ name: 'both', count: 4 }])
      // One after the other would take 90 ms and more.
      expect(test!.steps[0]!.latencyMs.min).toBeLessThan(90)
      const metrics = new Map(test!.metrics.map((each) => [each.name, each]))
      expect(metrics.get('size')).toMatchObject({ kind: 'trend', count: 4, min: 0, max: 300, mean: 150 })
      expect(metrics.get('sold')).toMatchObject({ kind: 'counter', sum: 8 })
      expect(metrics.get('depth')).toMatchObject({ kind: 'gauge', last: 7 })
    }))

  it('a trace is replayed at its times, each once', () =>
    withBench(async (bench) => {
      bench.write('times.txt', '0.1\n0.2\n0.2\n1.5\n')
      simplePlan(bench, { behaviour: 'echo', body: "await http.get('/')", test: "trace: 'times.txt'" })
      await bench.run(['--workers', '2'])
      expect(bench.result().tests[0]!.totals).toMatchObject({ requests: 4, iterations: 4 })
      const perSecond = new Map<number, number>()
      for (const line of bench.windows())
        if (line.kind === 'generator') perSecond.set(Math.floor(line.t), (perSecond.get(Math.floor(line.t)) ?? 0) + line.planned)
      expect([...perSecond.values()].slice(0, 2)).toEqual([3, 1])
    }))

  it('watch only looks: no request, but probes', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "watch: true, for: '3s'" })
      await bench.run()
      const [test] = bench.result().tests
      expect(test!.totals.requests).toBe(0)
      expect(test!.probes['target.memory']!.mean).toBeGreaterThan(1e6)
    }))

  it('loads run side by side, each scenario with its own', () =>
    withBench(async (bench) => {
      bench.plan(`const a = scenario(async ({ http }) => { await http.get('/a') })
const b = scenario(async ({ http, think }) => { await http.get('/b'); await think('100ms') })
export default plan({ target: { url: 'http://127.0.0.1:${bench.port}', start: '${bench.start('ok')}' }, scenarios: { a, b },
  tests: { both: { load: { a: { arrivals: { rate: '20/s', process: 'uniform' } }, b: { users: 2 } }, for: '2s' } } })`)
      await bench.run()
      const counts = new Map(bench.result().tests[0]!.scenarios.map(({ name, count }) => [name, count]))
      expect(counts.get('a')).toBe(40)
      // Two users with 100 ms between: forty at most, and some even on a slow machine.
      expect(counts.get('b')).toBeGreaterThan(5)
      expect(counts.get('b')).toBeLessThanOrEqual(42)
    }))

  it('in suite stress the target starts afresh for each test', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "suite: 'stress', users: 1, for: '1s' }, again: { suite: 'stress', users: 1, for: '1s'" })
      await bench.run()
      const pids = bench.events().flatMap((event) => (event.kind === 'target-ready' ? [event.pid] : []))
      expect(new Set(pids).size).toBe(2)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('a failing scenario is counted with its line in the plan', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        ...quiet,
        body: "await think('20ms')\n  throw new Error('the basket is empty')",
        test: "users: 1, for: '1s'",
      })
      await bench.run()
      const error = bench.result().tests[0]!.errors.find(({ kind }) => kind === 'exception')
      expect(error!.example).toContain('the basket is empty')
      expect(error!.example).toMatch(/test\.plan\.ts:\d+/)
    }))
})

describe.concurrent('reports', () => {
  it('are rebuilt from the record, each equal to what the run wrote', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        test: "users: 2, for: '2s'",
        more: "objectives: ['p95 < 5s', 'errors < 1%'], stopWhen: ['target.memory > 4GB'],",
      })
      await bench.run(['--reporter', 'line,json,html,junit,text,markdown,csv'])
      const formats = {
        json: 'result.json',
        junit: 'junit.xml',
        markdown: 'report.md',
        csv: 'windows.csv',
        html: 'report.html',
        text: 'report.txt',
      }
      for (const [format, file] of Object.entries(formats)) {
        const { status, stdout } = await bench.cli(['report', bench.out, '--format', format])
        expect(status).toBe(0)
        const written = readFileSync(join(bench.out, file), 'utf8')
        expect(stdout.trimEnd(), format).toBe(written.trimEnd())
      }
      const result = JSON.parse(readFileSync(join(bench.out, 'result.json'), 'utf8')) as RunResult // the contract of that file
      expect(result.schema).toBe('proofload.result/1')
      expect(result.tests[0]!.validity.checks.length).toBeGreaterThan(5)
    }))

  it('are built from a record whose last line is cut', () =>
    withBench(async (bench) => {
      simplePlan(bench, { ...quiet, test: "users: 1, for: '1s'" })
      await bench.run()
      for (const name of ['events.ndjson', 'windows.ndjson']) {
        const text = readFileSync(join(bench.out, name), 'utf8')
        writeFileSync(join(bench.out, name), text.slice(0, -20))
      }
      const { status, stdout, stderr } = await bench.cli(['report', bench.out, '--format', 'json'])
      expect(stderr).toBe('')
      expect(status).toBe(0)
      expect((JSON.parse(stdout) as RunResult).tests[0]!.name).toBe('steady') // `result.json` on the screen
    }))
})

describe('from a program', () => {
  it('runPlan gives the result that the record tells, and prints nothing', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 1, for: '1s'" })
      const { runPlan } = (await import(new URL('../../dist/public/runner.js', import.meta.url).href)) as typeof runner // the built form of that file
      const result = await runPlan(join(bench.folder, 'test.plan.ts'), { out: bench.out, seed: 3, workers: 1 })
      expect(result.seed).toBe(3)
      expect(result.tests[0]!.totals.requests).toBeGreaterThan(5)
      const { stdout } = await bench.cli(['report', bench.out, '--format', 'json'])
      expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(result)))
      expect(await bench.leftovers()).toEqual([])
    }))
})
