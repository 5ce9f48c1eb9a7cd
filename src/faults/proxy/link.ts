import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Random } from '../../base/random.ts'
import type { LinkCounts, LinkSpec, ToxicSpec } from '../../model/link-fault.ts'
import type { LinkWindow } from '../../model/sample.ts'
import type { FaultLink } from '../places.ts'
import { Connection } from './connection.ts'
import type { Echo } from './echo.ts'
import { startEcho } from './echo.ts'
import type { Laying } from './laid-toxic.ts'
import { LaidToxic } from './laid-toxic.ts'
import type { ListenAt } from './listener.ts'
import { anyPort, Listener } from './listener.ts'
import { probeHost } from './probe-host.ts'
import type { CallToxic, Protocol } from './protocol.ts'
import { protocols } from './protocols.ts'
import { Totals } from './totals.ts'
import type { Admission, ListenerState, Toxic } from './toxic.ts'
import { toxicOf } from './toxics/registry.ts'

/** Of a timer of Node; what is to live longer, lives until it is removed. */
const longestTimerMs = 2 ** 31 - 1

/** The port that a link listens at, the connections that cross it, and the toxics that lie on it. */
export class Link implements FaultLink {
  readonly name: string
  readonly #spec: LinkSpec
  readonly #protocol: Protocol
  readonly #echo: Echo
  readonly #totals = new Totals()
  readonly #listener: Listener
  readonly #connections = new Set<Connection>()
  readonly #toxics = new Map<string, LaidToxic>()
  /** Those of the protocol. */
  #callToxics: readonly CallToxic[] = []
  /** Accepted, and not let in as long as a toxic holds them. */
  readonly #held = new Set<Connection>()
  readonly #apart = new Set<Socket>()
  readonly #lives = new Map<string, NodeJS.Timeout>()
  /** Toxics that are gone count on. */
  readonly #crossed = new Map<string, number>()
  #nextIndex = 0
  #isClosed = false

  private constructor(spec: LinkSpec, echo: Echo, at: ListenAt) {
    this.#echo = echo
    this.#listener = new Listener((client) => this.#accept(client), at)
    this.name = spec.name
    this.#spec = spec
    this.#protocol = protocols[spec.protocol]
  }

  /** @param at where it listens; by default at a port of its own choice */
  static async open(spec: LinkSpec, at: ListenAt = anyPort): Promise<Link> {
    const echo = await startEcho()
    const link = new Link(spec, echo, at)
    try {
      await link.#listener.set('open')
    } catch (thrown) {
      await echo.close()
      throw thrown
    }
    return link
  }

  get address(): { readonly host: string; readonly port: number } {
    return this.#listener.address
  }

