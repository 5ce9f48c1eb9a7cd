import { mannKendall, theilSen } from '../trend.ts'
import type { Point } from '../trend.ts'

/** A reading of a resource: bytes, descriptors, sockets, threads. */
export interface ResourceReading {
  readonly tSec: number
  readonly value: number
  /** Requests completed since the start. */
  readonly requests: number
}

export interface LeakOptions {
  /** Smallest growth a request that is worth the word: 32 bytes for memory. */
  readonly floorPerRequest?: number
  /** A sawtooth is read at its lows: the minimum of each of these windows. */
  readonly windowSec?: number
  /** False when the readings were made after a forced collection. */
  readonly minima?: boolean
  /** What the resource may reach; gives the time until it does. */
  readonly limit?: number
}

export interface LeakVerdict {
  readonly kind: 'leak' | 'none' | 'unknown'
  readonly reason: string
  /** Growth per request and its 99 % interval. */
  readonly perRequest: number | null
  readonly interval: readonly [low: number, high: number] | null
  readonly z: number | null
  readonly windows: number
  /** From the last reading, at the rate of requests of this test; null without a leak or a limit. */
  readonly secondsToLimit: number | null
}

/** Our own floor: fewer windows after the cut cannot reach the demanded significance in both tests with any power. */
const fewestWindows = 10

/**
 * D12: after the first third, a leak is a Mann-Kendall z above 2.576, a lower 99 % limit of the Theil-Sen slope above the floor, and a second half
 * that rises at least half as fast as the first, which a cache that warms up does not.
 */
export function detectLeak(readings: readonly ResourceReading[], options: LeakOptions = {}): LeakVerdict {
  const { floorPerRequest = 32, windowSec = 20, minima = true, limit } = options
  const lows = minima ? windowMinima(readings, windowSec) : readings
  const points: Point[] = lows.slice(Math.floor(lows.length / 3)).map(({ requests, value }) => ({ t: requests, value }))
  const slope = points.length < fewestWindows ? null : theilSen(points, 0.99)
  const nothing = { perRequest: null, interval: null, z: null, windows: points.length, secondsToLimit: null }
  if (!slope) {
    return {
      ...nothing,
      kind: 'unknown',
      reason: `${String(points.length)} windows after the warm-up; ${String(fewestWindows)} are needed`,
    }
  }
  const { z } = mannKendall(points.map(({ value }) => value))
  const half = Math.floor(points.length / 2)
  const first = theilSen(points.slice(0, half))?.perUnit ?? 0
  const second = theilSen(points.slice(half))?.perUnit ?? 0
  const found = { perRequest: slope.perUnit, interval: [slope.low, slope.high] as const, z, windows: points.length }
  const kept = (reason: string): LeakVerdict => ({ ...found, kind: 'none', reason, secondsToLimit: null })
  if (z <= 2.576) return kept('No trend')
  if (slope.low <= floorPerRequest) return kept('The growth per request is not surely above the floor')
  if (second < 0.5 * first) return kept('The growth levels off, as a cache does that warms up')
  return {
    ...found,
    kind: 'leak',
    reason: 'Steady growth with every request',
    secondsToLimit: timeToLimit(lows, slope.perUnit, limit),
  }
}

/** The lowest reading of each window, with the requests at that moment. The last window may be cut short and is dropped then. */
export function windowMinima(readings: readonly ResourceReading[], windowSec: number): readonly ResourceReading[] {
  const start = readings[0]?.tSec ?? 0
  const end = readings.at(-1)?.tSec ?? 0
  const spacing = readings.length > 1 ? (end - start) / (readings.length - 1) : 0
  const whole = Math.floor((end - start + spacing) / windowSec + 1e-9)
  const lows = new Map<number, ResourceReading>()
  for (const reading of readings) {
    const window = Math.floor((reading.tSec - start) / windowSec)
    const low = lows.get(window)
    if (window < whole && (!low || reading.value < low.value)) lows.set(window, reading)
  }
  return [...lows.values()]
}

/** (limit − now) / slope, in seconds at the rate of requests seen. */
function timeToLimit(lows: readonly ResourceReading[], perRequest: number, limit: number | undefined): number | null {
  const first = lows[0]
  const last = lows.at(-1)
  if (limit === undefined || !first || !last || last.tSec === first.tSec) return null
  const perSec = (perRequest * (last.requests - first.requests)) / (last.tSec - first.tSec)
  return perSec <= 0 ? null : Math.max(0, limit - last.value) / perSec
}

/** After the load, idle and a collection: what falls to within 5 % of the baseline was a backlog, what stays is retained. */
export function judgeAfterLoad({
  baseline,
  floor,
}: {
  readonly baseline: number
  readonly floor: number
}): 'released' | 'retained' {
  return floor <= baseline * 1.05 ? 'released' : 'retained'
}
