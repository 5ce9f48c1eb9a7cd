export interface WorkQueueOptions {
  /** c: how many are served at once. */
  readonly workers: number
  /** S: how long each takes. */
  readonly serviceMs: number
  /** Who would wait longer than this for a worker is refused. */
  readonly maxWaitMs: number
}

/**
 * Workers in virtual time: nobody works, but everybody is answered when a real worker would be done, so that the capacity is exactly c/S and
 * no processor is used. The departure is max(now, the time at which a worker is free) + S (Lindley 1952).
 */
export class WorkQueue {
  readonly #serviceMs: number
  readonly #maxWaitMs: number
  /** When each worker is free. */
  readonly #freeAtMs: number[]

  constructor({ workers, serviceMs, maxWaitMs }: WorkQueueOptions) {
    this.#serviceMs = serviceMs
    this.#maxWaitMs = maxWaitMs
    this.#freeAtMs = new Array<number>(workers).fill(0)
  }

  /** When the work that comes now will be done, or how long a caller should stay away: the queue is too long. */
  admit(nowMs: number): { readonly doneAtMs: number } | { readonly retryAfterMs: number } {
    const freeAtMs = Math.min(...this.#freeAtMs)
    const startMs = Math.max(nowMs, freeAtMs)
    if (startMs - nowMs > this.#maxWaitMs) return { retryAfterMs: startMs - nowMs - this.#maxWaitMs }
    const doneAtMs = startMs + this.#serviceMs
    this.#freeAtMs[this.#freeAtMs.indexOf(freeAtMs)] = doneAtMs
    return { doneAtMs }
  }
}
