import type { Range } from '../series-log.ts'
import type { TestData } from '../test-data.ts'

/** Tenths of a second: as fine as a link is counted. */
const perSec = 10

/** What crossed one link of a test, beside the requests that its clients began: all that is known of a breaker from outside. Times are seconds from the start of the load. */
export class BreakerView {
  readonly #test: TestData
  readonly #link: string
  /** Up to the edge of each tenth. */
  readonly #calls: number[] = [0]
  readonly #requests: number[] = [0]
  readonly #failed: number[] = [0]
  readonly #stalls: number[] = []
  readonly #starts: number[] = []
  #generators = 0

  constructor(test: TestData, link: string) {
    this.#test = test
    this.#link = link
  }

  /** Up to here both sides are known. */
  get knownSec(): number {
    return (this.#calls.length - 1) / perSec
  }

  /** Reads on, up to `nowSec`: the last tenths before it may still be on their way. */
  update(nowSec = Infinity): void {
    const seconds = this.#test.generators()
    for (; this.#generators < seconds.length; this.#generators++) {
      const one = seconds[this.#generators]
      if (one === undefined) continue
      this.#starts[one.sec] = (this.#starts[one.sec] ?? 0) + one.window.requestsStarted
      this.#stalls[one.sec] = Math.max(this.#stalls[one.sec] ?? 0, one.window.loopDelayMaxMs / 1000)
    }
    const to = Math.floor(Math.min(this.#starts.length, nowSec) * perSec + 1e-6)
    const from = this.#calls.length - 1
    if (to <= from) return
    const added = { calls: new Array<number>(to - from).fill(0), failed: new Array<number>(to - from).fill(0) }
    for (const point of this.#test.link(this.#link, { from: from / perSec - 1e-6, to: to / perSec - 1e-6 })) {
      const bin = Math.min(to - from - 1, Math.max(0, Math.floor(point.t * perSec + 1e-6) - from))
      // A connection that is broken at once was a call that never came to be one.
      added.calls[bin] = (added.calls[bin] ?? 0) + point.calls + point.broken
      added.failed[bin] = (added.failed[bin] ?? 0) + point.failed + point.broken
    }
    for (let i = from; i < to; i++) {
      this.#calls.push((this.#calls[i] ?? 0) + (added.calls[i - from] ?? 0))
      this.#failed.push((this.#failed[i] ?? 0) + (added.failed[i - from] ?? 0))
      this.#requests.push((this.#requests[i] ?? 0) + (this.#starts[Math.floor(i / perSec)] ?? 0) / perSec)
    }
  }

  /** Calls to the dependency, those included that did not get as far as it. */
  calls(from: number, to: number): number {
    return between(this.#calls, from, to)
  }

  /** Calls that failed, those in the tenths around the edges included: what is laid on a link may be met before it is told that it lies there. */
  failed(from: number, to: number): number {
    return between(this.#failed, from - edgeSec, to + edgeSec)
  }

  /** Requests that clients began. */
  requests(from: number, to: number): number {
    return between(this.#requests, from, to)
  }

  /** Longest time around `sec` in which the generator may have slept. */
  stallSec(sec: number): number {
    const second = Math.floor(sec)
    return Math.max(0, this.#stalls[second] ?? 0, this.#stalls[second + 1] ?? 0)
  }

  get range(): Range {
    return { from: 0, to: this.knownSec }
  }
}

export const tenthSec = 1 / perSec
const edgeSec = 0.15

/** Edge of a tenth, as a number of tenths. */
export function tenthOf(sec: number): number {
  return Math.round(sec * perSec)
}

function between(sums: readonly number[], from: number, to: number): number {
  return sumUpTo(sums, to) - sumUpTo(sums, from)
}

function sumUpTo(sums: readonly number[], sec: number): number {
  return sums[Math.min(sums.length - 1, Math.max(0, tenthOf(sec)))] ?? 0
}
