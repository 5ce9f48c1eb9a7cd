import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { Connection, type ConnectionContext } from './connection.ts'
import { flushed, type Door } from './door.ts'
import { addressOf, type Entrance } from './entrance.ts'
import { ChatError } from './errors.ts'
import { limits } from './limits.ts'
import type { Packet } from './packet.ts'
import type { Identity } from './protection/contract.ts'
import { closeCodes, type Wire } from './session.ts'

/** Who does not answer a close frame is cut off. */
const closeWithinMs = 1_000

export interface WebSocketDoorOptions {
  readonly server: Server
  readonly entrance: Entrance
  readonly context: ConnectionContext
  /** Who answers no ping until the next is gone without a word. */
  readonly heartbeatMs: number
}

/** WebSockets at `/ws` of the HTTP server. */
export function openWebSocketDoor({ server, entrance, context, heartbeatMs }: WebSocketDoorOptions): Door {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false })
  const heartbeat = setInterval(() => beat(sockets.clients), heartbeatMs)
  server.on('upgrade', (request, stream, head) => {
    // Without a listener, a reset before the handshake would end the process.
    stream.on('error', () => stream.destroy())
    const address = addressOf(request.socket)
    admit({ request, entrance, context, address }).then(
      (user) => {
        if (stream.destroyed) return
        sockets.handleUpgrade(request, stream, head, (socket) => welcome({ socket, stream, context, address, user }))
      },
      (error: unknown) => refuse(stream, error),
    )
  })
  return {
    async close() {
      clearInterval(heartbeat)
      await Promise.all([...sockets.clients].map((socket) => closed(socket)))
    },
  }
}

interface Opening {
  readonly request: IncomingMessage
  readonly entrance: Entrance
  readonly context: ConnectionContext
  readonly address: string
}

/** Who it is, if the opening says so already. */
async function admit({ request, entrance, context, address }: Opening): Promise<Identity | undefined> {
  if (!/^\/ws(\?|$)/.test(request.url ?? '')) throw new ChatError('not-found', 'There are WebSockets at /ws only.')
  const refusal = await entrance.refusal(address)
  if (refusal !== undefined) throw refusal
  const { authorization } = request.headers
  const user = context.tokens.verifyHeader(authorization)
  if (authorization !== undefined && user === undefined) throw new ChatError('unauthorized', 'The token is not valid.')
  return user
}

/** RFC 6455 4.2.2: an opening that is not wanted is answered by HTTP. */
function refuse(stream: Duplex, error: unknown): void {
  const { statusCode, code, message, retryAfterSec } =
    error instanceof ChatError ? error : new ChatError('internal', 'Something went wrong.')
  const body = JSON.stringify({ error: code, message })
  const head = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterSec === undefined ? [] : [`Retry-After: ${Math.ceil(retryAfterSec)}`]),
  ]
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

interface Guest {
  readonly socket: WebSocket
  readonly stream: Duplex
  readonly context: ConnectionContext
  readonly address: string
  readonly user: Identity | undefined
}

function welcome({ socket, stream, context, address, user }: Guest): void {
  const wire = new WebSocketWire(socket, stream)
  const connection = new Connection({ context, door: 'ws', address, wire, user })
  alive.add(socket)
  socket.on('message', (data, isBinary) => {
    if (isBinary) wire.close(closeCodes.unsupported, 'text only')
    else connection.receive(textOf(data))
  })
  socket.on('ping', () => void connection.spend())
  socket.on('pong', () => alive.add(socket))
  // Frames against the protocol: ws closes with the code of the mistake.
  socket.on('error', () => undefined)
  socket.on('close', () => connection.closed())
}

/** Of `ws` without fragments as a list: a buffer. */
function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString() // a Buffer is taken as well, without a copy of its own
}

const alive = new WeakSet<WebSocket>()

function beat(clients: Iterable<WebSocket>): void {
  for (const socket of clients) {
    if (!alive.delete(socket)) socket.terminate()
    else socket.ping()
  }
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve())
    socket.close(closeCodes.goingAway, 'the server stops')
    setTimeout(() => socket.terminate(), closeWithinMs).unref()
  })
}

class WebSocketWire implements Wire {
  readonly #socket: WebSocket
  readonly #stream: Duplex

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
  }

  get waitingBytes(): number {
    return this.#stream.writableLength
  }

  send(packet: Packet): void {
    this.#socket.send(packet.bytes, { binary: false })
  }

  cork(): void {
    this.#stream.cork()
  }

  uncork(): void {
    this.#stream.uncork()
  }

  flushed(): Promise<void> {
    return flushed(this.#stream)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(code: number, reason: string): void {
    this.#socket.resume()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), closeWithinMs).unref()
  }
}
