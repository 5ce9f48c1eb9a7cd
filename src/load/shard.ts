import type { Arrivals } from './arrivals.ts'

/** One worker's share of a schedule. Reading goes by fields, not by a returned object, because it happens once an arrival. */
export interface ArrivalShard {
  /** Place of the current arrival in the whole schedule, from 0. */
  readonly index: number
  /** When the current arrival is due, in ms from the start of the load; Infinity: no more. */
  readonly atMs: number
  /** Time since the arrival before it in the whole schedule, so that the gaps of all workers together are those of one; the first has none (NaN). */
  readonly gapMs: number
  advance(): void
}

/** Takes arrival i where `i % workers === worker`: k workers that walk the same schedule make exactly it together. */
export function shardOf(arrivals: Arrivals, worker: number, workers: number): ArrivalShard {
  return new Shard(arrivals, worker, workers)
}

class Shard implements ArrivalShard {
  index = -1
  atMs = 0
  gapMs = NaN
  readonly #arrivals: Arrivals
  readonly #worker: number
  readonly #workers: number
  #lastMs = NaN

  constructor(arrivals: Arrivals, worker: number, workers: number) {
    this.#arrivals = arrivals
    this.#worker = worker
    this.#workers = workers
    this.advance()
  }

  // hot
  advance(): void {
    if (this.atMs === Infinity) return
    do {
      const atMs = this.#arrivals.next()
      this.index++
      this.gapMs = atMs - this.#lastMs
      this.#lastMs = atMs
      this.atMs = atMs
    } while (this.atMs !== Infinity && this.index % this.#workers !== this.#worker)
  }
}
