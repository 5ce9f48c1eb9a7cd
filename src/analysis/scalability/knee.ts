import type { Random } from '../../base/random.ts'
import { median } from '../median.ts'

/** Windows of one load: good requests per second and mean latency of each. */
export interface LoadWindows {
  readonly load: number
  readonly goodput: readonly number[]
  readonly latencySec: readonly number[]
}

export type KneeResult =
  | { readonly kind: 'knee'; readonly load: number; readonly interval: readonly [low: number, high: number] }
  | { readonly kind: 'unknown'; readonly reason: string }

const fewestLoads = 6

/**
 * D3: the load with the most power, goodput / latency (Kleinrock 1979), with a 95 % interval from windows drawn with replacement within each load. The
 * latency of a load is the median of its windows' means: μ/2 for M/M/1 and (2 − √2) μ for M/D/1 are the maxima with the mean. With the median of the
 * requests M/D/1 has its maximum at μ/2 too, because up to there half of them find it idle. Unknown with fewer than six loads, or when power still rises or only falls: the knee lies outside what was measured.
 */
export function kneeByPower(
  loads: readonly LoadWindows[],
  { random, resamples = 1000 }: { readonly random: Random; readonly resamples?: number },
): KneeResult {
  const measured = loads
    .filter(({ goodput, latencySec }) => goodput.length > 0 && latencySec.length > 0)
    .toSorted((a, b) => a.load - b.load)
  if (measured.length < fewestLoads) {
    return { kind: 'unknown', reason: `${String(measured.length)} loads were measured; a knee needs ${String(fewestLoads)}` }
  }
  const best = mostPower(measured.map((one) => ({ load: one.load, power: mean(one.goodput) / median(one.latencySec) })))
  if (best === measured[0]?.load || best === measured.at(-1)?.load) {
    return { kind: 'unknown', reason: 'Power has no maximum between the smallest and the largest load' }
  }
  const drawn = Array.from({ length: resamples }, () => mostPower(measured.map((one) => resampled(one, random)))).toSorted(
    (a, b) => a - b,
  )
  const at = (share: number) => drawn[Math.min(resamples - 1, Math.floor(share * resamples))] ?? best
  return { kind: 'knee', load: best, interval: [at(0.025), at(0.975)] }
}

function resampled({ load, goodput, latencySec }: LoadWindows, random: Random) {
  const n = Math.min(goodput.length, latencySec.length)
  const windows = Array.from({ length: n }, () => Math.floor(random.next() * n))
  return { load, power: mean(windows.map((i) => goodput[i] ?? 0)) / median(windows.map((i) => latencySec[i] ?? 0)) }
}

function mostPower(points: readonly { readonly load: number; readonly power: number }[]): number {
  return points.reduce((best, point) => (point.power > best.power ? point : best), {
    load: Number.NaN,
    power: Number.NEGATIVE_INFINITY,
  }).load
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
