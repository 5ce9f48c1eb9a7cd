/**
 * Stand-alone text of a small server for `start` of a plan: `node server.mjs PORT BEHAVIOUR [ARG]`. It knows nothing of the project.
 * Every request is noted in `requests.ndjson` beside it when the behaviour is `echo`.
 */
export const targetServer = String.raw`
import { spawn } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcp } from 'node:net'

const [port, behaviour, argument] = [Number(process.argv[2]), process.argv[3], process.argv[4]]
const listen = (server) => server.listen(port, '127.0.0.1', () => console.log('listening on', port))
const http = (answer) => listen(createServer(answer))
const tcp = (answer) => listen(createTcp((socket) => { socket.on('error', () => {}); socket.once('data', () => answer(socket)) }))
const ok = (request, answer) => { answer.setHeader('content-type', 'text/plain'); answer.end('ok') }
const body = (request) => new Promise((done) => { let text = ''; request.on('data', (part) => (text += part)); request.on('end', () => done(text)) })
process.on('SIGTERM', () => { if (behaviour !== 'stubborn') process.exit(0) })

const behaviours = {
  ok: () => http(ok),
  stubborn: () => http(ok),
  slow: () => http((request, answer) => setTimeout(() => ok(request, answer), Number(argument))),
  // Notes who sent what, and gives back the body, the query or the authorization.
  echo: () => http(async (request, answer) => {
    const text = await body(request)
    appendFileSync('requests.ndjson', JSON.stringify({ method: request.method, url: request.url, body: text, headers: request.headers }) + '\n')
    answer.statusCode = Number(new URL(request.url, 'http://x').searchParams.get('status') ?? 200)
    answer.end(JSON.stringify({ url: request.url, body: text, authorization: request.headers.authorization ?? null }))
  }),
  garbage: () => tcp((socket) => socket.end('\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n')),
  'half-header': () => tcp((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty')),
  // Promises a thousand bytes and closes after five.
  'short-body': () => tcp((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhello')),
  'two-lengths': () => tcp((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello')),
  never: () => tcp(() => {}),
  endless: () => http((request, answer) => {
    answer.setHeader('content-length', String(10 * 2 ** 30))
    const piece = Buffer.alloc(65536, 120)
    const more = () => { while (!answer.destroyed && answer.write(piece)); }
    answer.on('drain', more)
    answer.on('error', () => {})
    more()
  }),
  // Takes 500 MB from the given time after its first request on, and notes when it held more than 300 MB, and when the last request came.
  'grows-after': () => {
    const seen = { grewAtMs: 0, lastAtMs: 0 }
    const held = []
    const grow = () => {
      held.push(Buffer.alloc(10e6, 1))
      if (seen.grewAtMs === 0 && process.memoryUsage.rss() > 300e6) seen.grewAtMs = Date.now()
      if (held.length < 50) setImmediate(grow)
    }
    http((request, answer) => {
      if (seen.lastAtMs === 0) setTimeout(grow, Number(argument))
      seen.lastAtMs = Date.now()
      ok(request, answer)
    })
    process.on('exit', () => writeFileSync('seen.json', JSON.stringify(seen)))
  },
  redirect: () => http((request, answer) => { answer.writeHead(302, { location: argument }); answer.end() }),
  script: () => http((request, answer) => { answer.writeHead(500, '<script>alert(1)</script>'); answer.end('<script>alert(2)</script>') }),
  'exits-at-once': () => { console.log('reading the settings'); console.error('Error: no DATABASE_URL in the environment'); process.exit(3) },
  'never-ready': () => { console.log('waiting for the database'); setInterval(() => {}, 1000) },
  'not-healthy': () => http((request, answer) => { answer.statusCode = 503; answer.end('not yet') }),
  'dies-after': () => { http(ok); setTimeout(() => { console.error('FATAL: out of memory'); process.exit(9) }, Number(argument)) },
  'dies-after-requests': () => {
    let left = Number(argument)
    http((request, answer) => { ok(request, answer); if (--left === 0) { console.error('FATAL: too many requests'); process.exit(9) } })
  },
  // Children in sessions of their own, deaf to SIGTERM: they leave the process group of the target.
  grandchildren: () => {
    for (let i = 0; i < 2; i++)
      spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", 'grandchild'], { detached: true, stdio: 'ignore' }).unref()
    http(ok)
  },
}
behaviours[behaviour]()
`
