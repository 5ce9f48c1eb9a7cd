import { classifyLoad } from './bounds.ts'
import type { BoundGoal } from './bounds.ts'
import type { Rules } from './rules.ts'
import { groupByLoad, loses } from './trial.ts'
import type { Observation } from './trial.ts'

/** Loads sorted into bounds by short trials (`coarse`) and by full ones (`final`). */
export interface Standing {
  readonly lower: number | null
  readonly upper: number | null
  /** Loads that pass above one that fails. */
  readonly inverted: readonly number[]
}

export function standing(rules: Rules, observations: readonly Observation[], phase: 'coarse' | 'final'): Standing {
  const byLoad = groupByLoad(observations)
  const lowers: number[] = []
  const uppers: number[] = []
  for (const [load, trials] of byLoad) {
    const bound = classifyLoad(trials, goalAt(rules, trials, phase))
    if (bound === 'lower') lowers.push(load)
    if (bound === 'upper') uppers.push(load)
  }
  const upper = uppers.length === 0 ? null : Math.min(...uppers)
  const below = lowers.filter((load) => upper === null || load < upper)
  return {
    lower: below.length === 0 ? null : Math.max(...below),
    upper,
    inverted: lowers.filter((load) => upper !== null && load > upper),
  }
}

function goalAt({ allowedShare, minTrialSec }: Rules, trials: readonly Observation[], phase: 'coarse' | 'final'): BoundGoal {
  const isConfirmation = ({ purpose }: Observation) => purpose.startsWith('confirm')
  if (phase === 'coarse') return { allowedShare, durationSumSec: minTrialSec, isFull: () => true }
  // The sum is what was asked for when the trial was planned: a better estimate of the service rate later does not undo it.
  const planned = trials.filter(isConfirmation).map(({ durationSec }) => durationSec)
  // One slope in some hundreds is significant by chance: a load that fails by growth alone is asked a second time, and then a tie is a pass.
  const doubtful = trials.some((trial) => isConfirmation(trial) && trial.growth?.growing === true && !loses(trial, allowedShare))
  const longest = planned.length === 0 ? Number.MAX_VALUE : Math.max(...planned)
  return { allowedShare, durationSumSec: doubtful ? 2 * longest : longest, isFull: isConfirmation }
}
