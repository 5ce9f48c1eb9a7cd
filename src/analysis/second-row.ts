import type { GeneratorWindow, SeriesWindow } from '../model/sample.ts'
import { createTally } from '../metrics/index.ts'

/** One second of a test, as charts and the live view show it. Percentiles are of that second alone, whatever their number of samples. */
export interface SecondRow {
  /** Seconds from the start of the load. */
  readonly sec: number
  /** Requests, steps or iterations that ended in it. */
  readonly count: number
  readonly failed: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Response times of the answered ones; null without any. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly meanMs: number | null
  readonly maxMs: number | null
  /** Answered. */
  readonly samples: number
  /** Over all workers: time averages. */
  readonly users: number
  readonly inFlight: number
  /** Arrivals or iterations begun, planned and dropped. */
  readonly started: number
  readonly planned: number
  readonly dropped: number
}

export function secondRow(sec: number, windows: readonly SeriesWindow[], generators: readonly GeneratorWindow[]): SecondRow {
  const response = createTally()
  const sums = { count: 0, failed: 0, bytesIn: 0, bytesOut: 0 }
  for (const window of windows) {
    if (window.kind !== 'request' && window.kind !== 'step' && window.kind !== 'scenario') continue
    sums.count += window.count
    sums.failed += window.failed
    response.add(window.response)
    if (window.kind !== 'request') continue
    sums.bytesIn += window.bytesIn
    sums.bytesOut += window.bytesOut
  }
  const ms = (micros: number | null) => (micros === null ? null : micros / 1000)
  return {
    sec,
    ...sums,
    p50Ms: ms(response.quantile(0.5)),
    p95Ms: ms(response.quantile(0.95)),
    p99Ms: ms(response.quantile(0.99)),
    meanMs: response.count === 0 ? null : response.sum / response.count / 1000,
    maxMs: response.count === 0 ? null : response.max / 1000,
    samples: response.count,
    users: total(generators, (w) => w.usersMean),
    inFlight: total(generators, (w) => (w.lengthSec > 0 ? w.inFlightSec / w.lengthSec : 0)),
    started: total(generators, (w) => w.started),
    planned: total(generators, (w) => w.planned),
    dropped: total(generators, (w) => w.dropped.usersCap + w.dropped.generator + w.dropped.target),
  }
}

function total(windows: readonly GeneratorWindow[], of: (window: GeneratorWindow) => number): number {
  return windows.reduce((sum, window) => sum + of(window), 0)
}
