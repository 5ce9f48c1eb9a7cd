import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** A service whose protections are known by construction. */
export interface AttackedServerOptions {
  /** A source is blocked after so many failed log-ins; absent: never. */
  readonly blockAfter?: number
  /** For so long; default: for ever. */
  readonly blockForMs?: number
  /** Everybody is blocked as soon as anybody is. */
  readonly blocksEverybody?: boolean
  /** An unfinished head or body is given up after so long; absent: never. */
  readonly headTimeoutMs?: number
  /** Most connections of one address; absent: as many as it likes. */
  readonly connectionsEach?: number
  /** Most connections in all. */
  readonly maxConnections?: number
  /** A log-in with a name that exists is answered so much later. */
  readonly leakMs?: number
  /** A log-in with a name that does not exist is told so. */
  readonly tells?: 'status' | 'words'
  /** Of each log-in; one at a time. */
  readonly workMs?: number
  /** Share of failed log-ins that are noted; default all. */
  readonly noted?: number
}

/** `GET /` is what users do; `POST /login` refuses everybody; `/noted` tells how many failures the log has. */
export function attackedServer(options: AttackedServerOptions): Server {
  const { blockAfter = Infinity, blockForMs = Infinity, blocksEverybody = false, headTimeoutMs = 0, noted = 1 } = options
  const failures = new Map<string, number>()
  const blockedUntil = new Map<string, number>()
  let log = 0
  let failed = 0
  let free = 0

  const isBlocked = (address: string): boolean => (blockedUntil.get(blocksEverybody ? 'all' : address) ?? 0) > performance.now()
  const fail = (address: string): void => {
    failed++
    log = Math.floor(failed * noted)
    const count = (failures.get(address) ?? 0) + 1
    failures.set(address, count)
    if (count < blockAfter) return
    failures.set(address, 0)
    blockedUntil.set(blocksEverybody ? 'all' : address, performance.now() + blockForMs)
  }
  const logIn = (request: IncomingMessage, response: ServerResponse, address: string): void => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      fail(address)
      const isKnown = /"user":"(ada|bob)"/.test(body)
      const later = isKnown ? (options.leakMs ?? 0) : 0
      const now = performance.now()
      // One after the other, on a clock of its own: no CPU is burnt.
      free = Math.max(now, free) + (options.workMs ?? 0)
      const status = options.tells === 'status' && !isKnown ? 404 : 401
      const what = options.tells === 'words' && !isKnown ? 'no such user' : 'wrong password'
      // As real ones do: the name, and what differs every time.
      const told = { error: what, user: /"user":"(\w+)"/.exec(body)?.[1], request: randomUUID(), left: 1000 - failed }
      setTimeout(() => response.writeHead(status).end(JSON.stringify(told)), free - now + later)
    })
  }

  const server = createServer(
    { headersTimeout: headTimeoutMs, requestTimeout: headTimeoutMs, connectionsCheckingInterval: 100 },
    (request, response) => {
      const address = request.socket.remoteAddress ?? ''
      if (isBlocked(address)) response.writeHead(429).end('blocked\n')
      else if (request.url === '/login') logIn(request, response, address)
      else response.end(request.url === '/noted' ? String(log) : 'hello\n')
    },
  )
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    open.set(address, count)
    socket.on('close', () => open.set(address, (open.get(address) ?? 1) - 1))
    if (count > (options.connectionsEach ?? Infinity)) socket.destroy()
  })
  return server
}
