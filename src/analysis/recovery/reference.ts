import type { RecoveryBaseline } from '../../model/recovery-result.ts'
import { enoughSamples } from '../minimum-samples.ts'
import { binomialQuantile, studentQuantile } from '../probability.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import { weightedQuantile } from './arrival-windows.ts'

/** What a test was like before its first fault, and how a second is measured against it. */
export interface Reference {
  readonly baseline: RecoveryBaseline
  readonly level: number | null
  /** Good answers that this window would have had. */
  readonly expected: (window: ArrivalWindow) => number
  readonly isGoodputBack: (window: ArrivalWindow) => boolean
  readonly isErrorsBack: (window: ArrivalWindow) => boolean
  readonly isLatencyBack: (window: ArrivalWindow) => boolean
  /** Within what a queue does by chance now and then: of one window not even this. */
  readonly isLatencyBearable: (window: ArrivalWindow) => boolean
  /** A window without anything to judge by, or that the generator spoiled, is neither good nor bad. */
  readonly says: (window: ArrivalWindow) => boolean
  /** Loses so much of its goodput that no chance does. */
  readonly isHit: (window: ArrivalWindow) => boolean
}

/** Fewer say nothing about what is usual. */
export const leastWindows = 5

/**
 * Ours: one window in a thousand may be beyond the baseline by chance, by each of the three measures; of several together, which are judged once more, one in a
 * hundred.
 */
const byChance = { one: 0.999, together: 0.99 }

/** Of so many windows together; neighbours depend on each other, so they tell about as much as half of them. */
function spreadOf(span: number, n: number): number {
  return Math.sqrt((span === 1 ? 1 : 2 / span) + 1 / n)
}

function levelFor(span: number): number {
  return span === 1 ? byChance.one : byChance.together
}

export interface ReferenceOptions {
  /** The arrivals make the load, so a window with fewer of them has fewer answers. */
  readonly isOpen: boolean
  /** Latency limit of the objectives, in seconds; infinite without one. */
  readonly limitSec: number
  /** What came first. */
  readonly word: 'fault' | 'attack'
}

/** The measure of a test's good windows before its first fault; a sentence when there is none. */
export function referenceOf(before: readonly ArrivalWindow[], { isOpen, limitSec, word }: ReferenceOptions): Reference | string {
  const windows = before.filter(({ isVoid, answered, failed }) => !isVoid && answered + failed > 0)
  if (windows.length < leastWindows)
    return `before the first ${word} there were ${windows.length} seconds of this load to compare with, and ${leastWindows} are needed; let the load run for longer before it`
  const sums = sumOf(windows)
  if (sums.good < 0.5 * (sums.answered + sums.failed)) return `the service was not well before the first ${word}`
  const level = windows[0]?.level ?? null
  const factor = factorOf(windows, { isOpen, level, sums })
  const perWindow = windows.map((window) => window.good / factor(window))
  const mean = perWindow.reduce((sum, one) => sum + one, 0) / perWindow.length
  const n = perWindow.length
  const spread = Math.sqrt(perWindow.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1))
  const low = Math.max(0, mean - (studentQuantile(0.975, n - 1) * spread) / Math.sqrt(n))
  // What windows to come may be, by chance, as a share of the mean.
  const chanceBelow = (level: number, span: number): number =>
    Math.max(0.5, 1 - (studentQuantile(level, n - 1) * spread * spreadOf(span, n)) / mean)
  const leastShare = (span: number): number => Math.min((0.95 * low) / mean, chanceBelow(levelFor(span), span))
  const hitShare = Math.min(0.8, chanceBelow(0.9999, 1))
  const errorHigh = wilsonHigh(sums.failed, sums.answered + sums.failed)
  const latency = latencyOf(windows, limitSec)
  const expected = (window: ArrivalWindow): number => mean * factor(window)
  return {
    baseline: {
      fromSec: windows[0]?.sec ?? 0,
      toSec: (windows.at(-1)?.sec ?? 0) + 1,
      goodputPerSec: mean,
      goodputLow: low,
      errorHigh,
      p99Ms: latency?.quantile === 0.99 ? latency.ms : null,
      latency: latency === null ? null : { quantile: latency.quantile, ms: latency.ms, limitMs: latency.limitMs },
    },
    level,
    expected,
    says: (window) => !window.isVoid && expected(window) >= 0.5,
    isGoodputBack: (window) => window.good >= leastShare(window.span) * expected(window) - 1e-6,
    isErrorsBack: ({ failed, answered, span }) => {
      const all = Math.round(answered + failed)
      return failed <= binomialQuantile(levelFor(span), all, errorHigh) + 1e-6
    },
    isLatencyBack: (window) => latency === null || isInBand(window, latency),
    isLatencyBearable: (window) =>
      latency === null || (window.answered >= 0.5 && shareAbove(window, latency.limitMs) <= mostLate),
    isHit: (window) => window.good < hitShare * expected(window) - 1,
  }
}

