import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { TestBench } from '../test-bench.ts'
import type { Drawn } from './draw.ts'

/** A server that needs a database and a dependency where it was told of them, and lives through whatever becomes of either. */
const server = String.raw`
import { createServer } from 'node:http'
process.on('uncaughtException', () => {})
const { DATABASE_URL, PAYMENTS_URL, PG } = process.env
const pg = PG === undefined ? undefined : (await import(PG)).default
const pool = pg && new pg.Pool({ connectionString: DATABASE_URL, max: 4, connectionTimeoutMillis: 500, query_timeout: 1000 })
pool?.on('error', () => {})
await pool?.query('CREATE TABLE IF NOT EXISTS orders (id int)').catch(() => {})
const page = 'well '.repeat(800)
const server = createServer(async (request, answer) => {
  try {
    if (request.url !== '/health') {
      await pool?.query('INSERT INTO orders VALUES (1)')
      if (PAYMENTS_URL !== undefined) await (await fetch(PAYMENTS_URL, { signal: AbortSignal.timeout(500) })).text()
    }
    answer.end(page)
  } catch (error) {
    answer.statusCode = 503
    answer.end(String(error))
  }
})
server.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
`

export interface Addresses {
  readonly bystander: { readonly pid: number; readonly port: number }
  readonly payments: string
}

/** Writes the plan of a drawn run. Its database of somebody else is where `DB` in the environment says. */
export function writeDrawnPlan(bench: TestBench, drawn: Drawn, { bystander, payments }: Addresses): void {
  const { scene, faults, limits, loadSec } = drawn
  const hasDatabase = scene !== 'full disk'
  const postgres = scene === 'own' ? 'service.postgres({ maxConnections: 20 })' : "service.postgres({ url: env('DB') })"
  const pg = pathToFileURL(createRequire(import.meta.url).resolve('pg')).href
  const env = hasDatabase
    ? `env: ({ db, payments }) => ({ DATABASE_URL: db.url, PAYMENTS_URL: payments.url, PG: '${pg}' }),`
    : 'env: ({ payments }) => ({ PAYMENTS_URL: payments.url }),'
  const own = `target: { url: 'http://127.0.0.1:${bench.port}', start: 'node undone.mjs ${bench.port}', ready: '/health', preload: true, stopTimeout: '2s', ${env} },
  dependencies: { payments: '${payments}' },`
  const attached = `target: { url: 'http://127.0.0.1:${bystander.port}', pid: ${bystander.pid} },`
  const list = faults.map(({ text, atSec, forSec }) => `{ at: '${atSec}s', for: '${forSec}s', fault: ${text} }`)
  bench.write('undone.mjs', server)
  bench.plan(`
export default plan({
  ${hasDatabase ? `services: { db: ${postgres} },` : ''}
  ${scene === 'attached' ? attached : own}
  http: { timeout: '2s' },
  scenarios: { browse: scenario(async ({ http, think }) => { await http.get('/'); await think('30ms') }) },
  tests: {
    broken: {
      users: 3, for: '${loadSec}s', gracefulStop: '1s',${limits === '' ? '' : ` limits: { ${limits} },`}
      faults: [
        ${list.join(',\n        ')},
      ],
    },
  },
})`)
}
