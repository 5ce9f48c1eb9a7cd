import type { Latency, MetricResult } from '../model/run-result.ts'
import type { TruthCase } from './cases.ts'

export interface Comparison {
  readonly figure: 'mean' | 'p50' | 'p95' | 'p99'
  readonly truth: number
  readonly measured: number | null
  /** Relative difference; null without a measured value. */
  readonly off: number | null
  readonly interval: readonly [number, number] | null
  /** The same figure of the times that the server's own clock saw the same requests take; null when it was not asked. */
  readonly given: number | null
  readonly agrees: boolean
}

type Figures = Pick<MetricResult, 'mean' | 'p50' | 'p95' | 'p99'>

/** What the server said of the same requests, collected in the same run: the times it drew, and the times after which it gave its answers. */
export interface ServerTimes {
  readonly drawn: Figures
  readonly given: Figures
}

export function serverTimes(metrics: readonly MetricResult[]): ServerTimes | undefined {
  const drawn = metrics.find(({ name }) => name === 'drawn')
  const given = metrics.find(({ name }) => name === 'given')
  return drawn === undefined || given === undefined ? undefined : { drawn, given }
}

/**
 * Two questions. Is the figure within the tolerance of the formula, or the formula within its 95 % interval (the run's own, or the one that the
 * formula for the error gives)? And, where the server told after which times it answered, is the figure within the tolerance of those? The
 * first has the chance of the draw in it; the second has only what the measurement adds, so that no wide interval can hide a bias.
 *
 * A server on a busy machine answers later than it drew: by its own clock it is then not the server of the formula, and what it was late is
 * added to the formula. On time, that is nothing.
 */
export function compareWithTruth(
  { truth, tolerance, standardErrors }: Pick<TruthCase, 'truth' | 'tolerance' | 'standardErrors'>,
  latency: Latency,
  server?: ServerTimes,
): readonly Comparison[] {
  return (['mean', 'p50', 'p95', 'p99'] as const).flatMap((figure): readonly Comparison[] => {
    const formula = truth[figure]
    if (formula === undefined) return []
    const [drawn, given] = [server?.drawn[figure] ?? null, server?.given[figure] ?? null]
    const expected = formula + (drawn === null || given === null ? 0 : given - drawn)
    const measured = latency[figure]
    const interval = latency.intervals?.[figure] ?? null
    const seen = { figure, truth: expected, measured, interval, given }
    if (measured === null) return [{ ...seen, off: null, agrees: false }]
    const off = measured / expected - 1
    const isInside = interval !== null && interval[0] <= expected && expected <= interval[1]
    const error = standardErrors?.(latency.samples)[figure]
    const isChance = error !== undefined && Math.abs(measured - expected) <= 1.96 * error
    const isAsGiven = given === null || Math.abs(measured / given - 1) <= tolerance
    return [{ ...seen, off, agrees: (Math.abs(off) <= tolerance || isInside || isChance) && isAsGiven }]
  })
}
