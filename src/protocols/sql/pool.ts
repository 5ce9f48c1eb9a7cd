import type { Connection } from './connection.ts'
import type { SqlFailure } from './failures.ts'

/** Whoever wants a connection. */
export interface Seeker {
  /** Has to wait: all are in use. */
  queued(): void
  /** Has it from now on. `connectMs`: what opening it took; 0: it was there. */
  connected(connection: Connection, connectMs: number): void
  refused(failure: SqlFailure, connectMs: number): void
}

export interface PoolOptions {
  readonly maxConnections: number
  readonly now: () => number
  readonly open: () => Promise<Connection | SqlFailure>
  /** The number of those that wait for a connection changed. */
  readonly waiting: (change: 1 | -1) => void
}

/** The connections of one worker to one database, opened when they are first needed; who finds all in use waits, first come first served. */
export class Pool {
  readonly #options: PoolOptions
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #opening = new Set<Seeker>()
  readonly #waiting: Seeker[] = []
  #places = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#places
  }

  // hot
  seek(seeker: Seeker): void {
    const connection = this.#idle.pop()
    if (connection !== undefined) seeker.connected(connection, 0)
    else if (this.#places < this.#options.maxConnections) void this.#open(seeker)
    else {
      seeker.queued()
      this.#waiting.push(seeker)
      this.#options.waiting(1)
    }
  }

  /** It does not wait any longer. */
  leave(seeker: Seeker): void {
    if (this.#opening.delete(seeker)) return
    const index = this.#waiting.indexOf(seeker)
    if (index < 0) return
    this.#waiting.splice(index, 1)
    this.#options.waiting(-1)
  }

  // hot
  giveBack(connection: Connection): void {
    connection.whenReady(() => {
      // With a transaction left open, its locks and all, it is no connection for anybody else.
      if (!connection.isIdle) connection.destroy()
      this.#free(connection)
    })
  }

  /** Ends every connection; those that seek one are told by whoever closes. */
  closeAll(): void {
    this.#closed = true
    for (const connection of [...this.#all]) {
      if (this.#idle.includes(connection)) connection.close()
      else connection.destroy()
    }
  }

  #free(connection: Connection): void {
    if (connection.lost) return
    const seeker = this.#next()
    if (seeker === undefined) this.#idle.push(connection)
    else seeker.connected(connection, 0)
  }

  #next(): Seeker | undefined {
    const seeker = this.#waiting.shift()
    if (seeker !== undefined) this.#options.waiting(-1)
    return seeker
  }

  async #open(seeker: Seeker): Promise<void> {
    const { now, open } = this.#options
    this.#places++
    this.#opening.add(seeker)
    const fromMs = now()
    const opened = await open()
    const connectMs = now() - fromMs
    const wanted = this.#opening.delete(seeker)
    if ('kind' in opened) {
      this.#vacate()
      if (wanted) seeker.refused(opened, connectMs)
      return
    }
    this.#all.add(opened)
    opened.onLost = () => this.#forget(opened)
    if (opened.lost) this.#forget(opened)
    if (this.#closed) return opened.close()
    if (wanted) seeker.connected(opened, connectMs)
    else this.#free(opened)
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    this.#vacate()
  }

  #vacate(): void {
    this.#places--
    const seeker = this.#next()
    if (seeker !== undefined) void this.#open(seeker)
  }
}
