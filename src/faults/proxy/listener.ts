import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/errors.ts'
import type { Hole } from './syn-hole.ts'
import { digHole } from './syn-hole.ts'
import type { ListenerState } from './toxic.ts'

export interface ListenAt {
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
}

export const anyPort: ListenAt = { host: '127.0.0.1', port: 0 }
/** Of waiting connects; the kernel takes less where `net.core.somaxconn` is smaller. */
const backlog = 4096
/** Somebody else may hold the port for a moment: one of the connections that we have closed. */
const triesToReturn = 100
const betweenTriesMs = 20
/** Below them no program takes a port without being told to. */
const lowestPort = 10_000

/** Listens at one port, stops, and listens there again. */
export class Listener {
  readonly #accept: (client: Socket) => void
  readonly #host: string
  #port: number
  #wasOpen = false
  #server: Server | undefined
  #hole: Hole | undefined
  #wanted: ListenerState = 'closed'
  #state: ListenerState = 'closed'
  #settling: Promise<void> = Promise.resolve()

  constructor(accept: (client: Socket) => void, { host, port }: ListenAt) {
    this.#accept = accept
    this.#host = host
    this.#port = port
  }

  get address(): ListenAt {
    return { host: this.#host, port: this.#port }
  }

  /** Answers when it is so; what was asked for last, wins. */
  set(wanted: ListenerState): Promise<void> {
    this.#wanted = wanted
    // The next change is not to be kept from happening because one has failed.
    this.#settling = this.#settling.catch(() => undefined).then(() => this.#settle())
    return this.#settling
  }

  async #settle(): Promise<void> {
    const wanted = this.#wanted
    if (wanted === this.#state) return
    this.#server?.close()
    this.#server = undefined
    await this.#hole?.fill()
    this.#hole = undefined
    this.#state = 'closed'
    if (wanted === 'open') this.#server = await this.#listen()
    if (wanted === 'unanswered') this.#hole = await digHole(this.#host, this.#port)
    this.#state = wanted
  }

  async #listen(): Promise<Server> {
    for (let tries = 1; ; tries++) {
      const port = this.#port === 0 ? portToTry() : this.#port
      try {
        const server = await listenAt({ host: this.#host, port }, this.#accept)
        this.#port = port
        this.#wasOpen = true
        return server
      } catch (thrown) {
        const hasNoHope = this.#port !== 0 && !this.#wasOpen
        if (hasNoHope || tries >= triesToReturn) throw new Error(`the proxy cannot listen at port ${port}: ${messageOf(thrown)}`)
        if (this.#port !== 0) await sleep(betweenTriesMs)
      }
    }
  }
}

function listenAt({ host, port }: ListenAt, accept: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, accept)
    server.once('error', reject)
    server.listen({ host, port, backlog }, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

/** Not one that the kernel gives to clients: while a link refuses connections, its port would be anybody's. */
function portToTry(): number {
  return randomInt(lowestPort, Math.max(lowestPort + 1, lowestEphemeral()))
}

function lowestEphemeral(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/)[0])
  } catch {
    return 32_768
  }
}
