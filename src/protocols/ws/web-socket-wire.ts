import type { IncomingMessage } from 'node:http'
import type net from 'node:net'
import type WebSocket from 'ws'
import type { WebSocketOptions } from '../../model/message-context.ts'
import type { Channel, MessageEngine, SocketAddress, SocketMarks, Wire } from '../messages/index.ts'
import { openSocket, partsOf } from '../messages/index.ts'
import { codeMeaning } from './close-codes.ts'
import type { Driver } from './driver.ts'
import { classifyWsError } from './ws-failure.ts'

/** How long the other side may take to answer a close frame. */
const closeTimeoutMs = 2000
/** RFC 6455 section 5.2: the shortest header of a frame of a client. */
const frameBytes = 6

const textFrame = { binary: false }
const binaryFrame = { binary: true }

/** One WebSocket of the library, and its socket, as a connection's way out. */
export class WebSocketWire implements Wire {
  readonly #channel: Channel
  readonly #socket: net.Socket
  readonly #marks: SocketMarks
  readonly #ws: WebSocket
  readonly #isTls: boolean
  #socketError: Error | undefined

  constructor(channel: Channel, Driver: Driver, url: URL, { headers = {}, subprotocols = [] }: WebSocketOptions) {
    const { engine, opening, rules } = channel
    this.#channel = channel
    const address = addressOf(url, engine)
    this.#isTls = address.tls
    const opened = openSocket(engine, opening, address, () => undefined)
    const { socket } = opened
    this.#socket = socket
    this.#marks = opened.marks
    socket.on('error', (error) => {
      this.#socketError = error
    })
    const clientOptions: WebSocket.ClientOptions & { readonly closeTimeout: number } = {
      headers: { 'user-agent': 'proofload', ...engine.spec.headers, ...headers },
      perMessageDeflate: false,
      maxPayload: rules.maxMessageBytes,
      closeTimeout: closeTimeoutMs, // its types do not know it yet
      // Already on its way: an agent would add nothing, and hide its times.
      createConnection: () => socket,
    }
    try {
      this.#ws = new Driver(url, [...subprotocols], clientOptions)
    } catch (error) {
      // A header that cannot be sent.
      socket.destroy()
      throw error
    }
    channel.attach(this)
    this.#listen()
  }

  /** As bytes, also what is text: of bytes the library makes one piece with their header, of text two, which cost more to write than to join. // hot */
  send(message: string | Uint8Array): number {
    const isText = typeof message === 'string'
    const bytes = isText ? Buffer.from(message) : message
    this.#ws.send(bytes, isText ? textFrame : binaryFrame)
    return frameBytes + bytes.length
  }

  ping(): number {
    this.#ws.ping()
    return frameBytes
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  destroy(): void {
    this.#ws.terminate()
    this.#socket.destroy()
  }

  #listen(): void {
    const channel = this.#channel
    const ws = this.#ws
    ws.on('open', () => {
      channel.subprotocol = ws.protocol
      // What came with the answer waits until the scenario has had its turn to listen.
      ws.pause()
      setImmediate(() => ws.resume())
      channel.opened({ status: 101, ...partsOf(channel.opening, this.#marks, channel.engine.now()) })
    })
    ws.on('unexpected-response', (_, answer) => this.#answered(answer))
    ws.on('error', (error) => this.#broken(error))
    ws.on('message', (raw, isBinary) => {
      const data = raw as Buffer // the library's default
      // Bytes are a part of what was read at once, which they would keep in memory.
      if (isBinary) channel.received(undefined, Uint8Array.from(data), data.length)
      else channel.received(data.toString(), undefined, data.length)
    })
    ws.on('pong', () => channel.pong())
    ws.on('close', (code, reason) => this.#closed(code, reason.toString()))
  }

  /** The server answers with something else than 101. */
  #answered(answer: IncomingMessage): void {
    const { statusCode = 0, headers } = answer
    answer.resume()
    const retryAfter = (statusCode === 429 || statusCode === 503) && headers['retry-after'] !== undefined
    this.#channel.refused('status', `status ${statusCode} instead of 101`, { status: statusCode, retryAfter })
    this.destroy()
  }

  #broken(error: Error): void {
    const { secureMs, connectedMs } = this.#marks
    const failure = classifyWsError(error, { handshaking: this.#isTls && connectedMs > 0 && secureMs === 0 })
    // Whichever of the two fits.
    this.#channel.refused(failure.kind, failure.message)
    this.#channel.closed(1006, failure.message, 'lost', failure)
    this.destroy()
  }

  #closed(code: number, reason: string): void {
    const error = this.#socketError
    if (error !== undefined) {
      const failure = classifyWsError(error, { handshaking: false })
      this.#channel.closed(code, failure.message, 'lost', failure)
      return
    }
    const meaning = codeMeaning(code)
    if (meaning === undefined) this.#channel.closed(code, reason, 'them', undefined)
    else {
      const message = `closed with code ${code} (${meaning})${reason === '' ? '' : `: ${reason}`}`
      this.#channel.closed(code, reason, code === 1006 ? 'lost' : 'them', { kind: 'closed-early', message })
    }
  }
}

function addressOf(url: URL, { routes }: MessageEngine): SocketAddress {
  const tls = url.protocol === 'wss:'
  // A link's proxy is known by the origin that HTTP has.
  const origin = `${tls ? 'https' : 'http'}://${url.host}`
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    via: routes[origin],
  }
}
