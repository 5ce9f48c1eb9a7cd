import { Connection } from './connection.ts'
import type { Engine } from './engine.ts'
import type { Exchange } from './exchange.ts'
import type { Origin } from './target.ts'

/** The sockets of one user (or of one worker, when shared) to one origin. At the cap, exchanges wait in order of arrival. */
export class Pool {
  readonly #engine: Engine
  readonly #origin: Origin
  readonly #limit: number
  readonly #idle: Connection[] = []
  #open = 0
  #waiting: { exchange: Exchange; sinceMs: number }[] | undefined

  constructor(engine: Engine, origin: Origin, limit: number) {
    this.#engine = engine
    this.#origin = origin
    this.#limit = limit
  }

  /** Gives the exchange a socket now, or as soon as there is one. // hot */
  dispatch(exchange: Exchange, nowMs: number): void {
    const connection = this.#idle.pop()
    if (connection !== undefined) connection.carry(exchange, nowMs)
    else if (this.#open < this.#limit) this.openFor(exchange, nowMs)
    else this.#wait(exchange, nowMs)
  }

  /** A new socket, whatever is idle. */
  openFor(exchange: Exchange, nowMs: number): void {
    this.#open++
    new Connection(this.#engine, this, this.#origin, exchange, nowMs)
  }

  /** A connection has done its work and can do more. // hot */
  release(connection: Connection): void {
    const next = this.#next()
    if (next === undefined) this.#idle.push(connection)
    else connection.carry(next, this.#engine.now())
  }

  /** A connection was closed. */
  gone(connection: Connection): void {
    this.#open--
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
    if (this.#waiting === undefined || this.#waiting.length === 0 || this.#open >= this.#limit) return
    const next = this.#next()
    if (next !== undefined) this.openFor(next, this.#engine.now())
  }

  cancel(exchange: Exchange): void {
    exchange.waitingIn = undefined
    const at = this.#waiting?.findIndex((entry) => entry.exchange === exchange) ?? -1
    if (at === -1) return
    this.#waiting?.splice(at, 1)
    this.#engine.observer.waiting(-1)
  }

  /** Closes what is idle; busy connections are closed with their exchanges. */
  close(): void {
    for (const connection of [...this.#idle]) connection.abandon()
  }

  #wait(exchange: Exchange, nowMs: number): void {
    this.#waiting ??= []
    this.#waiting.push({ exchange, sinceMs: nowMs })
    exchange.waitingIn = this
    this.#engine.observer.waiting(1)
  }

  #next(): Exchange | undefined {
    const entry = this.#waiting?.shift()
    if (entry === undefined) return undefined
    this.#engine.observer.waiting(-1)
    entry.exchange.waitingIn = undefined
    entry.exchange.addQueue(this.#engine.now() - entry.sinceMs)
    return entry.exchange
  }
}
