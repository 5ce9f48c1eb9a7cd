import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterEach } from 'vitest'
import { Link } from '../../src/faults/proxy/index.ts'
import type { FaultScope, LinkProtocol, ToxicAction, ToxicSpec } from '../../src/model/link-fault.ts'

/** How a connection ended, as one of its ends sees it. */
export type Fate = 'end' | 'reset'

/** One end of a connection: what came, and when. */
export class Peer {
  readonly socket: Socket
  readonly pieces: { readonly atMs: number; readonly bytes: Buffer }[] = []
  /** It said that it is done, or broke off. */
  readonly fate: Promise<Fate>
  readonly #waiting = new Set<() => void>()
  #bytes = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => {
      this.pieces.push({ atMs: performance.now(), bytes })
      this.#bytes += bytes.length
      for (const look of this.#waiting) look()
    })
    this.fate = new Promise((resolve) => {
      socket.on('end', () => resolve('end'))
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNRESET' ? 'reset' : 'end'))
    })
  }

  get received(): Buffer {
    return Buffer.concat(this.pieces.map(({ bytes }) => bytes))
  }

  /** All that has come, once it is at least so much. */
  receive(bytes: number): Promise<Buffer> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#bytes < bytes) return
        this.#waiting.delete(look)
        resolve(this.received)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Says something and answers with as many bytes more as that had. Gives the ms that it took. */
  async ask(text: string): Promise<number> {
    const startMs = performance.now()
    const before = this.#bytes
    this.socket.write(text)
    await this.receive(before + text.length)
    return performance.now() - startMs
  }
}

export interface Linked {
  readonly link: Link
  /** Connections that have come to the upstream. */
  readonly upstream: readonly Peer[]
  /** The next connection that comes to the upstream. */
  readonly nextUpstream: () => Promise<Peer>
  /** Through the link; one that is not accepted, or reset at once, has its fate. */
  readonly connect: () => Promise<Peer>
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server, by default an echo, behind a link of our proxy; all of it ends with the test. */
export async function linked(serve: (peer: Peer) => void = echo, protocol: LinkProtocol = 'tcp'): Promise<Linked> {
  const upstream: Peer[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    const peer = new Peer(socket)
    upstream.push(peer)
    serve(peer)
    server.emit('peer', peer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens at a port, not at a path
  const link = await Link.open({ name: 'db', protocol, upstream: { host: '127.0.0.1', port } })
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await link.close()
  })
  return {
    link,
    upstream,
    nextUpstream: async () => (await once(server, 'peer'))[0] as Peer, // the only thing that is told of
    connect: async () => {
      const socket = connect({ ...link.address, allowHalfOpen: true })
      sockets.add(socket)
      const peer = new Peer(socket)
      await Promise.race([once(socket, 'connect').catch(() => undefined), peer.fate])
      return peer
    },
  }
}

export function echo({ socket }: Peer): void {
  socket.on('data', (bytes: Buffer) => socket.write(bytes))
  socket.on('end', () => socket.end())
}

export function toxic(action: ToxicAction, scope?: FaultScope): ToxicSpec {
  return { id: action.kind, action, seed: 7, lifeMs: 60_000, ...(scope === undefined ? {} : { scope }) }
}
