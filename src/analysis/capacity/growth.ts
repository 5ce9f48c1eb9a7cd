import { median } from '../median.ts'
import { theilSen } from '../trend.ts'
import type { Point } from '../trend.ts'

/** Outcome of the test for sustained growth (D1b). */
export interface Growth {
  readonly growing: boolean
  /** Slope per second, in the unit of the values, and its lower 99 % limit. */
  readonly perSec: number
  readonly low: number
  /** Growth over the whole trial as a share of the level at its start. */
  readonly projected: number
  readonly windows: number
}

export interface GrowthOptions {
  readonly confidence?: number
  readonly projected?: number
}

const fewestWindows = 6

/**
 * The series is folded into this many windows by their medians: neighbouring seconds of a queue are alike, and Sen's interval takes them for
 * independent. With a trial of 20 relaxation times a window is as long as one of them.
 */
const mostWindows = 20

/**
 * D1b: Theil-Sen slope of the windowed median latency, or of the requests in flight, with a lower 99 % limit above zero and a projected growth of
 * more than 10 %. As in D12 the second half must rise too, at least half as fast and surely (90 %): filling up an empty queue is not growth. Null when there are too few windows.
 */
export function growthTest(windows: readonly Point[], { confidence = 0.99, projected = 0.1 }: GrowthOptions = {}): Growth | null {
  const folded = fold(windows)
  const slope = folded.length < fewestWindows ? null : theilSen(folded, confidence)
  const first = windows[0]
  const last = windows.at(-1)
  if (!slope || !first || !last) return null
  const start = median(folded.map(({ t, value }) => value - slope.perUnit * (t - first.t)))
  const level = start > 0 ? start : median(folded.map(({ value }) => value))
  const share = level > 0 ? (slope.perUnit * (last.t - first.t)) / level : 0
  const second = theilSen(folded.slice(Math.floor(folded.length / 2)), 0.9)
  const goesOn = second === null || (second.low > 0 && second.perUnit >= 0.5 * slope.perUnit)
  return {
    growing: slope.low > 0 && share > projected && goesOn,
    perSec: slope.perUnit,
    low: slope.low,
    projected: share,
    windows: folded.length,
  }
}

function fold(points: readonly Point[]): readonly Point[] {
  const per = Math.ceil(points.length / mostWindows)
  if (per <= 1) return points
  return Array.from({ length: Math.floor(points.length / per) }, (_, i) => {
    const group = points.slice(i * per, (i + 1) * per)
    return { t: group.reduce((sum, { t }) => sum + t, 0) / group.length, value: median(group.map(({ value }) => value)) }
  })
}
