import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AttackedServerOptions } from '../kit/attacked/attacked-server.ts'
import type { RunningCli } from '../kit/run-cli.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'
import { until } from '../kit/until.ts'

const tsx = join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs')
const server = join(import.meta.dirname, '../kit/attacked/attacked-main.ts')

/** A plan with one test under attack, beside a light load. */
function plan(bench: TestBench, options: AttackedServerOptions, body: string): void {
  const start = JSON.stringify([
    process.execPath,
    '--import',
    `file://${tsx}`,
    server,
    String(bench.port),
    JSON.stringify(options),
  ])
  const url = `http://127.0.0.1:${bench.port}`
  bench.write(
    'test.plan.ts',
    `import { attack, plan, scenario } from 'proofload'
    export default plan({
      target: { url: '${url}', start: ${start}, ready: '/' },
      scenarios: { look: scenario(async ({ http }) => { await http.get('/') }) },
      auditCount: async ({ http }) => Number((await http.get('/noted')).text()),
      tests: { attacked: { suite: 'security', arrivals: '20/s', ${body} } },
    })`,
  )
}

/** Connections to a port that are established, from addresses of an attack: `/proc/net/tcp` has both ends, in hexadecimal and backwards. */
function held(port: number): number {
  const to = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', remote = '', state]) => remote.endsWith(to) && local.includes('427F:') && state === '01').length
}

const guessing = `for: '13s',
  attacks: [{ at: '6s', for: '4s', attack: attack.bruteForce({ user: 'ada', rate: '40/s', sources: 4 }) }],
  objectives: ['blockedWithin(bruteForce) < 3s', 'sourcesBlocked > 95%', 'legitimateBlocked < 0.1%', 'denied = no', 'audited >= 100%'],`

const holding = `for: '14s',
  attacks: [{ at: '6s', for: '5s', attack: attack.slowHeaders({ every: '300ms', connections: 30, sources: 3 }) }],
  objectives: ['connectionHeld(slowHeaders) < 4s', 'denied = no'],`

async function judged(options: AttackedServerOptions, body: string) {
  return withBench(async (bench) => {
    plan(bench, options, body)
    const { output } = await bench.run([], { timeoutMs: 90_000 })
    const [first] = bench.result().tests
    if (first?.attacks === undefined) throw new Error(output)
    await bench.cli(['report', bench.out, '--format', 'json'])
    const [again] = bench.result().tests
    return { test: first, again, output, left: await bench.leftovers() }
  })
}

// Whether the machine has time for the generator is not what is tested, so a test may be invalid; its objectives are judged all the same.
describe.concurrent('an attack beside the load', { timeout: 120_000 }, () => {
  test('that is blocked, noted and hurts nobody is borne', async () => {
    const { test: result, again, output, left } = await judged({ blockAfter: 5 }, guessing)
    const [attacked] = result.attacks ?? []
    expect(attacked?.block, output).toMatchObject({ sources: 4, share: 1, triesBefore: 5, passedAfter: 0 })
    expect(attacked?.audit).toMatchObject({ verdict: 'PASS', refused: 20, noted: 20 })
    expect(result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass'])
    expect(again?.attacks).toEqual(result.attacks)
    expect(output).toContain('attack bruteForce begins: bruteForce on 127.0.0.1')
    expect(left).toEqual([])
  })

  test('that nobody stops, and half of which is noted, is named', async () => {
    const { test: result } = await judged({ noted: 0.5 }, guessing)
    expect(result.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['no-block', 'audit-incomplete']))
    expect(result.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'pass', 'pass', 'fail'])
  })

  test('for which everybody is blocked is named', async () => {
    const { test: result } = await judged({ blockAfter: 20, blocksEverybody: true }, guessing)
    expect(result.findings.map(({ id }) => id)).toContain('legitimate-blocked')
    expect(result.objectives.map(({ verdict }) => verdict)).toEqual(expect.arrayContaining(['fail']))
  })

  test('by slow clients is borne where heads have a time-out', async () => {
    const { test: result } = await judged({ headTimeoutMs: 1500 }, holding)
    const [attacked] = result.attacks ?? []
    expect(attacked?.connections).toMatchObject({ outcome: 'closed', isBound: false })
    expect(attacked?.connections?.held?.minSec).toBeGreaterThan(1.4)
    expect(result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })

  test('by slow clients is named where they have none, and use up all connections', async () => {
    const { test: result } = await judged({ maxConnections: 31 }, holding)
    expect(result.findings.map(({ id }) => id)).toContain('slow-client-unbounded')
    expect(result.objectives[0]?.verdict).toBe('fail')
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('leaves no connection behind when %s ends the run', async (signal) => {
    await withBench(async (bench) => {
      plan(bench, {}, holding)
      let before = 0
      let ended = false
      const onOutput = (soFar: string, run: RunningCli): void => {
        if (ended || !soFar.includes('attack slowHeaders begins')) return
        ended = true
        void until(() => (before = held(bench.port)) >= 30).then(() => run.signal(signal))
      }
      const { status } = await bench.run([], { timeoutMs: 90_000, onOutput })
      expect(before).toBeGreaterThanOrEqual(30)
      expect(status).toBe(signal === 'SIGINT' ? 130 : null)
      expect(await until(() => held(bench.port) === 0, 10_000)).toBe(true)
      expect(await bench.leftovers(10_000)).toEqual([])
      if (signal === 'SIGINT') expect(bench.result().tests[0]?.attacks?.[0]?.at).not.toBeNull()
    })
  })

  test('is refused at a public address, and told by a dry run at a near one', async () => {
    await withBench(async (bench) => {
      plan(bench, {}, guessing)
      const dry = await bench.cli(['run', 'test.plan.ts', '--dry-run'])
      expect(dry.output).toContain('attack bruteForce at 6 s: bruteForce on 127.0.0.1')
      expect(dry.output).toContain('at most 500/s, 1000 sockets, 100 MB, 120 s')
      const far = await bench.cli(['run', 'test.plan.ts', '--dry-run', '--target', 'http://203.0.113.7'])
      expect(far.status).toBe(2)
      expect(far.output).toContain('iOwn')
    })
  })
})
