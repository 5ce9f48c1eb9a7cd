/**
 * The fewest independent samples that bound a quantile at all: the largest of n samples lies above the q-quantile with probability 1 - qⁿ, so
 * qⁿ <= α/2 (two-sided) or α (one-sided), and likewise below for q < 0.5. For 95 % two-sided: p50 6, p90 36, p95 72, p99 368, p99.9 3,688.
 */
export function minimumSamples(q: number, { confidence = 0.95, sides = 2 }: { confidence?: number; sides?: 1 | 2 } = {}): number {
  const tail = (1 - confidence) / sides
  return Math.ceil(Math.log(tail) / Math.log(Math.max(q, 1 - q)))
}

/** Whether n samples can carry this percentile: otherwise it is not printed. */
export function enoughSamples(q: number, n: number): boolean {
  return n >= minimumSamples(q)
}
