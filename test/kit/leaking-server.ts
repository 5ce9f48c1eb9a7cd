/**
 * A small Node server whose use of resources is known: `node leaking-server.mjs PORT KIND AMOUNT PAGE`. Every answer makes garbage and waits for a
 * timer, as real ones do for a database, so that some of it survives the young collections and the old ones have work. With PAGE `page` it has `/metrics` with what
 * prom-client would say of Node's heap.
 *
 * KIND `leak`: keeps AMOUNT bytes of each request (64 at least). `files`: one request in AMOUNT opens a file and forgets it. `sockets`: one in
 * AMOUNT opens a connection and forgets it. Healthy: `flat`. `cache`: AMOUNT keys asked for at random, 1 kB each, kept once seen. `sawtooth`: a
 * buffer of AMOUNT entries of 1 kB is filled, flushed, filled again. `sessions`: 400 bytes of each request are kept for AMOUNT ms.
 */
export const leakingServer = `
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { getHeapSpaceStatistics } from 'node:v8'

const [port, kind, amount, page] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4] ?? 0), process.argv[5]]
const items = Array.from({ length: 8 }, (_, id) => ({ id, name: 'product ' + id, price: id * 100 }))
const cache = new Map()
const sessions = []
const kept = []
let buffer = []
let newest = null
let count = 0
let seed = 1 + (process.pid % 1000)
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
const kilobyte = () => new Array(122).fill(0.5 + count)

// An object of eight words is 64 bytes in Node's V8; an array of n doubles is 48 + 8n.
const node = (bytes) => ({ next: newest, payload: bytes > 120 ? new Array((bytes - 112) >> 3).fill(0.5 + count) : null, a: count, b: 0, c: 0 })

const behaviours = {
  flat() {},
  leak() {
    newest = node(amount)
  },
  files() {
    if (count % amount === 0) void open('/dev/null').then((file) => kept.push(file))
  },
  sockets() {
    if (count % amount === 0) kept.push(connect(listener.address().port, '127.0.0.1').on('error', () => {}))
  },
  cache() {
    const key = Math.floor(random() * amount)
    if (!cache.has(key)) cache.set(key, kilobyte())
  },
  sawtooth() {
    buffer.push(kilobyte())
    if (buffer.length > amount) buffer = []
  },
  sessions() {
    const now = performance.now()
    sessions.push({ until: now + amount, data: new Array(40).fill(0.5 + count) })
    if (sessions[0].until < now && count % 100 === 0) sessions.splice(0, sessions.findIndex(({ until }) => until >= now))
  },
}
const behave = behaviours[kind]
// What forgotten connections lead to: nothing is ever said there.
const listener = createServer().listen(0, '127.0.0.1')
listener.timeout = 0

function metricsPage() {
  const { heapUsed, external } = process.memoryUsage()
  const spaces = getHeapSpaceStatistics().map((space) => [space.space_name.replace(/_space$/, ''), space.space_used_size])
  return [
    'nodejs_heap_size_used_bytes ' + heapUsed,
    'nodejs_external_memory_bytes ' + external,
    ...spaces.map(([space, used]) => 'nodejs_heap_space_size_used_bytes{space="' + space + '"} ' + used),
  ].join('\\n') + '\\n'
}

createServer((request, response) => {
  if (request.url === '/metrics') {
    response.end(page === 'page' ? metricsPage() : '')
    return
  }
  count += 1
  behave()
  const body = JSON.parse(JSON.stringify(items)).map((one) => ({ ...one, note: 'seen ' + one.name + ' ' + count }))
  const answer = () => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  setTimeout(answer, 3)
}).listen(port, '127.0.0.1')
`
