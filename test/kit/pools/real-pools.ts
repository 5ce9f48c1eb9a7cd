import { join } from 'node:path'
import type { PoolVerdict } from '../../../src/model/pool-result.ts'
import type { TestResult } from '../../../src/model/run-result.ts'
import { withBench } from '../test-bench.ts'

const tsx = join(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs')
const server = join(import.meta.dirname, 'order-server.ts')

export interface RealPool {
  /** Of `order-server.ts`. */
  readonly pool: string
  readonly expected: PoolVerdict
  readonly limit: 'pool' | 'database'
}

/** `pg`'s pool as it should be set, as it is by default, and as it is used wrongly. */
export const realPools: readonly RealPool[] = [
  { pool: 'waits for half a second', expected: 'OK', limit: 'pool' },
  { pool: 'waits for ever', expected: 'HANGS', limit: 'pool' },
  { pool: 'leaks', expected: 'LEAKS', limit: 'pool' },
  { pool: 'has no limit', expected: 'NO_LIMIT', limit: 'database' },
]

export interface RealPoolRun {
  readonly test: TestResult
  /** Everything that the program printed. */
  readonly output: string
  /** The result as it is made again from the record. */
  readonly again: TestResult
}

/** Runs the built program against a real server with a real PostgreSQL, in real time. */
export async function runRealPool({ pool }: RealPool, length = '36s'): Promise<RealPoolRun> {
  return withBench(async (bench) => {
    const start = JSON.stringify([process.execPath, '--import', `file://${tsx}`, server, String(bench.port), pool])
    bench.plan(`export default plan({
      services: { db: service.postgres({ maxConnections: 20 }) },
      target: {
        url: 'http://127.0.0.1:${bench.port}', ready: '/health', start: ${start},
        env: ({ db }) => ({ DATABASE_URL: db.url }),
      },
      http: { timeout: '4s' },
      scenarios: {
        order: scenario(async ({ http }) => { await http.post('/orders', { json: { product: 1 } }) }),
        look: scenario(async ({ http }) => { await http.get('/health') }),
      },
      mix: { order: 70, look: 30 },
      tests: {
        pool: {
          suite: 'stress', arrivals: '40/s', for: '${length}', stopWhen: [],
          objectives: ['pool(db) = ok', 'errors(GET /health) < 5%'],
        },
      },
    })`)
    const { output } = await bench.run([], { timeoutMs: 120_000 })
    const [test] = bench.result().tests
    if (test?.pools === undefined) throw new Error(output)
    await bench.cli(['report', bench.out, '--format', 'json'])
    const [again] = bench.result().tests
    if (again === undefined) throw new Error('no test in the result')
    return { test, output, again }
  })
}
