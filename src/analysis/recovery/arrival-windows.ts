import { createTally } from '../../metrics/index.ts'
import type { Distribution } from '../../metrics/index.ts'
import type { SeriesWindow } from '../../model/sample.ts'
import type { Range } from '../series-log.ts'
import type { TestData } from '../test-data.ts'
import { levelAt } from './load-level.ts'

/** What is counted: requests, or the steps or iterations of functions in process. */
export type WorkSeries = 'request' | 'step' | 'scenario'

/** One second of what was asked for: requests stand where they were due, and not where they ended. */
export interface ArrivalWindow {
  /** Seconds from the start of the load. */
  readonly sec: number
  /** How many seconds it stands for. */
  readonly span: number
  /** Well answered, and in time where there is a limit. */
  readonly good: number
  readonly failed: number
  /** Response times of the well answered, in microseconds, with how many there are of each. */
  readonly times: ReadonlyMap<number, number>
  /** Well answered, in time or not. */
  readonly answered: number
  /** Arrivals that fell due in an open load, iterations begun in a closed one. */
  readonly planned: number
  /** Requests begun. */
  readonly started: number
  /** Time average. */
  readonly inFlight: number
  /** What the plan asks for; null where it does not say. */
  readonly level: number | null
  /** The generator did not do its part: it supports nothing. */
  readonly isVoid: boolean
  /** Of what ended in this second: all, failed, and answered with 429 or 503. */
  readonly ended: { readonly count: number; readonly failed: number; readonly rejected: number }
}

export interface ArrivalOptions {
  readonly kind: WorkSeries
  /** Seconds; infinite where no answer is too late. */
  readonly limitSec: number
}

interface Filling {
  good: number
  failed: number
  answered: number
  readonly times: Map<number, number>
  readonly ended: { count: number; failed: number; rejected: number }
}

/**
 * The seconds of a test by arrival. The record has requests by the second in which they ended, with a histogram of their times: one that took `r` and ended in
 * the second `s` was due between `s − r` and `s + 1 − r`, and is shared out over the windows that this covers. So a request stands at most one window off. Failures
 * of which no time is kept (a connection refused or reset) stand where they ended.
 */
export function arrivalWindows(test: TestData, { kind, limitSec }: ArrivalOptions): readonly ArrivalWindow[] {
  const whole = test.judged.to
  const length = Math.max(whole, test.rows({ kind }).length)
  const windows = Array.from({ length }, (): Filling => ({
    ...{ good: 0, failed: 0, answered: 0, times: new Map() },
    ended: { count: 0, failed: 0, rejected: 0 },
  }))
  const seconds = Array.from({ length }, (_, sec) => endedIn(test.windowsAt(kind, sec)))
  for (const [sec, second] of seconds.entries()) placeSecond(windows, second, { sec, limitSec, trend: trendAt(seconds, sec) })
  return windows.slice(0, whole).map((window, sec): ArrivalWindow => ({ sec, span: 1, ...window, ...generatorAt(test, sec) }))
}

/** What ended in one second. */
interface EndedSecond {
  /** Well answered: microseconds and how many, ascending. */
  readonly well: readonly (readonly [micros: number, count: number])[]
  readonly failedResponse: Distribution
  /** Time-outs; what our own end of the load cut off is among them, as a share. */
  readonly censored: Distribution
  readonly timeouts: number
  readonly failed: number
  readonly count: number
  readonly rejected: number
}

function endedIn(windows: readonly SeriesWindow[]): EndedSecond {
  const [response, failedResponse, censored] = [createTally(), createTally(), createTally()]
  let [count, failed, aborted, rejected] = [0, 0, 0, 0]
  for (const window of windows) {
    if (window.kind !== 'request' && window.kind !== 'step' && window.kind !== 'scenario') continue
    response.add(window.response)
    if (window.failedResponse) failedResponse.add(window.failedResponse)
    count += window.count
    failed += window.failed
    if (window.kind !== 'request') continue
    censored.add(window.censored)
    aborted += window.failures.aborted ?? 0
    rejected += (window.statuses['429'] ?? 0) + (window.statuses['503'] ?? 0)
  }
  for (const tally of [response, failedResponse, censored]) tally.compact()
  const bad = new Map(failedResponse.buckets())
  const well = response.buckets().flatMap(([micros, all]) => {
    const left = all - (bad.get(micros) ?? 0)
    return left > 0 ? [[micros, left] as const] : []
  })
  // Aborted requests are neither good nor failed.
  const timeouts = Math.max(0, censored.count - aborted)
  return { well, failedResponse, censored, timeouts, failed: failed - aborted, count: count - aborted, rejected }
}

