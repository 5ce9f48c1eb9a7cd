import type { Random } from '../../../base/random.ts'
import type { DelayDistribution } from '../../../model/link-fault.ts'

export interface DelaySpec {
  readonly delayMs: number
  readonly jitterMs: number
  readonly distribution: DelayDistribution
}

/** Draws delays of mean `delayMs` and standard deviation `jitterMs` (uniform: half the width); never below 0, so that a wide jitter raises the mean. */
export function createDelays({ delayMs: mean, jitterMs: spread, distribution }: DelaySpec, random: Random): () => number {
  if (spread <= 0 || mean <= 0) return () => mean
  const draw = draws[distribution](mean, spread, random)
  return () => Math.max(0, draw())
}

const draws: Record<DelayDistribution, (mean: number, spread: number, random: Random) => () => number> = {
  uniform: (mean, spread, random) => () => mean + spread * (2 * random.next() - 1),
  normal: (mean, spread, random) => () => mean + spread * standardNormal(random),
  /** X = exp(μ + σZ) with σ² = ln(1 + (s/m)²) and μ = ln m − σ²/2 has mean m and standard deviation s. */
  lognormal(mean, spread, random) {
    const variance = Math.log1p((spread / mean) ** 2)
    const location = Math.log(mean) - variance / 2
    return () => Math.exp(location + Math.sqrt(variance) * standardNormal(random))
  },
  /** Tail (x_m/x)^α. (s/m)² = 1/(α(α−2)), so α = 1 + √(1 + (m/s)²); and m = αx_m/(α−1). */
  pareto(mean, spread, random) {
    const tail = 1 + Math.sqrt(1 + (mean / spread) ** 2)
    const least = (mean * (tail - 1)) / tail
    return () => least * (1 - random.next()) ** (-1 / tail)
  },
}

/** Box and Muller: √(−2 ln u) cos 2πv. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
