import { join } from 'node:path'
import type { TestResult } from '../../src/model/run-result.ts'
import { searchedServer } from './searched-server.ts'
import { withBench } from './test-bench.ts'

/** The built queue server of the self-test: virtual time, so its capacity is exact. */
const queueServer = join(import.meta.dirname, '../../dist/selftest/queue-server.js')

export interface RealSearch {
  readonly name: string
  /** Arguments of the queue server, or the path of a station of `searched-server.ts`. */
  readonly server: readonly string[] | string
  readonly capacity: string
  readonly objectives: string
  /** Load by formula; absent where no interval is the answer. */
  readonly truth?: number
  /** Largest error of the middle of the interval. */
  readonly tolerance?: number
  readonly kind: 'interval' | 'at-least' | 'fails-at-from'
  readonly irregular?: string
}

const queue = (options: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])

/** μ = 2000/s, L so that the capacity is 0.85 μ: ln 10 / (300/s) = 7.7 ms; its relaxation time is 80 ms. */
const limitMs = (1000 * Math.log(10)) / 300

export const realSearches: readonly RealSearch[] = [
  {
    name: 'M/M/1',
    server: queue({ 'service-ms': 0.5, distribution: 'exponential' }),
    capacity: "{ from: '200/s', to: '20000/s', within: '5%', minTrial: '3s', maxTrial: '20s', settle: '3s' }",
    objectives: `['p90 < ${limitMs.toFixed(3)}ms']`,
    ...{ truth: 1700, tolerance: 0.05, kind: 'interval' },
  },
  {
    name: 'D/D/4',
    server: queue({ servers: 4, 'service-ms': 12.5, distribution: 'constant' }),
    capacity: "{ from: '60/s', to: '5000/s', within: '3%', minTrial: '3s', maxTrial: '8s', settle: '3s', process: 'uniform' }",
    objectives: "['p95 < 60ms']",
    ...{ truth: 320, tolerance: 0.03, kind: 'interval' },
  },
  {
    name: 'bounded queue',
    server: '/bounded',
    capacity: "{ from: '60/s', to: '5000/s', within: '3%', minTrial: '3s', maxTrial: '8s', settle: '3s', process: 'uniform' }",
    objectives: "['p95 < 300ms', 'errors < 1%']",
    ...{ truth: 300, tolerance: 0.03, kind: 'interval' },
  },
  {
    name: 'pool with time-outs',
    server: '/pool',
    capacity: "{ from: '60/s', to: '5000/s', within: '3%', minTrial: '3s', maxTrial: '8s', settle: '3s', process: 'uniform' }",
    objectives: "['p95 < 1s', 'errors < 1%']",
    ...{ truth: 250, tolerance: 0.03, kind: 'interval' },
  },
  {
    name: 'fails from 110/s to 150/s only',
    server: '/between',
    capacity: "{ from: '30/s', to: '1000/s', within: '5%', minTrial: '4s', maxTrial: '8s', settle: '2s', process: 'uniform' }",
    objectives: "['errors < 5%']",
    ...{ kind: 'interval', irregular: 'inversion' },
  },
  {
    name: 'cannot be broken',
    server: '/quick',
    capacity: "{ from: '40/s', to: '160/s', within: '10%', minTrial: '3s', maxTrial: '6s', settle: '2s' }",
    objectives: "['errors < 1%']",
    ...{ kind: 'at-least', irregular: 'passes-at-to' },
  },
  {
    name: 'fails at the start',
    server: '/slow',
    capacity: "{ from: '20/s', to: '200/s', within: '10%', minTrial: '3s', maxTrial: '6s', settle: '2s' }",
    objectives: "['p95 < 500ms']",
    ...{ kind: 'fails-at-from', irregular: 'fails-at-from' },
  },
]

/** Searches with the built program on real sockets. */
export async function runRealSearch({ server, capacity, objectives }: RealSearch, seed: number): Promise<TestResult> {
  return withBench(async (bench) => {
    bench.write('searched.mjs', searchedServer)
    const { port } = bench
    const arguments_ =
      typeof server === 'string' ? ['searched.mjs', port] : [queueServer, '--port', port, '--seed', seed, ...server]
    const start = JSON.stringify([process.execPath, ...arguments_.map(String)])
    bench.plan(`export default plan({
      target: { url: 'http://127.0.0.1:${port}', start: ${start}, ready: '/' },
      scenarios: { visit: scenario(async ({ http }) => { await http.get('${typeof server === 'string' ? server : '/q/0'}') }) },
      tests: { search: { suite: 'stress', capacity: ${capacity}, objectives: ${objectives} } },
    })`)
    const { output } = await bench.run(['--seed', String(seed)], { timeoutMs: 600_000 })
    const [test] = bench.result().tests
    if (test === undefined) throw new Error(output)
    return test
  })
}

/** Middle of the interval against the truth. */
export function realError({ capacity }: TestResult, truth: number): number {
  const { lower, upper } = capacity ?? { lower: null, upper: null }
  return lower === null || upper === null ? Number.POSITIVE_INFINITY : (lower + upper) / 2 / truth - 1
}