interface Sums {
  readonly good: number
  readonly answered: number
  readonly failed: number
  readonly planned: number
}

function sumOf(windows: readonly ArrivalWindow[]): Sums {
  const sum = (of: (window: ArrivalWindow) => number): number => windows.reduce((total, window) => total + of(window), 0)
  return {
    good: sum(({ good }) => good),
    answered: sum(({ answered }) => answered),
    failed: sum(({ failed }) => failed),
    planned: sum(({ planned }) => planned),
  }
}

/**
 * The load of a window as a multiple of the baseline's. Where an arrival is one request, the arrivals that fell due tell it best, for their chance is then no
 * loss of goodput; where it is several, they come later than it, and the plan's own figure is better. Without either it is one.
 */
function factorOf(
  windows: readonly ArrivalWindow[],
  { isOpen, level, sums }: { readonly isOpen: boolean; readonly level: number | null; readonly sums: Sums },
): (window: ArrivalWindow) => number {
  const perArrival = sums.planned > 0 ? (sums.answered + sums.failed) / sums.planned : Infinity
  const mean = sums.planned / windows.length
  if (isOpen && (perArrival <= 1.05 || level === null) && mean > 0) return ({ planned }) => planned / mean
  if (level === null || level <= 0) return () => 1
  return (window) => (window.level ?? level) / level
}

/** Upper end of Wilson's 95 % interval (1927). */
function wilsonHigh(k: number, n: number): number {
  if (n <= 0) return 1
  const z = 1.96
  const centre = (k + z ** 2 / 2) / (n + z ** 2)
  return Math.min(1, centre + (z / (n + z ** 2)) * Math.sqrt((k * Math.max(0, n - k)) / n + z ** 2 / 4))
}

interface Band {
  readonly quantile: number
  readonly ms: number
  readonly limitMs: number
  /** Shares above the limit that the windows of the baseline had. */
  readonly late: { readonly worst: number; readonly mean: number; readonly spread: number; readonly windows: number }
}

/** Rarest first. */
const quantiles = [0.99, 0.95, 0.9, 0.5] as const

/**
 * The band of the latency: a tenth above the baseline's percentile, or more where a tenth cannot be measured (a generator that is on time to 1 ms or a
 * twentieth of the limit is a valid one, D).
 */
function latencyOf(windows: readonly ArrivalWindow[], limitSec: number): Band | null {
  const times = new Map<number, number>()
  for (const window of windows) for (const [micros, count] of window.times) times.set(micros, (times.get(micros) ?? 0) + count)
  const all = [...times.values()].reduce((sum, count) => sum + count, 0)
  const quantile = quantiles.find((q) => enoughSamples(q, Math.round(all)))
  if (quantile === undefined) return null
  const ms = (weightedQuantile(times, quantile) ?? 0) / 1000
  const limitMs = ms + Math.max(0.1 * ms, 1, limitSec === Infinity ? 0 : 50 * limitSec)
  const shares = windows.map((window) => shareAbove(window, limitMs))
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (shares.length - 1))
  return { quantile, ms, limitMs, late: { worst: Math.max(...shares), mean, spread, windows: shares.length } }
}

/** Ours: whatever the baseline was like, more than half of the answers above its band are too many. */
const mostLate = 0.5

/** Ours: in a queue about so many answers are late for the same reason, and count as one. */
const lateTogether = 3

/** Whether no more of its answers are above the band than chance, or the seconds before, have there. A queue's late answers come together: their spread says how much. */
function isInBand(window: ArrivalWindow, { quantile, limitMs, late }: Band): boolean {
  const { answered, span } = window
  if (answered < 0.5) return false
  const independent = Math.max(1, Math.round(answered / lateTogether))
  const chance = binomialQuantile(levelFor(span), independent, 1 - quantile) / independent
  const spread = late.mean + studentQuantile(levelFor(span), late.windows - 1) * late.spread * spreadOf(span, late.windows)
  const most = Math.max(chance, Math.min(mostLate, Math.max(spread, span === 1 ? late.worst : 0)))
  return shareAbove(window, limitMs) <= most + 1e-9
}

function shareAbove({ times, answered }: ArrivalWindow, limitMs: number): number {
  if (answered <= 0) return 0
  let late = 0
  for (const [micros, count] of times) if (micros > limitMs * 1000) late += count
  return late / answered
}
