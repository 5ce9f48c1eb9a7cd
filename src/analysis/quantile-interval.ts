import type { Distribution } from '../metrics/index.ts'
import { binomialCdf, binomialQuantile } from './probability.ts'

/**
 * Interval of a quantile from order statistics: the number of samples below it is binomial (n, q), so with 1-based ranks
 * lower = ppf(α/2; n, q) and upper = isf(α/2; n, q) + 1 (Conover, Practical Nonparametric Statistics, 3.2; as R's `confintr` and
 * SciPy's `quantile_test` compute it). A rank outside 1 … n means there are too few samples for that bound: null.
 */
export function quantileRanks(
  n: number,
  q: number,
  alphaLower: number,
  alphaUpper = alphaLower,
): { lower: number | null; upper: number | null } {
  const lower = alphaLower > 0 ? binomialQuantile(alphaLower, n, q) : 0
  const upper = alphaUpper > 0 ? binomialQuantile(1 - alphaUpper, n, q) + 1 : n + 1
  return { lower: lower >= 1 ? lower : null, upper: upper <= n ? upper : null }
}

/** Two-sided interval of a quantile of independent samples, read from a histogram; null when they are too few. For requests of a run prefer the block bootstrap: they are not independent. */
export function quantileInterval(of: Distribution, q: number, confidence = 0.95): readonly [number, number] | null {
  const { lower, upper } = quantileRanks(of.count, q, (1 - confidence) / 2)
  const low = lower === null ? null : of.valueAtRank(lower)
  const high = upper === null ? null : of.valueAtRank(upper)
  return low === null || high === null ? null : [low, high]
}

/** How surely the interval from rank `lower` up to rank `upper` (0 and n + 1: unbounded) holds the quantile: P(lower <= K < upper). */
export function rankCoverage(n: number, q: number, { lower, upper }: { lower: number; upper: number }): number {
  return binomialCdf(upper - 1, n, q) - binomialCdf(lower - 1, n, q)
}

/**
 * The narrowest ranks with at least this confidence: start at the likeliest number of samples below and take the likelier neighbour each
 * time (Go's `moremath/stats.QuantileCI`). `lower` 0 or `upper` n + 1: unbounded.
 */
export function narrowestRanks(n: number, q: number, confidence: number): { lower: number; upper: number; confidence: number } {
  if (confidence >= 1) return { lower: 0, upper: n + 1, confidence: 1 }
  const chance = (k: number) => (k < 0 || k > n ? 0 : binomialCdf(k, n, q) - binomialCdf(k - 1, n, q))
  let from = Math.min(n, Math.max(0, Math.ceil(q * (n + 1)) - 1))
  let to = from
  let reached = chance(from)
  while (reached < confidence && (from > 0 || to < n)) {
    const [left, right] = [chance(from - 1), chance(to + 1)]
    // Equal but for rounding: the lower neighbour.
    if (from > 0 && (to === n || left >= right * (1 - 1e-9))) reached += chance(--from)
    else reached += chance(++to)
  }
  return { lower: from, upper: to + 1, confidence: reached }
}

/** Exact two-sided sign test that `value` is the q-quantile: twice the smaller tail of the samples at or below and below it (Conover, 3.2). */
export function quantileTest(samples: readonly number[], value: number, q: number): number {
  const n = samples.length
  const atOrBelow = samples.filter((x) => x <= value).length
  const below = samples.filter((x) => x < value).length
  return Math.min(1, 2 * Math.min(binomialCdf(atOrBelow, n, q), 1 - binomialCdf(below - 1, n, q)))
}
