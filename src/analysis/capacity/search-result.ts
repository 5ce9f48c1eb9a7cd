import { isHardFailure } from './failure-class.ts'
import type { FailureClass } from './failure-class.ts'
import type { Rules } from './rules.ts'
import { standing } from './standing.ts'
import { groupByLoad, trialFails } from './trial.ts'
import type { Observation } from './trial.ts'
import { fullTrialSec } from './trial-length.ts'

export type Irregularity = 'inversion' | 'fails-at-from' | 'passes-at-to' | 'generator-limited'

/** One load of the curve: all valid trials at it, pooled. */
export interface CurvePoint {
  readonly load: number
  readonly goodput: number
  readonly completedPerSec: number
  readonly medianLatencySec: number | null
  readonly p99LatencySec: number | null
  readonly passes: boolean
}

export interface SearchResult {
  readonly kind: 'interval' | 'at-least' | 'fails-at-from' | 'generator-limited'
  /** Largest load that bears a full trial below the smallest that does not; null when none does. */
  readonly lower: number | null
  readonly upper: number | null
  /** (upper − lower) / upper; null without both ends. */
  readonly width: number | null
  /** Good requests per second at `lower`: the capacity. */
  readonly goodput: number | null
  /** What failed first at `upper`. */
  readonly limitingObjective: string | null
  readonly failureClass: FailureClass | null
  /** Smallest load with a failure of class F5 to F10, or from which the target did not come back (D2). */
  readonly hardBreakingPoint: number | null
  readonly irregular: readonly Irregularity[]
  readonly curve: readonly CurvePoint[]
  readonly trials: number
  readonly costSec: number
  /**
   * What a staircase of the same resolution would have cost: equal steps of the interval's width from `from` up to `upper`, each as long as the longer
   * of the two confirmations, because its step at `upper` needs that time (D1c) and a staircase does not know before where that is. Null without an
   * interval.
   */
  readonly staircaseSec: number | null
  readonly quick: boolean
}

export function summarise(rules: Rules, observations: readonly Observation[], generatorLimited: boolean): SearchResult {
  const { lower, upper, inverted } = standing(rules, observations, 'final')
  // Like is compared with like: a short trial that passes above a long one that fails is no inversion but the bias of short trials (D1c).
  const short = observations.filter(({ purpose }) => !purpose.startsWith('confirm'))
  const passes = inverted.length > 0 || standing(rules, short, 'coarse').inverted.length > 0
  const kind = kindOf({ lower, upper, generatorLimited })
  const irregular: Irregularity[] = []
  if (passes) irregular.push('inversion')
  if (kind === 'fails-at-from') irregular.push('fails-at-from')
  if (kind === 'at-least') irregular.push('passes-at-to')
  if (kind === 'generator-limited') irregular.push('generator-limited')
  const failing = observations.filter((one) => !one.generatorLimited && one.load === upper && trialFails(one, rules.allowedShare))
  const curve = curveOf(rules, observations)
  return {
    kind,
    lower,
    upper,
    width: lower === null || upper === null ? null : (upper - lower) / upper,
    goodput: curve.find(({ load }) => load === lower)?.goodput ?? null,
    limitingObjective: failing.findLast(({ failedObjective }) => failedObjective !== undefined)?.failedObjective ?? null,
    failureClass: failing.findLast(({ failureClass }) => failureClass !== undefined)?.failureClass ?? null,
    hardBreakingPoint: hardBreakingPoint(observations),
    irregular,
    curve,
    trials: observations.length,
    costSec: observations.reduce((sum, { ranSec }) => sum + ranSec, 0),
    staircaseSec: lower === null || upper === null ? null : staircase(rules, observations, { lower, upper }),
    quick: rules.quick,
  }
}

function kindOf({ lower, upper, generatorLimited }: { lower: number | null; upper: number | null; generatorLimited: boolean }) {
  if (lower !== null && upper !== null) return 'interval'
  if (upper !== null) return 'fails-at-from'
  return generatorLimited ? 'generator-limited' : 'at-least'
}

function staircase(
  rules: Rules,
  observations: readonly Observation[],
  { lower, upper }: { lower: number; upper: number },
): number {
  const steps = Math.floor((upper - rules.from) / (upper - lower)) + 1
  const planned = observations.filter(({ load, purpose }) => (load === lower || load === upper) && purpose.startsWith('confirm'))
  return steps * Math.max(fullTrialSec(rules.from, [], rules), ...planned.map(({ durationSec }) => durationSec))
}

/** D2: its own number, beside the capacity. */
export function hardBreakingPoint(observations: readonly Observation[]): number | null {
  const hard = observations.filter(
    ({ generatorLimited, failureClass, cameBack }) =>
      !generatorLimited && (cameBack === false || (failureClass !== undefined && isHardFailure(failureClass))),
  )
  return hard.length === 0 ? null : Math.min(...hard.map(({ load }) => load))
}

function curveOf({ allowedShare }: Rules, observations: readonly Observation[]): readonly CurvePoint[] {
  const valid = observations.filter(({ generatorLimited, ranSec }) => !generatorLimited && ranSec > 0)
  return [...groupByLoad(valid)]
    .map(([load, trials]) => {
      const seconds = trials.reduce((sum, { ranSec }) => sum + ranSec, 0)
      const longest = trials.reduce((a, b) => (b.ranSec > a.ranSec ? b : a))
      return {
        load,
        goodput: trials.reduce((sum, { good }) => sum + good, 0) / seconds,
        completedPerSec: trials.reduce((sum, { completedPerSec, ranSec }) => sum + completedPerSec * ranSec, 0) / seconds,
        medianLatencySec: longest.medianLatencySec ?? null,
        p99LatencySec: longest.p99LatencySec ?? null,
        passes: !trialFails(longest, allowedShare),
      }
    })
    .toSorted((a, b) => a.load - b.load)
}

/** Headroom at the expected peak: 1 − peak / capacity. Negative when the peak is above it. */
export function headroom(peak: number, capacity: number): number {
  return 1 - peak / capacity
}
