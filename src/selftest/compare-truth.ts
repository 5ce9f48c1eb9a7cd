import type { Latency } from '../model/run-result.ts'
import type { TruthCase } from './cases.ts'

export interface Comparison {
  readonly figure: 'mean' | 'p50' | 'p95' | 'p99'
  readonly truth: number
  readonly measured: number | null
  /** Relative difference; null without a measured value. */
  readonly off: number | null
  readonly agrees: boolean
}

/** A figure agrees when it is within the tolerance of the formula, or the formula is within its 95 % interval. */
export function compareWithTruth(
  { truth, tolerance }: Pick<TruthCase, 'truth' | 'tolerance'>,
  latency: Latency,
): readonly Comparison[] {
  return (['mean', 'p50', 'p95', 'p99'] as const).flatMap((figure): readonly Comparison[] => {
    const expected = truth[figure]
    if (expected === undefined) return []
    const measured = latency[figure]
    if (measured === null) return [{ figure, truth: expected, measured, off: null, agrees: false }]
    const off = measured / expected - 1
    const interval = latency.intervals?.[figure]
    const inside = interval !== undefined && interval[0] <= expected && expected <= interval[1]
    return [{ figure, truth: expected, measured, off, agrees: Math.abs(off) <= tolerance || inside }]
  })
}
