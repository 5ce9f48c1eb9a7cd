import net from 'node:net'
import tls from 'node:tls'
import { messageOf } from '../../base/errors.ts'
import { AnswerParser } from './answer-parser.ts'
import { describeRequest, describeAnswer } from './debug.ts'
import type { Engine } from './engine.ts'
import type { Exchange } from './exchange.ts'
import { classifySocketError } from '../socket-failures.ts'
import type { Pool } from './pool.ts'
import { AnswerRefused } from './refusal.ts'
import type { Origin } from './target.ts'

/**
 * One socket and what goes over it, one exchange at a time:
 * opening → busy ⇄ idle → closed. Every state may go to closed at once, and closed is final.
 */
export class Connection {
  readonly #engine: Engine
  readonly #pool: Pool
  readonly #parser: AnswerParser
  readonly #socket: net.Socket
  readonly #origin: Origin
  readonly #openedMs: number
  #resolvedMs = 0
  #connectedMs = 0
  #ready = false
  #closed = false
  /** Has carried an answer before. */
  #reused = false
  /** A streamed body is on its way out. */
  #sending = false
  #exchange: Exchange | undefined
  #wake: (() => void) | undefined

  constructor(engine: Engine, pool: Pool, origin: Origin, first: Exchange, nowMs: number) {
    this.#engine = engine
    this.#pool = pool
    this.#origin = origin
    this.#parser = new AnswerParser(engine.spec)
    this.#openedMs = nowMs
    this.#exchange = first
    first.connection = this
    first.connecting(nowMs)
    engine.connections.add(this)
    this.#socket = origin.tls ? this.#openTls() : this.#openPlain()
    this.#listen()
  }

  /** Writes the request. // hot */
  carry(exchange: Exchange, nowMs: number): void {
    this.#exchange = exchange
    exchange.connection = this
    this.#parser.begin(exchange.request.forHead, exchange.rules.keepBytes)
    exchange.sent(nowMs)
    const body = exchange.body
    exchange.bytesOut += exchange.wire.length
    if (this.#engine.observer.debug !== undefined) this.#engine.observer.debug(describeRequest(exchange))
    if (body === undefined || body.kind === 'text') {
      this.#socket.write(exchange.wire, 'latin1')
      return
    }
    if (body.kind === 'bytes') {
      exchange.bytesOut += body.bytes.length
      this.#socket.cork()
      this.#socket.write(exchange.wire, 'latin1')
      this.#socket.write(body.bytes)
      this.#socket.uncork()
      return
    }
    this.#socket.write(exchange.wire, 'latin1')
    this.#sending = true
    void this.#sendStream(exchange, body.open(), body.length)
  }

  /** Closes at once; the exchange, if any, has been told already. */
  abandon(): void {
    this.#exchange = undefined
    this.#close()
  }

  #openPlain(): net.Socket {
    const { host, port } = this.#origin.via ?? this.#origin
    const localAddress = this.#engine.nextLocalAddress()
    return net.connect({
      host,
      port,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
      onread: {
        buffer: this.#engine.readBuffer,
        callback: (length) => {
          this.#read(this.#engine.readBuffer, length)
          return true
        },
      },
    })
  }

