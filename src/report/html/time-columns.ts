import type { TestData } from '../../analysis/index.ts'

/** The columns of a test's charts. Seconds that are over are not read again: a live page asks once a second. */
export interface TimeColumns {
  /** Seconds a point. */
  readonly stepSec: number
  readonly points: readonly TimePoint[]
}

export interface TimePoint {
  readonly perSec: number
  readonly failedPerSec: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly users: number
  readonly inFlight: number
  readonly planned: number
  readonly started: number
  readonly droppedPerSec: number
  /** Failed requests a second by kind. */
  readonly failures: Readonly<Record<string, number>>
}

/** Late windows may still change the last seconds. */
const unsettledSec = 3

export class TimeColumnsMaker {
  readonly #most: number
  #stepSec = 1
  #points: TimePoint[] = []
  /** Seconds that were there at the last update. */
  #seen = 0

  constructor(mostPoints: number) {
    this.#most = mostPoints
  }

  update(test: TestData): TimeColumns {
    const seconds = test.rows().length
    const stepSec = Math.max(1, Math.ceil(seconds / this.#most))
    if (stepSec !== this.#stepSec) {
      this.#stepSec = stepSec
      this.#points = []
    }
    this.#points.length = Math.min(this.#points.length, Math.max(0, Math.floor((this.#seen - unsettledSec) / stepSec)))
    this.#seen = seconds
    for (let at = this.#points.length * stepSec; at < seconds; at += stepSec)
      this.#points.push(pointOf(test, at, Math.min(seconds, at + stepSec)))
    return { stepSec, points: this.#points }
  }
}

/** Percentiles of a longer point come from the merged histograms: those of its seconds cannot be averaged. */
function pointOf(test: TestData, from: number, to: number): TimePoint {
  const rows = test.rows().slice(from, to)
  const [only] = rows
  const seconds = Math.max(1, to - from)
  const mean = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0) / seconds
  const merged = seconds === 1 ? undefined : test.total('request', { range: { from, to } }).response
  const ms = (q: number, single: number | null | undefined) => {
    if (!merged) return single ?? null
    const value = merged.quantile(q)
    return value === null ? null : value / 1000
  }
  return {
    perSec: mean((row) => row.count),
    failedPerSec: mean((row) => row.failed),
    p50: ms(0.5, only?.p50Ms),
    p95: ms(0.95, only?.p95Ms),
    p99: ms(0.99, only?.p99Ms),
    users: mean((row) => row.users),
    inFlight: mean((row) => row.inFlight),
    planned: mean((row) => row.planned),
    started: mean((row) => row.started),
    droppedPerSec: mean((row) => row.dropped),
    failures: failuresOf(test, from, to),
  }
}

function failuresOf(test: TestData, from: number, to: number): Record<string, number> {
  const failures: Record<string, number> = {}
  for (let sec = from; sec < to; sec++)
    for (const window of test.windowsAt('request', sec))
      if (window.kind === 'request')
        for (const [kind, count] of Object.entries(window.failures))
          failures[kind] = (failures[kind] ?? 0) + count / Math.max(1, to - from)
  return failures
}
