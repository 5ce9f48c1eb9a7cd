/**
 * Stand-alone text of a small store for `start` of a plan: `node store.mjs PORT MODE`. What it holds is on disk beside it, so that it may be killed. It
 * knows nothing of the project. Its own truth is at `/truth`.
 */
export const auditedServer = String.raw`
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

const [port, mode] = [Number(process.argv[2]), process.argv[3]]
const file = 'store.ndjson'
const linesOf = (name) => (existsSync(name) ? readFileSync(name, 'utf8').split('\n').filter((line) => line !== '') : [])
const load = () => linesOf(file)

// Orders: on disk at once, or behind a cache that is written in its first and second second, and then waits for more.
const rows = load()
let unwritten = []
const store = (id) => {
  rows.push(id)
  if (mode === 'write-behind') unwritten.push(id)
  else appendFileSync(file, id + '\n')
  if (doomed && unwritten.length >= 5) crash()
  // Survives a kill, and tells the truth about it.
  appendFileSync('promised.ndjson', id + '\n')
}
const flush = () => {
  if (unwritten.length > 0) appendFileSync(file, unwritten.splice(0).join('\n') + '\n')
}
if (mode === 'write-behind') for (const ms of [1000, 2000]) setTimeout(flush, ms)
// As a kill would: what was not written is gone, and the truth of it is kept for the test.
let doomed = false
const crash = () => {
  doomed = false
  truth.lost += unwritten.splice(0).length
  rows.splice(0, rows.length, ...load())
}

// What a process before this one had promised and not written.
const lost = linesOf('promised.ndjson').filter((id) => !rows.includes(id)).length
const truth = { lost, doubled: 0, deposits: 0, stale: 0, mixed: 0, torn: 0 }
const balance = { value: 0 }
let orders = 0
let current = ''
let answered = 0
const files = new Map()
const cached = new Map()

async function answerTo(method, path, body, query) {
  if (path === '/health') return [200, { ok: true }]
  if (path === '/truth') return [200, truth]
  // As soon as there is something to lose.
  if (path === '/crash') return (doomed = true), [200, {}]
  if (method === 'POST' && path === '/orders') {
    const { id } = JSON.parse(body)
    orders++
    if (rows.includes(id)) {
      if (mode === 'retry-guarded') return [200, { id }]
      truth.doubled++
    }
    store(id)
    // Every tenth answer gets lost after the work was done.
    if (mode.startsWith('retry') && orders % 10 === 0) return undefined
    return [201, { id }]
  }
  if (path === '/orders') return [200, rows]
  if (path.startsWith('/orders/')) {
    const id = path.slice(8)
    // Remembers for a while that it was not there.
    if (mode === 'stale') {
      const known = cached.get('misses')
      if (known === undefined || known.untilMs < Date.now()) cached.set('misses', { rows: new Set(rows), untilMs: Date.now() + 300 })
      return cached.get('misses').rows.has(id) ? [200, { id }] : [404, {}]
    }
    return rows.includes(id) ? [200, { id }] : [404, {}]
  }
  if (path === '/deposits') {
    if (mode === 'bank-unlocked') {
      const read = balance.value
      await wait(4)
      balance.value = read + 1
    } else {
      await wait(4)
      balance.value += 1
    }
    truth.deposits++
    return [200, {}]
  }
  if (path === '/balance') return [200, { balance: balance.value }]
  if (path === '/echo') {
    current = query.get('nonce')
    const mine = current
    await wait(3)
    // One variable for all requests.
    const given = mode === 'mixed' ? current : mine
    if (given !== mine) truth.mixed++
    return [200, { nonce: given }]
  }
  if (method === 'PUT') {
    answered++
    const cut = mode === 'torn' && answered % 20 === 0
    if (cut) truth.torn++
    files.set(path, cut ? body.slice(0, body.length / 2) : body)
    return [201, {}]
  }
  return files.has(path) ? [200, files.get(path)] : [404, {}]
}

createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  const { pathname, searchParams } = new URL(request.url, 'http://x')
  const answer = await answerTo(request.method, pathname, body, searchParams)
  if (answer === undefined) return void request.socket.destroy()
  const [status, value] = answer
  response.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value))
}).listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`
