import { mannKendall, theilSen } from '../trend.ts'
import type { Point } from '../trend.ts'
import { collectionLows, windowLength, windowMinima } from './lows.ts'

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
  /** Growth over the judged time that the resource may show without any leak, such as a collector's laziness. What is less is not told from it. */
  readonly leastGrowth?: number
  /** Each of these windows gives its low; default: 20 s, less in a test of under ten minutes. */
  readonly windowSec?: number
  /**
   * Where a resource is read. `collections`: what each collection left (a heap that swings). `minima`: the lowest reading of each window (counts, resident
   * memory). `all`: every reading, made after a forced collection.
   */
  readonly lows?: 'collections' | 'minima' | 'all'
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
  /** The fit, through the median of what was judged. */
  readonly line: LeakLine | null
}

export interface LeakLine {
  readonly fromSec: number
  readonly from: number
  readonly toSec: number
  readonly to: number
}

/**
 * Fewest lows after the cut. Of six that rise one after another z is 2.63, the first that can be significant: enough where each is what a collection
 * left. Of windows ours is ten, because the low of a window is not always one.
 */
const fewest = { collections: 6, minima: 10, all: 10 } as const

/**
 * D12: after the first third, a leak is a Mann-Kendall z above 2.576, a lower 99 % limit of the Theil-Sen slope above the floor, and a second half
 * that rises at least half as fast as the first, which a cache that warms up does not. Ours: it levels off as well where it surely slows down, by
 * a fifth or more.
 */
export function detectLeak(readings: readonly ResourceReading[], options: LeakOptions = {}): LeakVerdict {
  const { floorPerRequest = 32, leastGrowth = 0, limit } = options
  const { lows: kind = 'collections' } = options
  const all = lowsOf(readings, options)
  const lows = all.slice(Math.floor(all.length / 3))
  const points: Point[] = lows.map(({ requests, value }) => ({ t: requests, value }))
  const slope = points.length < fewest[kind] ? null : theilSen(points, 0.99)
  if (!slope) {
    const what = kind === 'collections' ? 'windows with a collection' : 'windows'
    const reason = `${points.length} ${what} after the warm-up; ${fewest[kind]} are needed`
    return { kind: 'unknown', reason, perRequest: null, interval: null, z: null, windows: points.length, secondsToLimit: null, line: null } // prettier-ignore
  }
  const { z } = mannKendall(points.map(({ value }) => value))
  const found = {
    perRequest: slope.perUnit,
    interval: [slope.low, slope.high] as const,
    z,
    windows: points.length,
    secondsToLimit: null,
    line: lineOf(lows, slope.perUnit),
  }
  const growth = slope.perUnit * ((points.at(-1)?.t ?? 0) - (points[0]?.t ?? 0))
  if (z <= 2.576) return { ...found, kind: 'none', reason: 'No trend' }
  if (slope.low <= floorPerRequest) {
    return { ...found, kind: 'none', reason: 'The growth per request is not surely above the floor' }
  }
  if (levelsOff(points)) return { ...found, kind: 'none', reason: 'The growth levels off, as a cache does that warms up' }
  if (growth < leastGrowth) {
    const reason = 'The growth is no more than the resource may show without a leak: a longer test, or more requests, would tell'
    return { ...found, kind: 'unknown', reason }
  }
  return {
    ...found,
    kind: 'leak',
    reason: 'Steady growth with every request',
    secondsToLimit: timeToLimit(lows, slope.perUnit, limit),
  }
}

function lowsOf(readings: readonly ResourceReading[], options: LeakOptions): readonly ResourceReading[] {
  const { lows = 'collections', windowSec = windowLength(readings) } = options
  switch (lows) {
    case 'collections':
      return collectionLows(readings, windowSec)
    case 'minima':
      return windowMinima(readings, windowSec)
    case 'all':
      return readings
  }
}

function levelsOff(points: readonly Point[]): boolean {
  const half = Math.floor(points.length / 2)
  const first = theilSen(points.slice(0, half))
  const second = theilSen(points.slice(half))
  if (!first || !second) return false
  const isSure = second.high < first.low && second.perUnit < 0.8 * first.perUnit
  return second.perUnit < 0.5 * first.perUnit || isSure
}

/** Theil's intercept: the median of what the slope leaves. */
function lineOf(lows: readonly ResourceReading[], perRequest: number): LeakLine | null {
  const [first, last] = [lows[0], lows.at(-1)]
  if (!first || !last) return null
  const rests = lows.map(({ requests, value }) => value - perRequest * requests).sort((a, b) => a - b)
  const base = rests[rests.length >> 1] ?? 0
  const at = ({ requests }: ResourceReading) => base + perRequest * requests
  return { fromSec: first.tSec, from: at(first), toSec: last.tSec, to: at(last) }
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
