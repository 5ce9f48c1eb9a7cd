import { createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { Connection, type ConnectionContext } from './connection.ts'
import { flushed, type Door } from './door.ts'
import { addressOf, type Entrance } from './entrance.ts'
import { asChatError, type ChatError } from './errors.ts'
import { limits } from './limits.ts'
import { LineReader } from './line-reader.ts'
import { Packet } from './packet.ts'
import { closeCodes, type Wire } from './session.ts'

const closeWithinMs = 1_000

export interface TcpDoorOptions {
  readonly port: number
  readonly host: string
  readonly entrance: Entrance
  readonly context: ConnectionContext
}

/** One JSON object a line, on a port of its own. */
export async function openTcpDoor({ port, host, entrance, context }: TcpDoorOptions): Promise<Door & { readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Resets and the like: 'close' comes after it.
    socket.on('error', () => undefined)
    socket.pause()
    entrance.refusal(addressOf(socket)).then(
      (refusal) => (refusal === undefined ? welcome(socket, context) : refuse(socket, refusal)),
      (error: unknown) => refuse(socket, asChatError(error)),
    )
  })
  server.listen({ port, host, backlog: 1_024 })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // of a TCP server that listens
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) {
        socket.end()
        setTimeout(() => socket.destroy(), closeWithinMs).unref()
      }
      await closed
    },
  }
}

function refuse(socket: Socket, { code, message, retryAfterSec: retryAfter }: ChatError): void {
  socket.end(new Packet({ type: 'error', code, message, retryAfter }).line)
  setTimeout(() => socket.destroy(), closeWithinMs).unref()
}

function welcome(socket: Socket, context: ConnectionContext): void {
  if (socket.destroyed) return
  const wire = new TcpWire(socket)
  const lines = new LineReader(limits.messageBytes)
  const connection = new Connection({ context, door: 'tcp', address: addressOf(socket), wire, user: undefined })
  socket.on('data', (chunk: Buffer) => {
    const read = lines.read(chunk)
    if (read === undefined) wire.close(closeCodes.tooBig, `lines can have ${limits.messageBytes} bytes`)
    else for (const line of read) connection.receive(line)
  })
  socket.on('close', () => connection.closed())
  socket.resume()
}

class TcpWire implements Wire {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get waitingBytes(): number {
    return this.#socket.writableLength
  }

  send(packet: Packet): void {
    if (this.#socket.writable) this.#socket.write(packet.line)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  flushed(): Promise<void> {
    return flushed(this.#socket)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** What a WebSocket says in its close frame is the last line here. */
  close(code: number, reason: string): void {
    this.send(new Packet({ type: 'closing', code, reason }))
    this.#socket.end()
    this.#socket.resume()
    setTimeout(() => this.#socket.destroy(), closeWithinMs).unref()
  }
}
