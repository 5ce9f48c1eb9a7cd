import { join } from 'node:path'
import type { BreakerVerdict } from '../../../src/model/breaker-result.ts'
import type { TestResult } from '../../../src/model/run-result.ts'
import { withBench } from '../test-bench.ts'

const tsx = join(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs')
const script = (name: string): string => join(import.meta.dirname, `${name}.ts`)

export interface RealBreaker {
  readonly name: string
  /** Of `order-server.ts`. */
  readonly breaker: string
  readonly expected: BreakerVerdict
  /** Default: 60 arrivals a second. */
  readonly load?: string
}

/** Two that people use, one as they write it themselves, and the defects that are planted. */
export const realBreakers: readonly RealBreaker[] = [
  { name: 'opossum', breaker: 'opossum', expected: 'OK' },
  { name: 'cockatiel', breaker: 'cockatiel', expected: 'OK' },
  { name: 'hand-made', breaker: 'hand-made', expected: 'OK' },
  { name: 'opossum, 20 users that wait for answers', breaker: 'opossum', expected: 'OK', load: 'users: 20' },
  { name: 'no breaker', breaker: 'none', expected: 'ABSENT' },
  { name: 'opossum that never opens, with a fallback', breaker: 'never-opens', expected: 'NEVER_OPENS' },
  { name: 'opossum with a way round it for 5 %', breaker: 'leaks', expected: 'LEAKY' },
  { name: 'hand-made, its try has no time-out', breaker: 'stuck', expected: 'STUCK_HALF_OPEN' },
  { name: 'hand-made, all are tries while it is half open', breaker: 'floods', expected: 'STAMPEDE' },
  { name: 'cockatiel that counts 4xx', breaker: 'client-errors', expected: 'MISCLASSIFIES' },
]

/** Runs the built program against real servers, in real time. */
export async function runRealBreaker({ breaker, load = "arrivals: '60/s'" }: RealBreaker, seed: number): Promise<TestResult> {
  return withBench(async (bench) => {
    const start = (name: string, ...args: readonly (string | number)[]): string =>
      JSON.stringify([process.execPath, '--import', `file://${tsx}`, script(name), ...args.map(String)])
    bench.plan(`export default plan({
      services: { payments: service.process({ start: ${start('payments-server')} }) },
      target: {
        url: 'http://127.0.0.1:${bench.port}', ready: '/health',
        start: ${start('order-server', bench.port, breaker)},
        env: ({ payments }) => ({ PAYMENTS_URL: payments.url }),
      },
      scenarios: { order: scenario(async ({ http, check, think }) => {
        const answer = await http.post('/orders', { json: { product: 1 } })
        check('order is taken', answer.status === 201)
        await think('200ms', '400ms')
      }) },
      tests: { breaker: { suite: 'stress', ${load}, for: '80s', objectives: ['breaker(payments) = ok'], stopWhen: [] } },
    })`)
    const { output } = await bench.run(['--seed', String(seed)], { timeoutMs: 300_000 })
    const [test] = bench.result().tests
    if (test?.breakers === undefined) throw new Error(output)
    return test
  })
}
