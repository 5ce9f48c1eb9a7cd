import type { Socket } from 'node:net'
import { gated } from './gate.ts'
import type { LaidToxic } from './laid-toxic.ts'
import { Lane } from './lane.ts'
import type { Place } from './lane.ts'
import type { CallToxic, Conversation, Protocol } from './protocol.ts'
import type { ProxiedConnection } from './stage.ts'
import type { Totals } from './totals.ts'

export interface ConnectionSetting {
  readonly index: number
  readonly isProbe: boolean
  /** Accepted, not yet read. */
  readonly client: Socket
  /** Its connection to the upstream. */
  dial(): Socket
  /** Another one, which outlives it. */
  dialApart(): Socket
  readonly protocol: Protocol
  readonly totals: Totals
  readonly callToxics: () => readonly CallToxic[]
  /** Both ends are gone. */
  over(): void
}

interface Placed {
  readonly up?: Place
  readonly down?: Place
}

/** Two sockets and the two lanes between them. Until `start`, nothing is read, and the upstream does not know of it. */
export class Connection implements ProxiedConnection {
  readonly index: number
  readonly isProbe: boolean
  readonly #setting: ConnectionSetting
  readonly #client: Socket
  readonly #placed = new Map<LaidToxic, Placed>()
  #server: Socket | undefined
  #lanes: { readonly up: Lane; readonly down: Lane } | undefined
  #conversation: Conversation | undefined
  #isOver = false

  constructor(setting: ConnectionSetting) {
    this.#setting = setting
    this.index = setting.index
    this.isProbe = setting.isProbe
    this.#client = setting.client
    this.#client.on('error', () => this.#abort(this.#server))
    this.#client.on('close', () => this.#ended())
  }

  get isStarted(): boolean {
    return this.#server !== undefined
  }

  start(toxics: readonly LaidToxic[]): void {
    const { totals } = this.#setting
    const client = this.#client
    const server = this.#setting.dial()
    const up = new Lane(client, server, () => undefined)
    const down = new Lane(server, client, (bytes) => {
      if (!this.isProbe) totals.bytesDown += bytes
    })
    this.#server = server
    this.#lanes = { up, down }
    let isConnected = false
    server.on('connect', () => {
      isConnected = true
    })
    server.on('error', () => {
      if (!isConnected && !this.isProbe) totals.broken++
      this.#abort(client)
    })
    server.on('close', () => this.#ended())
    if (!this.isProbe) this.#speak(up, down)
    for (const toxic of toxics) this.lay(toxic)

    client.on('data', (chunk: Buffer) => {
      if (!this.isProbe) totals.bytesUp += chunk.length
      up.receive(chunk)
    })
    client.on('end', () => up.receiveEnd())
    client.on('drain', () => down.balance())
    server.on('data', (chunk: Buffer) => down.receive(chunk))
    server.on('end', () => down.receiveEnd())
    server.on('drain', () => up.balance())
    // It was accepted paused; a toxic may already hold it back.
    if (!up.isPaused) client.resume()
  }

  /** A toxic comes into its way. */
  lay(laid: LaidToxic): void {
    const { toxic } = laid
    if (this.#lanes === undefined || this.#isOver || toxic.join === undefined) return
    const { up, down } = this.#lanes
    const out = { up: up.newPlace(), down: down.newPlace() }
    const stages = gated(toxic.join(this, out), out, () => laid.meetsConnection(this), toxic.meetsAtEnd === true)
    if (stages.up !== undefined) up.insert(out.up, stages.up, 'last')
    if (stages.down !== undefined) down.insert(out.down, stages.down, 'first')
    this.#placed.set(laid, {
      ...(stages.up === undefined ? {} : { up: out.up }),
      ...(stages.down === undefined ? {} : { down: out.down }),
    })
  }

  take(laid: LaidToxic): void {
    const placed = this.#placed.get(laid)
    this.#placed.delete(laid)
    if (placed?.up !== undefined) this.#lanes?.up.take(placed.up)
    if (placed?.down !== undefined) this.#lanes?.down.take(placed.down)
  }

  /** A toxic of the protocol has come or gone. */
  callToxicsChanged(): void {
    this.#conversation?.changed?.()
  }

  reset(): void {
    this.#abort(this.#client)
    this.#abort(this.#server)
  }

  close(): void {
    this.#lanes?.up.cut()
    this.#lanes?.down.cut()
    this.#client.destroySoon()
    this.#server?.destroySoon()
  }

  #speak(up: Lane, down: Lane): void {
    const { protocol, totals, callToxics } = this.#setting
    const out = { up: up.newPlace(), down: down.newPlace() }
    const conversation = protocol.join({
      index: this.index,
      isProbe: this.isProbe,
      up: out.up,
      down: out.down,
      counts: totals,
      reset: () => this.reset(),
      close: () => this.close(),
      toxics: callToxics,
      dial: () => this.#setting.dialApart(),
    })
    this.#conversation = conversation
    up.insert(out.up, conversation.up, 'first')
    down.insert(out.down, conversation.down, 'last')
  }

  /** The one end has broken off: the other hears the same. */
  #abort(socket: Socket | undefined): void {
    if (socket === undefined || socket.destroyed) return
    if (canBeReset(socket)) socket.resetAndDestroy()
    else socket.destroy()
  }

  #ended(): void {
    if (this.#isOver) return
    const isServerGone = this.#server === undefined || this.#server.closed
    if (!this.#client.closed || !isServerGone) return
    this.#isOver = true
    for (const laid of [...this.#placed.keys()]) this.take(laid)
    this.#conversation?.over?.()
    this.#setting.over()
  }
}

/**
 * Before it is connected there is nobody who could be sent a reset. While its end is on the way libuv refuses one (EINVAL), and Node 20 then
 * neither closes the handle nor lets its thread end.
 */
function canBeReset(socket: Socket): boolean {
  return !socket.connecting && (!socket.writableEnded || socket.writableFinished)
}
