import type { TestData } from '../test-data.ts'

/** Tenths of a second: as fine as a link is counted. */
const perSec = 10

/** What is known of a pool from outside: the connections of its link in tenths of a second, and requests in seconds. Times are seconds from the start of the load. */
export class PoolView {
  readonly #test: TestData
  readonly #link: string
  /** Of each tenth: connections in use at its end, and open. */
  readonly #busy: number[] = []
  readonly #open: number[] = []
  /** Up to the edge of each tenth. */
  readonly #busySec: number[] = [0]
  readonly #tooMany: number[] = [0]
  /** Up to the edge of each tenth. */
  readonly #calls: number[] = [0]
  readonly #seconds: PoolSecond[] = []

  constructor(test: TestData, link: string) {
    this.#test = test
    this.#link = link
  }

  /** Up to here the link is known. */
  get knownSec(): number {
    return this.#busy.length / perSec
  }

  /** Whole seconds of requests that are known. */
  get seconds(): number {
    return this.#seconds.length
  }

  /** Reads on, up to `nowSec`: the last tenths before it may still be on their way, and so is the last second of requests. */
  update(nowSec: number): void {
    this.#readLink(Math.floor(nowSec * perSec + 1e-6))
    this.#readRequests(Math.floor(nowSec))
  }

  /** Connections in use, and open, at the end of the tenth that ends at `sec`. */
  busyAt(sec: number): number {
    return this.#busy[tenthOf(sec) - 1] ?? 0
  }

  openAt(sec: number): number {
    return this.#open[tenthOf(sec) - 1] ?? 0
  }

  /** Mean number of connections in use. */
  meanBusy(from: number, to: number): number {
    const end = Math.min(this.knownSec, to)
    return end <= from ? 0 : between(this.#busySec, from, end) / (end - from)
  }

  /** Connections in use at the ends of the tenths within. */
  busyIn(from: number, to: number): readonly number[] {
    return this.#busy.slice(Math.max(0, tenthOf(from)), Math.max(0, tenthOf(to)))
  }

  /** Connections that the database refused. */
  tooMany(from: number, to: number): number {
    return between(this.#tooMany, from, to)
  }

  /** Statements that were begun. */
  calls(from: number, to: number): number {
    return between(this.#calls, from, to)
  }

  /** Whole seconds within. */
  secondsIn(from: number, to: number): readonly PoolSecond[] {
    return this.#seconds.slice(Math.max(0, Math.ceil(from - 1e-6)), Math.max(0, Math.floor(to + 1e-6)))
  }

  #readLink(to: number): void {
    const from = this.#busy.length
    if (to <= from) return
    const found = new Map<number, { busy: number; open: number; busySec: number; tooMany: number; calls: number }>()
    for (const point of this.#test.link(this.#link, { from: from / perSec - 1e-6, to: to / perSec - 1e-6 })) {
      const bin = Math.min(to - 1, Math.max(from, Math.floor(point.t * perSec + 1e-6)))
      const { busy = 0, open, busySec = 0, tooMany = 0, calls } = point
      const sums = found.get(bin) ?? { busySec: 0, tooMany: 0, calls: 0 }
      found.set(bin, {
        busy,
        open,
        busySec: sums.busySec + busySec,
        tooMany: sums.tooMany + tooMany,
        calls: sums.calls + calls,
      })
    }
    for (let i = from; i < to; i++) {
      const point = found.get(i)
      // A tenth that is not written is one without a change: a clock that was late has told of it with the tenth before.
      this.#busy.push(point?.busy ?? this.#busy.at(-1) ?? 0)
      this.#open.push(point?.open ?? this.#open.at(-1) ?? 0)
      this.#busySec.push((this.#busySec.at(-1) ?? 0) + (point?.busySec ?? 0))
      this.#tooMany.push((this.#tooMany.at(-1) ?? 0) + (point?.tooMany ?? 0))
      this.#calls.push((this.#calls.at(-1) ?? 0) + (point?.calls ?? 0))
    }
  }

  /** A second is known when the generators have told of the next, or the load is over. */
  #readRequests(to: number): void {
    const rows = this.#test.rows()
    const isOver = this.#test.loadEnd !== undefined
    const known = Math.min(to, isOver ? rows.length : rows.length - 1)
    for (let sec = this.#seconds.length; sec < known; sec++) {
      const row = rows[sec]
      if (row === undefined) break
      const generators = this.#test.generators({ from: sec, to: sec + 1 })
      const sum = (of: (window: (typeof generators)[number]['window']) => number): number =>
        generators.reduce((total, { window }) => total + of(window), 0)
      this.#seconds.push({
        sec,
        begun: sum((window) => window.requestsStarted),
        inFlight: sum((window) => window.requestsInFlight),
        count: row.count,
        failed: row.failed,
        p50Ms: row.p50Ms,
        p95Ms: row.p95Ms,
      })
    }
  }
}

/** Requests in one second. */
export interface PoolSecond {
  readonly sec: number
  readonly begun: number
  /** At its end. */
  readonly inFlight: number
  /** Ended in it. */
  readonly count: number
  readonly failed: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

function between(sums: readonly number[], from: number, to: number): number {
  const at = (sec: number): number => sums[Math.min(sums.length - 1, Math.max(0, tenthOf(sec)))] ?? 0
  return at(to) - at(from)
}

function tenthOf(sec: number): number {
  return Math.round(sec * perSec)
}
