export interface SteadyState {
  /** Values to leave out at the beginning: a multiple of the batch size. */
  readonly trim: number
  /** Mean of the rest. */
  readonly mean: number
}

/**
 * MSER-5 (White 1997; Spratt 1998): over means of batches of five, d* = argmin_d Σ_{i>d}(Z_i − Z̄)² / (k − d)². The last min(5, k/4) batches
 * are no candidates, because the statistic is erratic there. Null when d* > k/2 (not enough data to tell), or with fewer than four batches.
 */
export function mser5(values: readonly number[], batchSize = 5): SteadyState | null {
  const k = Math.floor(values.length / batchSize)
  if (k < 4) return null
  const batches = Array.from({ length: k }, (_, i) => mean(values.slice(i * batchSize, (i + 1) * batchSize)))
  const last = k - Math.max(1, Math.floor(Math.min(5, k / 4)))
  let best = { d: 0, statistic: Infinity, mean: 0 }
  // Welford's update from the end: sums of squares would cancel where the spread is small beside the level.
  let average = 0
  let squares = 0
  for (let d = k - 1; d >= 0; d--) {
    const size = k - d
    const value = batches[d] ?? 0
    const delta = value - average
    average += delta / size
    squares += delta * (value - average)
    const statistic = squares / size ** 2
    if (d <= last && statistic <= best.statistic) best = { d, statistic, mean: average }
  }
  return best.d > k / 2 ? null : { trim: best.d * batchSize, mean: best.mean }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