  /** TLS sockets know no `onread`: they hand out buffers of their own. */
  #openTls(): net.Socket {
    const { host } = this.#origin
    const { rejectUnauthorized, servername, ca, cert, key } = this.#engine.spec.tls
    const localAddress = this.#engine.nextLocalAddress()
    const name = servername ?? (net.isIP(host) === 0 ? host : undefined)
    const { via } = this.#origin
    const socket = tls.connect({
      host: via?.host ?? host,
      port: via?.port ?? this.#origin.port,
      // The certificate is that of the origin, whoever passes its bytes on.
      ...(via === undefined
        ? {}
        : { checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name ?? host, certificate) }),
      rejectUnauthorized,
      ALPNProtocols: ['http/1.1'],
      ...(name === undefined ? {} : { servername: name }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes, bytes.length))
    return socket
  }

  #listen(): void {
    const socket = this.#socket
    // Addresses are not looked up, and a listener that waits for ever costs each of ten thousand users memory.
    if (net.isIP(this.#origin.host) === 0) {
      socket.once('lookup', () => {
        this.#resolvedMs = this.#engine.now()
      })
    }
    socket.once('connect', () => {
      this.#connectedMs = this.#engine.now()
      if (!this.#origin.tls) this.#opened(this.#connectedMs)
    })
    if (this.#origin.tls) socket.once('secureConnect', () => this.#opened(this.#engine.now()))
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => this.#broken(error))
    socket.on('close', () => this.#ended())
  }

  #opened(nowMs: number): void {
    const exchange = this.#exchange
    this.#ready = true
    if (exchange === undefined) return
    const lookedUp = this.#resolvedMs === 0 || net.isIP(this.#origin.host) !== 0 ? this.#openedMs : this.#resolvedMs
    exchange.connected(lookedUp - this.#openedMs, this.#connectedMs - lookedUp, nowMs - this.#connectedMs)
    this.carry(exchange, nowMs)
  }

  // hot
  #read(bytes: Buffer, length: number): void {
    // One look at the clock for all that is made of these bytes.
    const nowMs = this.#engine.now()
    this.#engine.observer.heard(nowMs)
    const exchange = this.#exchange
    if (exchange === undefined || this.#closed) {
      // Bytes that nobody asked for: whatever they are, they must not become the answer to the next request.
      this.#close()
      return
    }
    const parser = this.#parser
    let left: number
    try {
      left = parser.push(bytes, length)
    } catch (error) {
      if (!(error instanceof AnswerRefused)) throw error
      exchange.bytesIn += length
      exchange.fail(error.kind, error.message)
      return
    }
    exchange.bytesIn += length - left
    if (parser.done) this.#complete(exchange, nowMs, left > 0)
    else if (!exchange.heardFirstByte) exchange.firstByte(nowMs)
  }

  // hot
  #complete(exchange: Exchange, nowMs: number, unasked: boolean): void {
    const parser = this.#parser
    const answer = exchange.receive(parser, nowMs)
    const { setsCookies } = parser.head
    parser.release()
    if (this.#engine.observer.debug !== undefined) this.#engine.observer.debug(describeAnswer(exchange, answer))
    this.#exchange = undefined
    if (parser.keepAlive && !unasked && !this.#sending && this.#engine.spec.keepAlive) {
      this.#reused = true
      this.#pool.release(this)
    } else {
      this.#close()
    }
    exchange.conclude(answer, setsCookies)
  }

  /** The peer ended its side, or the socket is closed. */
  #ended(): void {
    const exchange = this.#exchange
    if (exchange !== undefined && this.#ready && this.#parser.finish()) {
      this.#complete(exchange, this.#engine.now(), false)
      return
    }
    this.#lose(
      'closed-early',
      this.#ready
        ? `the target closed the connection ${this.#parser.progress}`
        : 'the target closed the connection before it was ready',
    )
  }

  #broken(error: Error): void {
    const handshaking = this.#origin.tls && this.#connectedMs !== 0 && !this.#ready
    const { kind, message } = classifySocketError(error, { handshaking })
    this.#lose(kind, message)
  }

  #lose(kind: Parameters<Exchange['fail']>[0], message: string): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#close()
    if (exchange === undefined) return
    exchange.connection = undefined
    const silent = this.#ready && this.#reused && !exchange.heardFirstByte
    if (silent && exchange.canRetry) exchange.retry()
    else exchange.fail(kind, message)
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#engine.connections.delete(this)
    this.#socket.destroy()
    this.#wake?.()
    this.#pool.gone(this)
  }

  async #sendStream(exchange: Exchange, pieces: AsyncIterable<Uint8Array>, length: number | undefined): Promise<void> {
    let sent = 0
    try {
      for await (const piece of pieces) {
        if (this.#closed || this.#exchange !== exchange) return
        if (piece.length === 0) continue
        sent += piece.length
        if (length !== undefined && sent > length) break
        const flowing = this.#writePiece(exchange, piece, length === undefined)
        if (!flowing) await this.#drained()
      }
      if (this.#closed || this.#exchange !== exchange) return
      if (length !== undefined && sent !== length)
        throw new Error(`expected the body to have ${length} bytes, got ${sent} or more`)
      if (length === undefined) {
        this.#socket.write('0\r\n\r\n', 'latin1')
        exchange.bytesOut += 5
      }
      this.#sending = false
      exchange.bodySent(this.#engine.now())
    } catch (error) {
      exchange.reject('exception', error, `the body of the request cannot be read: ${messageOf(error)}`)
    }
  }

  #writePiece(exchange: Exchange, piece: Uint8Array, chunked: boolean): boolean {
    const socket = this.#socket
    if (!chunked) {
      exchange.bytesOut += piece.length
      return socket.write(piece)
    }
    const size = `${piece.length.toString(16)}\r\n`
    exchange.bytesOut += size.length + piece.length + 2
    socket.cork()
    socket.write(size, 'latin1')
    socket.write(piece)
    const flowing = socket.write('\r\n', 'latin1')
    socket.uncork()
    return flowing
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#socket.once('drain', resolve)
    })
  }
}
