import type { Received } from './received.ts'
import type { Wait } from './wait.ts'

/** The messages of a connection that nobody has taken yet, or those who wait for the next ones. */
export class Inbox {
  readonly #limit: number
  #unread: Received[] | undefined
  #waits: Wait[] | undefined

  /** `limit`: unread messages beyond it push out the oldest. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Gives a message to the first who waits for it, or keeps it. // hot */
  put(received: Received, nowMs: number): void {
    if (this.#waits !== undefined && this.#give(this.#waits, received, nowMs)) return
    this.#unread ??= []
    if (this.#unread.length >= this.#limit) this.#unread.shift()
    this.#unread.push(received)
  }

  /** Ends the wait with the first unread message that matches, and drops those before it; false: there is none. */
  take(wait: Wait, nowMs: number): boolean {
    const unread = this.#unread ?? []
    for (const [i, received] of unread.entries()) {
      if (!this.#accepts(wait, received)) {
        // What decides threw.
        if (wait.ended) return true
        continue
      }
      if (i + 1 === unread.length) this.#unread = undefined
      else unread.splice(0, i + 1)
      wait.succeed(received, nowMs)
      return true
    }
    return false
  }

  /** hot */
  enter(wait: Wait): void {
    this.#waits ??= []
    this.#waits.push(wait)
  }

  /** It waits no longer. // hot */
  leave(wait: Wait): void {
    const at = this.#waits?.indexOf(wait) ?? -1
    if (at !== -1) this.#waits?.splice(at, 1)
    if (this.#waits?.length === 0) this.#waits = undefined
  }

  /** Who has waited longest for a pong. */
  takePing(): Wait | undefined {
    const wait = this.#waits?.find(({ awaited }) => awaited.kind === 'pong')
    if (wait !== undefined) this.leave(wait)
    return wait
  }

  takeAll(): readonly Wait[] {
    const waits = this.#waits ?? []
    this.#waits = undefined
    return waits
  }

  // hot
  #give(waits: readonly Wait[], received: Received, nowMs: number): boolean {
    for (let i = 0; i < waits.length; i++) {
      const wait = waits[i]
      if (wait === undefined) continue
      if (!this.#accepts(wait, received)) {
        // What decides threw: it is out of the list.
        if (wait.ended) i--
        continue
      }
      this.leave(wait)
      if (wait.awaited.kind === 'next') this.#unread = undefined
      wait.succeed(received, nowMs)
      return true
    }
    return false
  }

  #accepts(wait: Wait, received: Received): boolean {
    try {
      return wait.accepts(received)
    } catch (error) {
      this.leave(wait)
      wait.reject(error)
      return false
    }
  }
}