type Trend = 'falling' | 'rising' | 'none'

/**
 * While a queue drains or fills, who ends later in a second has waited less, or more. Where the mean time moves by as much as the times of the second differ (ours: by
 * six tenths of what lies between its tenth and its ninetieth percentile), they are placed in that order.
 */
function trendAt(seconds: readonly EndedSecond[], sec: number): Trend {
  const here = seconds[sec]?.well ?? []
  const mean = meanOf(here)
  if (mean === null) return 'none'
  const [before, after] = [meanOf(seconds[sec - 1]?.well ?? []), meanOf(seconds[sec + 1]?.well ?? [])]
  if (before === null && after === null) return 'none'
  const moved = ((after ?? mean) - (before ?? mean)) / (before !== null && after !== null ? 2 : 1)
  const times = new Map(here)
  const spread = (weightedQuantile(times, 0.9) ?? 0) - (weightedQuantile(times, 0.1) ?? 0)
  if (Math.abs(moved) < 0.6 * spread || moved === 0) return 'none'
  return moved < 0 ? 'falling' : 'rising'
}

function meanOf(times: EndedSecond['well']): number | null {
  const count = times.reduce((sum, [, one]) => sum + one, 0)
  return count === 0 ? null : times.reduce((sum, [micros, one]) => sum + micros * one, 0) / count
}

/** A bucket of three significant digits is named by its highest value, which may lie above the limit that its values keep. */
const bucketWidth = 1.001

function placeSecond(
  into: readonly Filling[],
  { well, failedResponse, censored, timeouts, failed, count, rejected }: EndedSecond,
  { sec, limitSec, trend }: { readonly sec: number; readonly limitSec: number; readonly trend: Trend },
): void {
  const here = into[sec]
  if (here === undefined) return
  Object.assign(here.ended, { count, failed, rejected })
  const all = well.reduce((sum, [, one]) => sum + one, 0)
  let seen = 0
  for (const [micros, one] of trend === 'falling' ? well.toReversed() : well) {
    const isInTime = micros <= Math.round(limitSec * 1e6) * bucketWidth
    const ends = trend === 'none' ? { from: sec, to: sec + 1 } : { from: sec + seen / all, to: sec + (seen + one) / all }
    seen += one
    share(into, { ends, micros, count: one }, (window, part) => {
      window.answered += part
      window.times.set(micros, (window.times.get(micros) ?? 0) + part)
      if (isInTime) window.good += part
    })
  }
  const scale = censored.count === 0 ? 0 : timeouts / censored.count
  const badTimes = [
    ...failedResponse.buckets(),
    ...censored.buckets().map(([micros, one]): [number, number] => [micros, one * scale]),
  ]
  for (const [micros, one] of badTimes)
    share(into, { ends: { from: sec, to: sec + 1 }, micros, count: one }, (window, part) => {
      window.failed += part
    })
  here.failed += Math.max(0, failed - failedResponse.count - timeouts)
}

/** Shares requests that ended evenly over a stretch of time out over the windows in which they were due. */
function share(
  into: readonly Filling[],
  { ends, micros, count }: { readonly ends: Range; readonly micros: number; readonly count: number },
  add: (window: Filling, part: number) => void,
): void {
  const from = Math.max(0, ends.from - micros / 1e6)
  const to = Math.max(from + 1e-9, ends.to - micros / 1e6)
  for (let window = Math.floor(from); window < to; window++) {
    const part = (Math.min(to, window + 1) - Math.max(from, window)) / (to - from)
    const at = into[window]
    if (at !== undefined && part > 0) add(at, count * part)
  }
}

function generatorAt(test: TestData, sec: number): Pick<ArrivalWindow, 'planned' | 'started' | 'inFlight' | 'level' | 'isVoid'> {
  let [planned, started, inFlight, lost] = [0, 0, 0, 0]
  for (const { window } of test.generators({ from: sec, to: sec + 1 })) {
    planned += window.planned
    started += window.requestsStarted
    inFlight += window.lengthSec > 0 ? window.inFlightSec / window.lengthSec : 0
    lost += window.dropped.generator
  }
  return { planned, started, inFlight, level: levelAt(test.spec, sec), isVoid: lost > 0.01 * planned }
}

/** Nearest rank, of counts that may be parts of one. */
export function weightedQuantile(times: ReadonlyMap<number, number>, q: number): number | null {
  const sorted = [...times].sort(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [micros, count] of sorted) {
    seen += count
    if (seen >= q * all - 1e-9) return micros
  }
  return null
}
