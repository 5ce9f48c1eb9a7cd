import type { SparseCounts } from './v2-codec.ts'

/** What can be asked of a histogram, recorded or merged. Values are in its unit (microseconds for times). */
export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly sumSquares: number
  /** Exact; 0 when empty. */
  readonly min: number
  readonly max: number
  readonly overflow: number
  /** Nearest rank, ceil(q·n): the largest value of the bucket that holds it, but never above the exact maximum. Null when empty. */
  quantile(q: number): number | null
  /** The value at a 1-based rank; null outside 1 … count. */
  valueAtRank(rank: number): number | null
  /** How many values fall into the bucket of `value` or below. */
  countAtOrBelow(value: number): number
  /** Largest value and count of each bucket that is not empty, ascending. */
  buckets(): [value: number, count: number][]
  sparse(): SparseCounts
}

/** The rank of a quantile: ceil(q·n) after a step of one ulp down, so that 0.07 · 100 = 7.000000000000001 is 7 (HdrHistogram does the same). */
export function rankOf(q: number, count: number): number {
  const guarded = q * (1 - Number.EPSILON / 2)
  return Math.min(count, Math.max(1, Math.ceil(guarded * count)))
}

/** The value at a rank of buckets in ascending order. */
export function sparseValueAtRank({ values, counts }: SparseCounts, rank: number): number {
  let seen = 0
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i] ?? 0
    if (seen >= rank) return values[i] ?? 0
  }
  return 0
}
