export interface GapDispersion {
  /** Coefficient of variation of the gaps: 1 for a Poisson process, 0 for a uniform one. */
  readonly cov: number
  readonly gaps: number
  /** Brady & Gunther (arXiv:1607.05356): 1 ± 3/√n is chance; far outside it is not Poisson. Half-widths around 1. */
  readonly warnWithin: number
  readonly voidWithin: number
}

/** Dispersion of arrival gaps from their count, sum and sum of squares; null with fewer than two. */
export function gapDispersion({
  count,
  sum,
  sumSquares,
}: {
  count: number
  sum: number
  sumSquares: number
}): GapDispersion | null {
  if (count < 2 || sum <= 0) return null
  const mean = sum / count
  const variance = Math.max(0, (sumSquares - count * mean ** 2) / (count - 1))
  const root = Math.sqrt(count)
  return { cov: Math.sqrt(variance) / mean, gaps: count, warnWithin: 3 / root, voidWithin: Math.max(10 / root, 0.05) }
}
