import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestBench } from './test-bench.ts'

// A plan's folder has no packages of its own.
const pg = createRequire(import.meta.url).resolve('pg')

/**
 * `/charge` asks the payments, `/order` writes a row in a transaction, `/look` looks a name up, `/` does nothing. It keeps what it was told when something failed, has a
 * readiness page that says no for a second after its payments failed, and tells its code of errors and its rows on `/seen`.
 */
const target = String.raw`
import { lookup } from 'node:dns/promises'
import { createServer, request } from 'node:http'
import pg from ${JSON.stringify(pg)}
const { DATABASE_URL, PAYMENTS_URL } = process.env
const pool = DATABASE_URL && new pg.Pool({ connectionString: DATABASE_URL, max: 6, connectionTimeoutMillis: 8000 })
pool?.on('connect', (client) => client.on('error', () => undefined)).on('error', () => undefined)
await pool?.query('CREATE TABLE IF NOT EXISTS orders (id text)')
const codes = {}
let badUntilMs = 0
const charge = (id) => new Promise((resolve, reject) => {
  const fail = (error) => { badUntilMs = performance.now() + 1000; reject(error) }
  const asked = request(PAYMENTS_URL + '/charges', { method: 'POST', agent: false }, (got) => {
    const isWell = got.statusCode < 300
    got.on('error', fail).on('end', () => isWell ? resolve() : fail({ code: String(got.statusCode) })).resume()
  })
  asked.on('error', fail).end(id)
})
const order = async (id) => {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO orders VALUES ($1)', [id])
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}
const seen = async () => JSON.stringify({ codes, rows: pool ? (await pool.query('SELECT id FROM orders')).rows.map(({ id }) => id) : [] })
const routes = { '/charge': charge, '/order': order, '/look': () => lookup('localhost'), '/seen': seen, '/': () => 'ok' }
createServer(async (request, answer) => {
  if (request.url === '/health') return answer.writeHead(performance.now() < badUntilMs ? 503 : 200).end()
  try {
    let id = ''
    for await (const part of request) id += part
    const text = await routes[request.url](id)
    answer.end(typeof text === 'string' ? text : 'done')
  } catch (error) {
    const code = error.code ?? error.message
    codes[code] = (codes[code] ?? 0) + 1
    answer.writeHead(502).end(code)
  }
}).listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

/** Keeps each charge in a file, and answers with some kilobytes. */
const payments = String.raw`
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
createServer((request, answer) => {
  let id = ''
  request.on('data', (part) => (id += part)).on('end', () => {
    appendFileSync('charges.txt', id + '\n')
    answer.end('receipt '.repeat(500))
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

export interface FragilePlan {
  readonly needs: readonly ('payments' | 'db')[]
  /** More keys of the target, as text. */
  readonly target?: string
  /** `tests`, as text. */
  readonly tests: string
}

/** Writes a plan with the scenarios `charge`, `order`, `look` and `visit`, of which each request has an id of its own. */
export function fragilePlan(bench: TestBench, { needs, target: more = '', tests }: FragilePlan): void {
  bench.write('target.mjs', target)
  bench.write('payments.mjs', payments)
  const services = {
    payments: "payments: service.process({ start: 'node payments.mjs' })",
    db: 'db: service.postgres({ maxConnections: 8 })',
  }
  const names = { payments: 'PAYMENTS_URL: payments.url', db: 'DATABASE_URL: db.url' }
  bench.plan(`
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
const asking = (path: string) => scenario(async ({ http }) => { await http.post(path, { body: randomUUID() }) })
export default plan({
  services: { ${needs.map((name) => services[name]).join(', ')} },
  target: {
    url: 'http://127.0.0.1:${bench.port}',
    start: 'node target.mjs ${bench.port}',
    env: ({ ${needs.join(', ')} }) => ({ ${needs.map((name) => names[name]).join(', ')} }),
    ${more}
  },
  http: { timeout: '10s' },
  scenarios: { charge: asking('/charge'), order: asking('/order'), look: asking('/look'), visit: asking('/') },
  teardown: async () => {
    writeFileSync('seen.json', await (await fetch('http://127.0.0.1:${bench.port}/seen')).text())
  },
  tests: { ${tests} },
})`)
}

/** What the target says in the end: how often it was told which code, and the rows that are there. */
export function seenBy(bench: TestBench): { readonly codes: Readonly<Record<string, number>>; readonly rows: readonly string[] } {
  // Written by the plan above.
  return JSON.parse(readFileSync(join(bench.folder, 'seen.json'), 'utf8')) as ReturnType<typeof seenBy>
}

/** The id of each charge that the payments did. */
export function chargesOf(bench: TestBench): readonly string[] {
  return readFileSync(join(bench.folder, 'charges.txt'), 'utf8').trim().split('\n')
}
