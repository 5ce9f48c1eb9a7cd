import type { Latency, MetricResult } from '../model/run-result.ts'
import type { TruthCase } from './cases.ts'

export interface Comparison {
  readonly figure: 'mean' | 'p50' | 'p95' | 'p99'
  readonly truth: number
  readonly measured: number | null
  /** Relative difference; null without a measured value. */
  readonly off: number | null
  readonly interval: readonly [number, number] | null
  /** The same figure of the times that the server's own clock gave to the same requests; null when it was not asked. */
  readonly drawn: number | null
  readonly agrees: boolean
}

/** What the server said about the times that it drew, collected in the same run. */
export type Drawn = Pick<MetricResult, 'mean' | 'p50' | 'p95' | 'p99'>

/**
 * Two questions. Is the figure within the tolerance of the formula, or the formula within its 95 % interval (the run's own, or the one that the
 * formula for the error gives)? And, where the server told which
 * times it drew, is the figure within the tolerance of those? The first has the chance of the draw in it; the second has only what the
 * measurement adds, so that no wide interval can hide a bias.
 */
export function compareWithTruth(
  { truth, tolerance, standardErrors }: Pick<TruthCase, 'truth' | 'tolerance' | 'standardErrors'>,
  latency: Latency,
  drawn?: Drawn,
): readonly Comparison[] {
  return (['mean', 'p50', 'p95', 'p99'] as const).flatMap((figure): readonly Comparison[] => {
    const expected = truth[figure]
    if (expected === undefined) return []
    const measured = latency[figure]
    const interval = latency.intervals?.[figure] ?? null
    const seen = { figure, truth: expected, measured, interval, drawn: drawn?.[figure] ?? null }
    if (measured === null) return [{ ...seen, off: null, agrees: false }]
    const off = measured / expected - 1
    const isInside = interval !== null && interval[0] <= expected && expected <= interval[1]
    const error = standardErrors?.(latency.samples)[figure]
    const isChance = error !== undefined && Math.abs(measured - expected) <= 1.96 * error
    const isAsDrawn = seen.drawn === null || Math.abs(measured / seen.drawn - 1) <= tolerance
    return [{ ...seen, off, agrees: (Math.abs(off) <= tolerance || isInside || isChance) && isAsDrawn }]
  })
}
