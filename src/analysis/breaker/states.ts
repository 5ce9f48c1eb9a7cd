import { burstsIn, closedAt, expectedCalls, openedAt } from './activity.ts'
import type { Activity, Burst } from './activity.ts'

/** A time in which calls were stopped, with what was let through. */
export interface OpenStretch {
  readonly fromSec: number
  readonly toSec: number
  readonly bursts: readonly Burst[]
}

/** Every time in which the breaker was open, tries included. */
export function openStretches(activity: Activity, from: number, to: number): readonly OpenStretch[] {
  const stretches: OpenStretch[] = []
  for (let at = from; ;) {
    const fromSec = openedAt(activity, at, to)
    if (fromSec === undefined) return stretches
    const toSec = closedAt(activity, fromSec, to) ?? to
    stretches.push({ fromSec, toSec, bursts: burstsIn(activity, fromSec, toSec) })
    if (toSec >= to) return stretches
    at = toSec
  }
}

/** From the last call to the next, for each run of calls. */
export function waitsOf({ fromSec, bursts }: OpenStretch): readonly number[] {
  return bursts.map((burst, i) => burst.fromSec - (bursts[i - 1]?.toSec ?? fromSec))
}

/** A run of calls is sparse when as many requests again came in its time and made no call. */
const sparseSec = 0.3
/** A wait is no shorter than the one before it, but for the tenths that it is counted in. */
const alike = 0.7

/**
 * Calls that are no try. A breaker waits before each, its waits are alike or grow, and its tries follow each other as fast as requests come. Leaks come
 * by chance: most follow sooner than half the longest wait, or are strewn over a longer time.
 */
export function leakedCalls(activity: Activity, stretch: OpenStretch): number {
  const waits = waitsOf(stretch)
  const longest = Math.max(0, ...waits)
  const isGrowing = waits.every((wait, i) => wait >= alike * (waits[i - 1] ?? 0))
  let leaked = 0
  for (const [i, { fromSec, toSec, calls }] of stretch.bursts.entries()) {
    const isSparse = toSec - fromSec > sparseSec - 1e-6 && expectedCalls(activity, fromSec, toSec) > 2 * calls
    if (!isGrowing && (waits[i] ?? 0) < longest / 2) leaked += calls
    else if (isSparse) leaked += calls - 1
  }
  return leaked
}
