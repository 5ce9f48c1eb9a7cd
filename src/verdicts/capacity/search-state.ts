import type { CapacitySpec } from '../../model/capacity-spec.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import type { TrialPlan } from '../../model/run-event.ts'
import type { Done, Move, RunData, SearchOptions, SearchResult, TestData } from '../../analysis/index.ts'
import { createSearch, trialsOf } from '../../analysis/index.ts'
import type { ObservedTrial } from './observed.ts'
import { observeTrials, toObservation } from './observed.ts'
import { allowedShareOf, latencyLimitOf } from './work.ts'

/** Load at which a target must recover after an overload, as a share of the capacity (D7). */
export const backShare = 0.75

/** Where a search stands: a function of the record, so that a killed one goes on from it. */
export interface SearchState {
  readonly trials: readonly ObservedTrial[]
  readonly next: Move | Done
  /** What is known by now, finished or not. */
  readonly result: SearchResult
}

export function searchState(data: RunData, test: TestData, capacity: CapacitySpec): SearchState {
  const trials = observeTrials(data, test)
  const observations = trials.flatMap((trial) => toObservation(trial) ?? [])
  const search = createSearch(searchOptions(test.spec, capacity), observations)
  return { trials, next: search.next(), result: search.soFar() }
}

/** Good requests a second at the lower end of what a finished search found; undefined where it found none. */
export function capacityFound(data: RunData, test: TestData, capacity: CapacitySpec): number | undefined {
  const { next, result } = searchState(data, test, capacity)
  return next.kind === 'done' && result.kind === 'interval' ? (result.goodput ?? undefined) : undefined
}

export function searchOptions({ objectives }: TestSpec, capacity: CapacitySpec): SearchOptions {
  const { from, to, within, minTrialSec, maxTrialSec, quick, unit } = capacity
  const { quantile } = latencyLimitOf(objectives)
  const allowedShare = allowedShareOf(objectives)
  return { from, to, within, minTrialSec, maxTrialSec, quick, whole: unit === 'users', quantile, allowedShare }
}

/** Trials that follow each other under one load without a pause: what comes next, or nothing when the test is over. */
export function nextTrials(data: RunData, test: TestData): readonly TrialPlan[] {
  const { capacity } = test.spec
  if (capacity === undefined) return []
  const { next, result } = searchState(data, test, capacity)
  const trial = Math.max(0, ...trialsOf(test).map(({ plan }) => plan.trial)) + 1
  if (next.kind === 'trial') {
    const { load, durationSec, purpose } = next
    return [{ trial, purpose, load, durationSec }]
  }
  return overloadTrials(test, capacity, { result, trial })
}

/** Overload is measured against a capacity that was found: without both ends of the interval there is none to multiply. */
function overloadTrials(
  test: TestData,
  capacity: CapacitySpec,
  { result, trial }: { readonly result: SearchResult; readonly trial: number },
): readonly TrialPlan[] {
  const { lower, upper } = result
  if (lower === null || upper === null) return []
  const done = trialsOf(test).filter(({ plan, end }) => plan.purpose === 'overload' && end !== 'unknown' && end !== 'interrupted')
  const factor = capacity.overload.find((wanted) => !done.some(({ plan }) => plan.factor === wanted))
  const back = trialsOf(test).some(({ plan, end }) => plan.purpose === 'hysteresis' && end !== 'unknown' && end !== 'interrupted')
  const isOver = factor === undefined && (back || done.length === 0)
  if (isOver) return []
  const level = (share: number): number => (capacity.unit === 'users' ? Math.max(1, Math.round(share * lower)) : share * lower)
  const after = (number: number): TrialPlan => ({
    trial: number,
    purpose: 'hysteresis',
    load: level(backShare),
    factor: backShare,
    durationSec: watchSec(capacity),
  })
  // The last overload was ended early, so what follows it still has to be seen.
  if (factor === undefined) return [after(trial)]
  const beyond: TrialPlan = { trial, purpose: 'overload', load: level(factor), factor, durationSec: capacity.overloadSec }
  // The overload is taken away under running load: what it left behind must be seen, so nothing waits in between.
  return factor === capacity.overload.at(-1) ? [beyond, after(trial + 1)] : [beyond]
}

/** Shortest and longest watch after an overload: what does not recover in this time is said to be unknown, or stuck where its bound is shorter. */
const watchBounds = [40, 120] as const

/**
 * How long the target is watched at 0.75 C after an overload to x C for T: a first-in-first-out queue of (x − 1) C T has drained after 4 (x − 1) T. A
 * watch ends as soon as the target has recovered.
 */
function watchSec({ overload, overloadSec }: CapacitySpec): number {
  const drainSec = 4 * (Math.max(...overload) - 1) * overloadSec
  return Math.round(Math.min(watchBounds[1], Math.max(watchBounds[0], drainSec + 10)))
}
