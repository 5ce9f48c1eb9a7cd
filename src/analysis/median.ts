export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  return n === 0 ? Number.NaN : ((sorted[(n - 1) >> 1] ?? 0) + (sorted[n >> 1] ?? 0)) / 2
}