  async add(spec: ToxicSpec): Promise<void> {
    const { action } = spec
    await this.lay(spec, (random) => (this.#protocol.has(action.kind) ? {} : toxicOf(action, random)))
  }

  /** Lays a toxic of somebody else's making. */
  async lay(laying: Laying, make: (random: Random) => Toxic): Promise<void> {
    const { id, lifeMs } = laying
    if (this.#toxics.has(id)) await this.remove(id)
    const laid = new LaidToxic(laying, make)
    this.#toxics.set(id, laid)
    this.#sortOut()
    if (lifeMs <= longestTimerMs) {
      const life = setTimeout(() => void this.remove(id).catch(() => undefined), lifeMs)
      life.unref()
      this.#lives.set(id, life)
    }
    for (const connection of this.#connections) connection.lay(laid)
    laid.end =
      laid.toxic.begin?.({
        strike: (what) => {
          for (const connection of [...this.#connections])
            if (connection.isStarted && laid.meetsConnection(connection)) what(connection)
        },
        changed: () => void this.#settle().catch(() => undefined),
      }) ?? laid.end
    await this.#settle()
  }

  async remove(id: string): Promise<void> {
    const laid = this.#toxics.get(id)
    if (laid === undefined) return
    this.#toxics.delete(id)
    this.#sortOut()
    clearTimeout(this.#lives.get(id))
    this.#lives.delete(id)
    this.#crossed.set(id, (this.#crossed.get(id) ?? 0) + laid.crossed)
    laid.end()
    for (const connection of [...this.#connections]) connection.take(laid)
    const held = [...this.#held]
    this.#held.clear()
    for (const connection of held) this.#admit(connection)
    await this.#settle()
  }

  look(): Promise<{ readonly toxics: readonly string[]; readonly counts: LinkCounts }> {
    const crossed = new Map(this.#crossed)
    for (const [id, laid] of this.#toxics) crossed.set(id, (crossed.get(id) ?? 0) + laid.crossed)
    return Promise.resolve({ toxics: [...this.#toxics.keys()], counts: this.#totals.counts(Object.fromEntries(crossed)) })
  }

  /** What has crossed since it was last asked. */
  window(): LinkWindow | undefined {
    return this.#totals.window(this.name)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const life of this.#lives.values()) clearTimeout(life)
    for (const laid of this.#toxics.values()) laid.end()
    const settled = this.#listener.set('closed')
    for (const connection of [...this.#connections]) connection.reset()
    for (const socket of this.#apart) socket.destroy()
    await settled
    await this.#echo.close()
  }

  #accept(client: Socket): void {
    const isProbe = client.remoteAddress === probeHost
    const totals = this.#totals
    if (!isProbe) {
      totals.connections++
      totals.open++
    }
    const connection: Connection = new Connection({
      index: isProbe ? -1 : this.#nextIndex++,
      isProbe,
      client,
      dial: () => connect({ ...(isProbe ? this.#echo.address : this.#spec.upstream), allowHalfOpen: true, noDelay: true }),
      dialApart: () => this.#dialApart(),
      protocol: this.#protocol,
      totals,
      callToxics: () => this.#callToxics,
      over: () => {
        this.#connections.delete(connection)
        this.#held.delete(connection)
        if (!isProbe) totals.open--
      },
    })
    this.#connections.add(connection)
    this.#admit(connection)
  }

  #sortOut(): void {
    this.#callToxics = [...this.#toxics.values()].filter((laid): laid is LaidToxic & CallToxic => {
      const { action } = laid.spec
      return action !== undefined && this.#protocol.has(action.kind)
    })
    for (const connection of this.#connections) connection.callToxicsChanged()
  }

  #dialApart(): Socket {
    const socket = connect({ ...this.#spec.upstream, noDelay: true })
    this.#apart.add(socket)
    socket.on('close', () => this.#apart.delete(socket))
    socket.on('error', () => undefined)
    return socket
  }

  #admit(connection: Connection): void {
    const toxics = [...this.#toxics.values()]
    const admission = this.#admission(connection, toxics)
    if (admission === 'hold') {
      this.#held.add(connection)
      return
    }
    if (admission === 'pass') {
      connection.start(toxics)
      return
    }
    if (!connection.isProbe) this.#totals.broken++
    if (admission === 'reset') connection.reset()
    else connection.close()
  }

  /** The first toxic that has something against it decides. */
  #admission(connection: Connection, toxics: readonly LaidToxic[]): Admission {
    for (const laid of toxics) {
      const admission = laid.toxic.admit?.(this.#totals.open - (connection.isProbe ? 0 : 1)) ?? 'pass'
      if (admission !== 'pass' && laid.meetsConnection(connection)) return admission
    }
    return 'pass'
  }

  async #settle(): Promise<void> {
    if (!this.#isClosed) await this.#listener.set(this.#listenerState())
  }

  /** Who is never accepted cannot be chosen from: a toxic that is selective leaves the listener alone, and sends away whom it meets. */
  #listenerState(): ListenerState {
    const states = [...this.#toxics.values()]
      .filter(({ isSelective }) => !isSelective)
      .map(({ toxic }) => toxic.listener?.() ?? 'open')
    return states.find((state) => state === 'unanswered') ?? states.find((state) => state === 'closed') ?? 'open'
  }
}
