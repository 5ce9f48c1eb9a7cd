export interface AdmissionOptions {
  readonly maxRunning: number
  /** Infinity: without a bound. */
  readonly maxQueued: number
}

/** A door that lets `maxRunning` in at once, in order, keeps `maxQueued` waiting, and turns everybody else away at once. */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #waiters = new Set<() => void>()
  #running = 0
  #shed = 0

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  get running(): number {
    return this.#running
  }

  get queued(): number {
    return this.#waiters.size
  }

  get shed(): number {
    return this.#shed
  }

  /** Whether one more may run or wait; counts the refusal when not. */
  refuses(): boolean {
    const isFull = this.#running >= this.#options.maxRunning && this.#waiters.size >= this.#options.maxQueued
    if (isFull) this.#shed += 1
    return isFull
  }

  /** Resolves when it is this caller's turn; the caller owes one {@link leave}. Rejects with the signal's reason when that comes first. */
  enter(signal?: AbortSignal): Promise<void> {
    if (this.#running < this.#options.maxRunning) {
      this.#running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.#waiters.delete(waiter)
        reject(signal?.reason as Error) // an abort's reason is whatever the caller gave
      }
      const waiter = (): void => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      }
      this.#waiters.add(waiter)
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** The slot goes to who waits longest, without becoming free in between: a newcomer cannot overtake. */
  leave(): void {
    const [next] = this.#waiters
    if (next === undefined) {
      this.#running -= 1
      return
    }
    this.#waiters.delete(next)
    next()
  }
}
