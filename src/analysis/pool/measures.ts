import type { PoolSecond, PoolView } from './view.ts'

// What a link and the requests of its time show of a pool. The course of the test decides by it while it runs, and the verdict is made by it afterwards.

/** What is usual, from a time in which nothing was done. */
export interface Usual {
  readonly fromSec: number
  readonly toSec: number
  /** Requests that ended, a second, and the share of them that failed. */
  readonly perSec: number
  readonly failedShare: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly busy: number
  /** Most requests in flight at once that had no connection in use. */
  readonly others: number
  readonly requests: number
}

/** The time in which all connections were in use. */
export interface Fullness {
  readonly fromSec: number
  readonly connections: number
  /** The database refused to give more of them. */
  readonly isDatabase: boolean
}

/** No connection more in this time, although requests are waiting for one: there are no more. */
export const plateauSec = 2
/** Requests that wait, or failed, for want of a connection: fewer may be on their way to one. */
const leastWaiting = 3
/** Seconds in a row that are as usual. */
export const goodSeconds = 3

export function usualOf(view: PoolView, from: number, to: number): Usual {
  const seconds = view.secondsIn(from, to)
  const sum = (of: (second: PoolSecond) => number): number => seconds.reduce((total, one) => total + of(one), 0)
  const count = sum((one) => one.count)
  const n = Math.max(1, seconds.length)
  return {
    fromSec: from,
    toSec: to,
    perSec: count / n,
    failedShare: count === 0 ? 0 : sum((one) => one.failed) / count,
    p50Ms: sum((one) => one.p50Ms ?? 0) / n,
    p95Ms: Math.max(0, ...seconds.map(({ p95Ms }) => p95Ms ?? 0)),
    busy: view.meanBusy(Math.ceil(from), Math.ceil(from) + seconds.length),
    others: Math.max(0, ...seconds.map((one) => one.inFlight - view.busyAt(one.sec + 1))),
    requests: count,
  }
}

/** When every connection came to be in use, and how many they are; undefined while that is not certain. */
export function fullIn(view: PoolView, { from, to, usual }: SeenIn): Fullness | undefined {
  let most = view.busyAt(from)
  let since = from
  const tenths = view.busyIn(from, to)
  for (const [i, busy] of tenths.entries()) {
    const sec = from + (i + 1) / 10
    if (busy > most) {
      most = busy
      since = sec
    }
    const isDatabase = view.tooMany(from, sec) > 0
    if (sec - since < plateauSec - 1e-6 || (!isDatabase && !areWaiting(view, { from: since, to: sec, usual }))) continue
    const seen = tenths.slice(Math.round((since - from) * 10)).sort((a, b) => a - b)
    return { fromSec: since, connections: seen[Math.floor(mostly * seen.length)] ?? most, isDatabase }
  }
  return undefined
}

/** Where connections are closed and opened again meanwhile, there may be one too few, or for a moment one too many. */
const mostly = 0.9

export interface SeenIn {
  readonly from: number
  readonly to: number
  readonly usual: Usual
}

/**
 * Whether requests wait for a connection, or fail for want of one. A load of few users may have put all of its requests on connections without coming
 * to a limit; and requests that fail after they had a connection say nothing of it.
 */
function areWaiting(view: PoolView, { from, to, usual }: SeenIn): boolean {
  const seconds = view.secondsIn(from, to)
  const last = seconds.at(-1)
  if (last === undefined) return false
  if (last.inFlight - view.busyAt(last.sec + 1) - usual.others >= leastWaiting) return true
  const failed = seconds.reduce((sum, one) => sum + one.failed - usual.failedShare * one.count, 0)
  return failed >= leastWaiting && view.calls(seconds[0]?.sec ?? from, last.sec + 1) <= 0.5 * failed
}

/** When requests began to be answered as usual again: the first of some good seconds in a row. */
export function backAt(view: PoolView, { from, to, usual }: SeenIn): number | undefined {
  let inRow = 0
  for (const second of view.secondsIn(from, to)) {
    inRow = isGood(second, usual) ? inRow + 1 : 0
    if (inRow === goodSeconds) return second.sec - goodSeconds + 1
  }
  return undefined
}

/** Ours: as many as before but for chance (three standard deviations of a Poisson count), no more failures, and not much slower. */
function isGood({ count, failed, p50Ms }: PoolSecond, usual: Usual): boolean {
  const least = usual.perSec - 3 * Math.sqrt(usual.perSec)
  const mayFail = usual.failedShare * count + Math.max(1, 0.02 * count)
  return count >= least && failed <= mayFail && (p50Ms ?? 0) <= slowMs(usual)
}

/** Slower than usual, whatever the noise. */
export function slowMs({ p95Ms }: Usual): number {
  return 2 * p95Ms + 10
}

/** Errors have come as fast as requests for some seconds: what is to be seen of a full pool has been seen. */
export function isSettled(view: PoolView, fullSec: number): boolean {
  const seconds = view.secondsIn(fullSec + 1, view.knownSec).slice(-4)
  const [first, last] = [seconds[0], seconds.at(-1)]
  if (seconds.length < 4 || first === undefined || last === undefined) return false
  const sum = (of: (second: PoolSecond) => number): number => seconds.slice(1).reduce((total, one) => total + of(one), 0)
  const grown = last.inFlight - first.inFlight
  return sum((one) => one.failed) >= 10 && grown <= Math.max(leastWaiting, 0.1 * sum((one) => one.begun))
}
