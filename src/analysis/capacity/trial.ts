import type { FailureClass } from './failure-class.ts'
import type { Growth } from './growth.ts'

export type TrialPurpose = 'bracket' | 'bisect' | 'confirm-lower' | 'confirm-upper'

/** One load to be held for a time. `load` is requests per second or users: the search does not care which. */
export interface Trial {
  readonly load: number
  readonly durationSec: number
  readonly purpose: TrialPurpose
}

/** What came of one trial; a list of these is the whole memory of a search. */
export interface Observation extends Trial {
  /** How long it really ran: shorter than `durationSec` when it was stopped because its failure was certain. */
  readonly ranSec: number
  readonly good: number
  /** Errors, rejects, time-outs and replies that came too late. */
  readonly notGood: number
  /** What the objectives of the plan say of the trial; absent: the share of the good decides. */
  readonly objectivesHold?: boolean
  /** All responses per second, good or not: the service rate when the target is saturated. */
  readonly completedPerSec: number
  readonly medianLatencySec?: number
  readonly p99LatencySec?: number
  readonly growth?: Growth | null
  readonly generatorLimited?: boolean
  /** The objective that failed first, as the plan words it. */
  readonly failedObjective?: string
  readonly failureClass?: FailureClass
  /** False when the target did not come back to its baseline after the load was taken away (D7). */
  readonly cameBack?: boolean
}

/** D1: high loss, or latency that keeps growing. */
export function trialFails(observation: Observation, allowedShare: number): boolean {
  return loses(observation, allowedShare) || observation.growth?.growing === true
}

/** An objective does not hold, or more than the allowed share is not good. An observation without requests passes nothing. */
export function loses({ good, notGood, objectivesHold }: Observation, allowedShare: number): boolean {
  const total = good + notGood
  if (total === 0) return true
  return objectivesHold === undefined ? notGood / total > allowedShare : !objectivesHold
}

export function groupByLoad(observations: readonly Observation[]): ReadonlyMap<number, readonly Observation[]> {
  const groups = new Map<number, Observation[]>()
  for (const observation of observations) {
    const group = groups.get(observation.load)
    if (group) group.push(observation)
    else groups.set(observation.load, [observation])
  }
  return groups
}
