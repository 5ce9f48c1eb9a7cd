import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { describe, expect, it } from 'vitest'
import type { CapacityResult } from '../../src/model/capacity-result.ts'
import { judgeSaturation } from '../../src/verdicts/saturation/index.ts'
import { limitedServer } from '../kit/limited/limited-server.ts'
import { stepsAsSearch } from '../kit/steps-as-search.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** A service that is limited by one resource (test/kit/limited), and loads around its capacity, which is known by construction. */
interface Limited {
  readonly resource: string
  /** What is expected; null: nothing that is watched. */
  readonly limitedBy: string | null
  /** The last one is far beyond the capacity, unless nothing is. */
  readonly loads: readonly number[]
  /** Options of Node.js, what stands before it, more keys of `target` and of the plan, as text. */
  readonly node?: string
  readonly before?: string
  readonly target?: string
  readonly plan?: string
  /** What the evidence of the resource must hold. */
  readonly evidence?: RegExp
  readonly reason?: RegExp
}

const eachSec = 5

const services: readonly Limited[] = [
  { resource: 'cpu-core', limitedBy: 'cpu-core', loads: [15, 40, 200], evidence: /(9\d|100) % .*at 200\/s/ },
  { resource: 'cpu', limitedBy: 'cpu', loads: [15, 40, 200], before: 'taskset -c 0', evidence: /of 1 cores.* at 200\/s/ },
  { resource: 'event-loop', limitedBy: 'event-loop', loads: [20, 60, 240], evidence: /held for \d+ ms at a time.* at 240\/s/ },
  {
    resource: 'connection-pool',
    limitedBy: 'connection-pool',
    loads: [30, 70, 220],
    target: "metrics: '/metrics',",
    evidence: /waiting on average.*app\.db_pool_waiting, 4 connections/,
  },
  {
    resource: 'db-connections',
    limitedBy: 'db-connections',
    // 16 connections wanted of 8 at the last one: by Erlang's formula seven or eight are in use at four readings of five. (With 8 wanted it was one of two.)
    loads: [1, 3, 40],
    plan: 'services: { db: service.postgres({ maxConnections: 8 }) },',
    target: "ready: '/health', env: ({ db }) => ({ DATABASE_URL: db.url, PG_FROM: process.env.PG_FROM }),",
    evidence: /[78] of 8 connections of db at 40\/s/,
  },
  {
    resource: 'files',
    limitedBy: 'files',
    loads: [10, 25, 140],
    before: 'sh -c \'ulimit -n 64; exec "$@"\' sh',
    target: "ready: '/health',",
    evidence: /6[0-4] of 64 files .*at 140\/s/,
  },
  {
    resource: 'memory',
    limitedBy: 'memory',
    loads: [10, 25, 250],
    node: '--max-old-space-size=40',
    target: "ready: '/health',",
    evidence: /of heap|out of memory/,
  },
  // Latency rises far beyond its capacity, and the reason is out of sight.
  { resource: 'dependency', limitedBy: null, loads: [20, 60, 180], reason: /^Unknown: nothing .* Not watched: .*pools/ },
  { resource: 'nothing', limitedBy: null, loads: [10, 20, 40], reason: /^Nothing limited it/ },
]

function writePlan(bench: TestBench, { resource, node = '', before = '', target = '', plan = '' }: Limited, test: string): void {
  bench.write('limited.mjs', limitedServer)
  const start = `${before} node ${node} limited.mjs ${bench.port} ${resource}`.replace(/\s+/g, ' ').trim()
  bench.plan(`
const get = scenario(async ({ http }) => { await http.get('/') })
export default plan({
  ${plan}
  target: { url: 'http://127.0.0.1:${bench.port}', start: ${JSON.stringify(start)}, ${target} },
  scenarios: { get },
  objectives: ['p95 < 200ms'],
  tests: { limit: { ${test} } },
})`)
}

async function run(bench: TestBench): Promise<void> {
  const { output, status } = await bench.run([], {
    timeoutMs: 240_000,
    env: { PG_FROM: join(import.meta.dirname, '..', '..', 'package.json') },
    // Before the neighbours on a crowded machine, where we may: what limits these services shall not be them.
    prefix: ['nice', '-n', '-8'],
  })
  if (!existsSync(join(bench.out, 'result.json'))) throw new Error(`No result (status ${String(status)}):\n${output}`)
}

const wordsOf = (saturation: CapacityResult['saturation']): string =>
  saturation.map(({ resource, evidence }) => `${resource}: ${evidence}`).join('\n')

/** Far from using a core: they may be tested at once. */
const isLight = ({ resource }: Limited): boolean => ['connection-pool', 'files', 'dependency', 'nothing'].includes(resource)

describe('what limits a service', () => {
  const named = async (limited: Limited, context: TestContext): Promise<void> => {
    await withBench(async (bench) => {
      const { loads, resource } = limited
      writePlan(
        bench,
        limited,
        `steps: { arrivals: [${loads.map((load) => `'${String(load)}/s'`).join(', ')}], each: '${String(eachSec)}s' }`,
      )
      await run(bench)
      const edge = resource === 'nothing' ? Infinity : (loads.at(-1) ?? 0)
      const record = stepsAsSearch({ folder: bench.out, loads, eachSec, edge })
      const { limitedBy, saturation, reason } = judgeSaturation(record.data, record.loads)
      const waits = saturation.find((each) => each.resource === 'machine')?.use.at(-1)?.share ?? 0
      // Blocks are told from many short pieces by silences that are longer than the generator's own pauses: not where both wait for a core half of the time.
      if (resource === 'event-loop' && waits > 0.5) context.skip(`the service waited for a core ${String(waits)} of the time`)
      expect(limitedBy, `${reason}\n${wordsOf(saturation)}`).toBe(limited.limitedBy)
      if (limited.evidence !== undefined) {
        expect(saturation.find((each) => each.resource === limitedBy)?.evidence).toMatch(limited.evidence)
      }
      if (limited.reason !== undefined) expect(reason).toMatch(limited.reason)
    })
  }
  const options = { timeout: 300_000 }
  it.for(services.filter((one) => !isLight(one)))('$resource: $limitedBy', options, named)
  it.concurrent.for(services.filter(isLight))('$resource: $limitedBy', options, named)

  // Of a light one: beside the others.
  it.concurrent('is in the result of a search', { timeout: 300_000 }, async (context) => {
    await withBench(async (bench) => {
      const pool = services.find(({ resource }) => resource === 'connection-pool')
      if (pool === undefined) throw new Error('no such service')
      writePlan(
        bench,
        pool,
        "objectives: ['p95 < 1s', 'errors < 1%'], capacity: { from: '40/s', to: '640/s', within: '20%', minTrial: '4s', maxTrial: '8s', settle: '5s', quick: true }",
      )
      await run(bench)
      const { capacity } = bench.result().tests[0] ?? {}
      // A search on a machine that is too busy knows no load that was not borne, and says so; then there is nothing to be limited.
      if (capacity?.kind !== 'interval') context.skip(`the search ended ${capacity?.kind ?? 'without a result'}`)
      expect(capacity?.limitedBy, `${capacity?.limitReason ?? ''}\n${wordsOf(capacity?.saturation ?? [])}`).toBe(
        'connection-pool',
      )
      expect(capacity?.limitReason).toMatch(/^Connection pool of the target: .*which was not borne\.$/)
    })
  })
})
