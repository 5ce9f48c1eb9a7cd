import { normalCdf, normalQuantile } from './probability.ts'

export interface Point {
  readonly t: number
  readonly value: number
}

export interface Slope {
  /** Median of the slopes between all pairs (Theil 1950; Sen 1968). */
  readonly perUnit: number
  /** Sen's interval: the slopes at ranks (N ∓ z·√Var S) / 2. */
  readonly low: number
  readonly high: number
}

/** Pairs grow with the square of the points: more than this are averaged in groups first. */
const mostPoints = 500

/** Slope of a series that outliers do not move; null with fewer than three points or no spread in time. */
export function theilSen(points: readonly Point[], confidence = 0.95): Slope | null {
  const few = thin(points)
  const slopes: number[] = []
  for (const [i, a] of few.entries()) {
    for (const b of few.slice(i + 1)) if (a.t !== b.t) slopes.push((b.value - a.value) / (b.t - a.t))
  }
  if (few.length < 3 || slopes.length === 0) return null
  const sorted = Float64Array.from(slopes).sort()
  const spread = normalQuantile((1 + confidence) / 2) * Math.sqrt(varianceOfS(few.map(({ value }) => value)))
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? 0
  return {
    perUnit: (at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2))) / 2,
    low: at(Math.floor((sorted.length - spread) / 2) - 1),
    high: at(Math.ceil((sorted.length + spread) / 2)),
  }
}

function thin(points: readonly Point[]): readonly Point[] {
  const per = Math.ceil(points.length / mostPoints)
  if (per <= 1) return points
  return Array.from({ length: Math.ceil(points.length / per) }, (_, i) => {
    const group = points.slice(i * per, (i + 1) * per)
    const total = group.reduce((sum, { t, value }) => ({ t: sum.t + t, value: sum.value + value }), { t: 0, value: 0 })
    return { t: total.t / group.length, value: total.value / group.length }
  })
}

export interface MannKendall {
  readonly s: number
  readonly z: number
  /** Two-sided. */
  readonly p: number
  /** Kendall's tau: s over the number of pairs. */
  readonly tau: number
}

/** Mann-Kendall test for a monotone trend with the correction for ties and continuity (Mann 1945; Kendall 1975). Alone it cries wolf on dependent data. */
export function mannKendall(values: readonly number[]): MannKendall {
  let s = 0
  for (const [i, a] of values.entries()) for (let j = i + 1; j < values.length; j++) s += Math.sign((values[j] ?? 0) - a)
  const variance = varianceOfS(values)
  const z = s === 0 || variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance)
  const pairs = (values.length * (values.length - 1)) / 2
  return { s, z, p: 2 * (1 - normalCdf(Math.abs(z))), tau: pairs === 0 ? 0 : s / pairs }
}

/** Var S = (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) / 18, t the sizes of groups of equal values. */
function varianceOfS(values: readonly number[]): number {
  const term = (n: number) => n * (n - 1) * (2 * n + 5)
  const groups = new Map<number, number>()
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1)
  let variance = term(values.length)
  for (const size of groups.values()) variance -= term(size)
  return variance / 18
}
