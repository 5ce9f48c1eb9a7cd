/**
 * Stand-alone text of small services, each limited by one resource: `node limited.mjs PORT RESOURCE`. Work on the processor is measured in time of the
 * processor, so that a busy machine makes a request slower and not cheaper. They know nothing of the project; `pg` is taken from `PG_FROM`.
 */
export const limitedServer = String.raw`
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const [port, resource] = [Number(process.argv[2]), process.argv[3]]
const ok = (answer, text = 'ok') => answer.end(text)
const listen = (handle) => createServer((request, answer) => {
  Promise.resolve(handle(request, answer)).catch((error) => { answer.statusCode = 500; answer.end(String(error.message)) })
}).listen(port, '127.0.0.1', () => console.log('listening on', port))

/** Burns time of the processor, all threads of the process counted; the others of these services do next to nothing. */
const burn = (ms) => { const from = process.cpuUsage(); for (;;) { const { user, system } = process.cpuUsage(from); if (user + system >= ms * 1000) return } }

const services = {
  // One thread, 8 ms of work for each: 125 a second.
  'cpu-core': () => listen((request, answer) => { burn(8); ok(answer) }),

  // Three processes with 8 ms for each: all cores that they are given.
  cpu: () => {
    if (cluster.isPrimary) { for (let i = 0; i < 3; i++) cluster.fork(); return }
    listen((request, answer) => { burn(8); ok(answer) })
  },

  // Each twentieth request holds the loop for 60 ms; the others need nothing.
  'event-loop': () => {
    let count = 0
    listen((request, answer) => { if (++count % 20 === 0) burn(60); ok(answer) })
  },

  // Four connections, each held for 25 ms: 160 a second.
  'connection-pool': () => {
    const size = 4
    let used = 0
    const waiting = []
    const acquire = () => used < size ? (used++, undefined) : new Promise((done) => waiting.push(done))
    const release = () => { const next = waiting.shift(); if (next) next(); else used-- }
    listen(async (request, answer) => {
      if (request.url === '/metrics')
        return ok(answer, '# TYPE db_pool_waiting gauge\ndb_pool_waiting ' + waiting.length + '\n# TYPE db_pool_size gauge\ndb_pool_size ' + size + '\n# TYPE db_pool_used gauge\ndb_pool_used ' + used + '\n')
      await acquire()
      try { await sleep(25) } finally { release() }
      ok(answer)
    })
  },

  // A connection for each request, held for 200 ms: what the server lets in, five times a second.
  'db-connections': () => {
    const { Client } = createRequire(process.env.PG_FROM)('pg')
    listen(async (request, answer) => {
      if (request.url === '/health') return ok(answer)
      const client = new Client({ connectionString: process.env.DATABASE_URL })
      client.on('error', () => {})
      await client.connect()
      try { await client.query('SELECT pg_sleep(0.4)') } finally { await client.end() }
      ok(answer)
    })
  },

  // Half a second for each, with its connection open: so many descriptors, twice a second.
  files: () => listen(async (request, answer) => { if (request.url !== '/health') await sleep(500); ok(answer) }),

  // Half a megabyte for each, held for 400 ms.
  memory: () => listen(async (request, answer) => {
    if (request.url === '/health') return ok(answer)
    const held = new Array(65536).fill(0.5)
    await sleep(400)
    ok(answer, String(held.length))
  }),

  // Answers after 10 ms, whatever comes.
  nothing: () => listen(async (request, answer) => { await sleep(10); ok(answer) }),

  // Three places somewhere else that nobody can look into, 25 ms each: 120 a second, and the rest waits there.
  dependency: () => {
    const free = Array(3).fill(0)
    listen(async (request, answer) => {
      const now = Date.now()
      const at = free.indexOf(Math.min(...free))
      free[at] = Math.max(now, free[at]) + 25
      await sleep(free[at] - now)
      ok(answer)
    })
  },
}
services[resource]()
`
