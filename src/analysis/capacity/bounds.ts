import { trialFails } from './trial.ts'
import type { Observation } from './trial.ts'

export type Bound = 'lower' | 'upper' | 'undecided'

export interface BoundGoal {
  readonly allowedShare: number
  /** Seconds of full-length trials that a load needs before it is decided. */
  readonly durationSumSec: number
  readonly isFull: (observation: Observation) => boolean
  /** Share of the time that may be bad: 0.5 asks for the median of the trials. */
  readonly exceed?: number
}

/**
 * The rule of MLRsearch (draft-ietf-bmwg-mlrsearch, "Load Classification"): a load is an upper bound if it would be one though all that was not
 * measured were good, a lower bound if it would be one though all of that were bad. Short trials count only against a load, and short good ones
 * only against short bad ones. A trial of which the failure was certain counts with its whole planned time.
 */
export function classifyLoad(observations: readonly Observation[], goal: BoundGoal): Bound {
  const { allowedShare, durationSumSec, isFull, exceed = 0.5 } = goal
  const sums = { goodFull: 0, badFull: 0, goodShort: 0, badShort: 0 }
  for (const observation of observations) {
    if (observation.generatorLimited) continue
    const fails = trialFails(observation, allowedShare)
    if (isFull(observation)) sums[fails ? 'badFull' : 'goodFull'] += observation.durationSec
    else sums[fails ? 'badShort' : 'goodShort'] += observation.durationSec
  }
  const balanced = (sums.goodShort * exceed) / (1 - exceed)
  const bad = sums.badFull + Math.max(0, sums.badShort - balanced)
  const whole = Math.max(sums.goodFull + bad, durationSumSec)
  if (bad > whole * exceed) return 'upper'
  return whole - sums.goodFull <= whole * exceed ? 'lower' : 'undecided'
}
