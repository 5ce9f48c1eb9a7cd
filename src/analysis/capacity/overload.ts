import type { FailureClass } from './failure-class.ts'

export interface OverloadPoint {
  /** Load as a multiple of the capacity. */
  readonly factor: number
  readonly goodput: number
  readonly acceptedP99Sec: number | null
  readonly failureClass: FailureClass
}

export type DegradationKind = 'graceful' | 'degraded' | 'collapse' | 'unknown'

export interface Degradation {
  readonly retention: readonly { readonly factor: number; readonly retained: number }[]
  /** Mean of min(1, R(x)), 0 to 1; null without a valid point. */
  readonly score: number | null
  readonly kind: DegradationKind
  readonly reason: string
}

/** F5 to F8: with these nothing is graceful, whatever is kept. */
const harm: Readonly<Partial<Record<FailureClass, string>>> = {
  F5: 'connections fail',
  F6: 'it hangs',
  F7: 'it dies',
  F8: 'its data are wrong',
}

/**
 * D5: goodput beyond the capacity as a share of it. Graceful is R(3) >= 0.9, the accepted within twice the limit, and none of F5 to F8; the verdict
 * needs a valid measurement at three times the capacity.
 */
export function judgeDegradation(
  points: readonly OverloadPoint[],
  { capacity, limitSec }: { capacity: number; limitSec: number },
): Degradation {
  const valid = points.filter(({ failureClass }) => failureClass !== 'FX')
  const retention = valid.map(({ factor, goodput }) => ({ factor, retained: goodput / capacity }))
  const score =
    valid.length === 0 ? null : retention.reduce((sum, { retained }) => sum + Math.min(1, retained), 0) / retention.length
  const triple = valid.find(({ factor }) => factor === 3)
  if (!triple) return { retention, score, kind: 'unknown', reason: 'No valid measurement at 3 times the capacity' }
  const retained = triple.goodput / capacity
  const percent = `${(100 * retained).toFixed(0)} % of the capacity is kept at 3 times the load`
  if (retained < 0.5) return { retention, score, kind: 'collapse', reason: percent }
  if (retained < 0.9) return { retention, score, kind: 'degraded', reason: percent }
  const hard = valid.find(({ failureClass }) => harm[failureClass] !== undefined)
  if (hard)
    return {
      retention,
      score,
      kind: 'degraded',
      reason: `${percent}, but ${harm[hard.failureClass] ?? ''} at ${String(hard.factor)} times`,
    }
  const slow = triple.acceptedP99Sec === null || triple.acceptedP99Sec > 2 * limitSec
  return slow
    ? { retention, score, kind: 'degraded', reason: `${percent}, but what it accepts takes more than twice the limit` }
    : { retention, score, kind: 'graceful', reason: percent }
}

export interface HysteresisFacts {
  readonly capacity: number
  /** Work that can be queued when the overload ends, requests; null when it is not known. */
  readonly backlog: number | null
  /** Used when the backlog is unknown. */
  readonly budgetSec: number
  /** Time to recovery at 0.75 of the capacity; null when it did not recover in `watchedSec`. */
  readonly recoveredSec: number | null
  readonly watchedSec: number
  readonly generatorLimited?: boolean
}

export interface HysteresisVerdict {
  readonly kind: 'recovers' | 'slow' | 'stuck' | 'unknown'
  readonly boundSec: number
  readonly recoveredSec: number | null
}

/** D6: time to recovery is the start of this many good windows in a row, known to one window. */
const windowsInARow = 5
const windowSec = 1

/**
 * D7: back at 0.75 C a target must recover within twice the time its backlog takes to drain, K / (C − 0.75 C), or within the budget; a window more is
 * the error of the measurement.
 */
export function judgeHysteresis(facts: HysteresisFacts): HysteresisVerdict {
  const { capacity, backlog, budgetSec, recoveredSec, watchedSec, generatorLimited = false } = facts
  const boundSec = backlog === null ? budgetSec : (2 * backlog) / (capacity - 0.75 * capacity)
  if (generatorLimited) return { kind: 'unknown', boundSec, recoveredSec: null }
  if (recoveredSec !== null) return { kind: recoveredSec <= boundSec + windowSec ? 'recovers' : 'slow', boundSec, recoveredSec }
  // Not recovered is a verdict only when one has looked for as long as it may take, and as it takes to see it.
  return { kind: watchedSec >= boundSec + windowsInARow * windowSec ? 'stuck' : 'unknown', boundSec, recoveredSec: null }
}
