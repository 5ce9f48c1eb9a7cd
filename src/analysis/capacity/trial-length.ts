import { minimumSamples } from '../minimum-samples.ts'
import { trialFails } from './trial.ts'
import type { Observation } from './trial.ts'

export interface LengthOptions {
  readonly minTrialSec: number
  readonly maxTrialSec: number
  /** Rarest quantile of the objectives: 0.99 needs 368 samples to be bounded at all. */
  readonly quantile: number
  /** Requests per second that one unit of load makes: 1 for arrivals, 1/(R+Z) for users. */
  readonly requestsPerLoad: number
  readonly relaxations: number
}

/**
 * Service rate as the failing trials show it: a target that is offered more than it completes is saturated. Null before any trial did that.
 * Pooled over the trials, because one that was stopped early is only seconds long.
 */
export function estimateServiceRate(observations: readonly Observation[], requestsPerLoad = 1): number | null {
  let completed = 0
  let seconds = 0
  for (const { load, completedPerSec, ranSec, generatorLimited } of observations) {
    if (generatorLimited || completedPerSec >= 0.98 * load * requestsPerLoad) continue
    completed += completedPerSec * ranSec
    seconds += ranSec
  }
  return seconds === 0 || completed === 0 ? null : completed / seconds
}

/** Relaxation time of M/M/1, the slowest of the usual queues at the same load: 1 / (μ (1 − √ρ)²) (Cohen 1982). Infinite at and above μ. */
export function relaxationSec(load: number, serviceRate: number): number {
  if (load >= serviceRate) return Number.POSITIVE_INFINITY
  return 1 / (serviceRate * (1 - Math.sqrt(load / serviceRate)) ** 2)
}

/** Requests per second that one unit of load makes, pooled over the trials that bore theirs: 1 for a scenario of one request; 1 before any did. */
export function requestsPerLoad(observations: readonly Observation[], allowedShare: number): number {
  let completed = 0
  let planned = 0
  for (const observation of observations) {
    const { load, completedPerSec, ranSec, generatorLimited } = observation
    if (generatorLimited === true || trialFails(observation, allowedShare)) continue
    completed += completedPerSec * ranSec
    planned += load * ranSec
  }
  return completed === 0 ? 1 : completed / planned
}

/**
 * D1c: a full trial lasts 20 relaxation times and bears the samples of the rarest objective. Short trials start with an empty queue and are biased
 * high; repeating them does not help.
 */
export function fullTrialSec(load: number, observations: readonly Observation[], options: LengthOptions): number {
  const { minTrialSec, maxTrialSec, requestsPerLoad, relaxations } = options
  const rate = estimateServiceRate(observations, requestsPerLoad)
  const relaxed = rate === null ? minTrialSec : relaxations * relaxationSec(load * requestsPerLoad, rate)
  return Math.round(Math.min(maxTrialSec, Math.max(shortTrialSec(load, options), relaxed)))
}

export function shortTrialSec(load: number, { minTrialSec, maxTrialSec, quantile, requestsPerLoad }: LengthOptions): number {
  return Math.ceil(Math.min(maxTrialSec, Math.max(minTrialSec, minimumSamples(quantile) / (load * requestsPerLoad))))
}
