import type { TestBench } from './test-bench.ts'

/** A target that asks others: `/pay` needs its payments, `/book` its ledger, `/` nobody. It gives up after a second, and keeps no connections to them. */
const target = String.raw`
import { createServer, get } from 'node:http'
const upstream = { '/pay': process.env.PAYMENTS_URL, '/book': process.env.LEDGER_URL }
const fail = (answer) => { if (!answer.headersSent) answer.statusCode = 503; answer.end() }
createServer((request, answer) => {
  const url = upstream[request.url]
  if (url === undefined) return answer.end('ok')
  const asked = get(url + '/', { agent: false, timeout: 1000 }, (got) => {
    answer.statusCode = got.statusCode
    got.on('error', () => fail(answer))
    got.pipe(answer)
  })
  asked.on('timeout', () => asked.destroy())
  asked.on('error', () => fail(answer))
}).listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

const payments = String.raw`
import { createServer } from 'node:http'
createServer((request, answer) => answer.end('paid')).listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

export interface BrokenPlan {
  /** Of a service that the plan does not start. */
  readonly ledgerPort?: number
  /** `tests`, as text. */
  readonly tests: string
  /** More keys of the plan, as text. */
  readonly more?: string
}

/** Writes a plan whose target has a service `payments` and a dependency `ledger`, and scenarios `pay`, `book` and `look`. */
export function brokenPlan(bench: TestBench, { ledgerPort = 9, tests, more = '' }: BrokenPlan): string {
  bench.write('target.mjs', target)
  bench.write('payments.mjs', payments)
  return bench.plan(`
const asking = (path: string) => scenario(async ({ http }) => { await http.get(path) })
export default plan({
  services: { payments: service.process({ start: 'node payments.mjs' }) },
  dependencies: { ledger: 'http://127.0.0.1:${ledgerPort}' },
  target: {
    url: 'http://127.0.0.1:${bench.port}',
    start: 'node target.mjs ${bench.port}',
    env: ({ payments, ledger }) => ({ PAYMENTS_URL: payments.url, LEDGER_URL: ledger.url }),
  },
  scenarios: { pay: asking('/pay'), book: asking('/book'), look: asking('/') },
  ${more}
  tests: { ${tests} },
})`)
}
