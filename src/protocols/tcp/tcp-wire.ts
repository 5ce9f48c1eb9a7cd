import type net from 'node:net'
import { messageOf } from '../../base/errors.ts'
import type { Channel, SocketAddress, Wire } from '../messages/index.ts'
import { openSocket, partsOf } from '../messages/index.ts'
import { classifySocketError } from '../socket-failures.ts'
import type { Framer } from './framing.ts'
import { FrameRefused } from './framing.ts'

/** How long the other side may take to end its half after we have ended ours. */
const closeTimeoutMs = 2000

/** One TCP socket as a connection's way out. */
export class TcpWire implements Wire {
  readonly #channel: Channel
  readonly #socket: net.Socket
  readonly #framer: Framer

  constructor(channel: Channel, address: SocketAddress, framer: Framer) {
    const { engine, opening } = channel
    this.#channel = channel
    this.#framer = framer
    const { socket, marks } = openSocket(engine, opening, address, () => {
      // What comes with the end of a handshake waits until the scenario has had its turn to listen.
      socket.pause()
      setImmediate(() => socket.resume())
      channel.opened({ status: 0, ...partsOf(opening, marks, engine.now()) })
    })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => {
      const handshaking = address.tls && marks.connectedMs > 0 && marks.secureMs === 0
      const failure = classifySocketError(error, { handshaking })
      channel.closed(0, failure.message, 'lost', failure)
    })
    socket.on('close', () => channel.closed(0, '', 'them', undefined))
  }

  // hot
  send(message: string | Uint8Array): number {
    const wire = this.#framer.wrap(message)
    this.#socket.write(wire)
    return typeof wire === 'string' ? Buffer.byteLength(wire) : wire.length
  }

  close(): void {
    this.#socket.end()
    // The other side may keep its half for ever.
    const timer = setTimeout(() => this.#socket.destroy(), closeTimeoutMs)
    timer.unref()
    this.#socket.once('close', () => clearTimeout(timer))
  }

  destroy(): void {
    this.#socket.destroy()
  }

  // hot
  #read(chunk: Buffer): void {
    try {
      this.#framer.read(chunk, (text, bytes, size) => this.#channel.received(text, bytes, size))
    } catch (error) {
      const kind = error instanceof FrameRefused ? error.kind : 'exception'
      const message = messageOf(error)
      this.#channel.closed(0, message, 'lost', { kind, message })
      this.#socket.destroy()
    }
  }

  #ended(): void {
    if (this.#framer.isBetween) {
      const message = 'closed in the middle of a message'
      this.#channel.closed(0, message, 'lost', { kind: 'closed-early', message })
    } else this.#channel.closed(0, '', 'them', undefined)
  }
}
