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
  /** Width of the interval as a share of its upper end. */
  readonly within: number
  readonly allowedShare: number
}

/**
 * Service rate as the failing trials show it: a target that is offered more than it completes is saturated; one that answers all of it but a third
 * or more with errors refuses what it cannot do. Null before any trial did either, by more than the standard error of random arrivals. Pooled over
 * the trials, because one that was stopped early is only seconds long.
 */
export function estimateServiceRate(
  observations: readonly Observation[],
  { requestsPerLoad, allowedShare }: { readonly requestsPerLoad: number; readonly allowedShare: number },
): number | null {
  const failing = observations.filter((one) => one.generatorLimited !== true && one.ranSec > 0 && trialFails(one, allowedShare))
  const refusing = failing.filter(({ failureClass }) => failureClass === 'F1' || failureClass === 'F4')
  const short = (trials: readonly Observation[], share: number, of: (one: Observation) => number) =>
    pooled(
      trials.filter((one) => {
        const offered = one.load * requestsPerLoad
        return of(one) < Math.min(share * offered, offered - Math.sqrt(offered / one.ranSec))
      }),
      of,
    )
  return (
    short(failing, 0.98, ({ completedPerSec }) => completedPerSec) ?? short(refusing, 0.7, ({ good, ranSec }) => good / ranSec)
  )
}

function pooled(trials: readonly Observation[], perSec: (one: Observation) => number): number | null {
  const seconds = trials.reduce((sum, { ranSec }) => sum + ranSec, 0)
  const done = trials.reduce((sum, one) => sum + perSec(one) * one.ranSec, 0)
  return seconds === 0 || done === 0 ? null : done / seconds
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
 * D1c: a full trial lasts 20 relaxation times, or it is biased high by the empty queue that it starts with; and it has the samples that its objective
 * needs, or chance decides. Closer to the service rate than the width that is asked for nothing can be told apart. A target that failed without ever
 * being saturated serves at least what it completed then, and settles no slower than one that serves just that.
 */
export function fullTrialSec(load: number, observations: readonly Observation[], options: LengthOptions): number {
  const { minTrialSec, maxTrialSec, requestsPerLoad, relaxations, allowedShare, within } = options
  const rate = estimateServiceRate(observations, options) ?? busiest(observations, allowedShare)
  const perSec = load * requestsPerLoad
  // Nothing has failed yet, so nobody knows how soon it settles: what is said to be borne has to be borne for long.
  const unknown = observations.length === 0 ? minTrialSec : maxTrialSec
  const settled = rate === null ? unknown : relaxations * relaxationSec(Math.min(perSec, (1 - within) * rate), rate)
  const sampled = rate === null ? 0 : decisiveSamples(Math.min(1, perSec / rate), options) / perSec
  return Math.round(Math.min(maxTrialSec, Math.max(shortTrialSec(load, options), settled, sampled)))
}

function busiest(observations: readonly Observation[], allowedShare: number): number | null {
  const failing = observations.filter((one) => one.generatorLimited !== true && trialFails(one, allowedShare))
  const most = Math.max(0, ...failing.map(({ completedPerSec }) => completedPerSec))
  return most > 0 ? most : null
}

/**
 * Requests that a trial needs for an error of a third of the width at the capacity (one standard error). Times in a queue depend on each other: in M/M/1
 * the share above the limit L has the variance g / (n (1 − q)) of its logarithm with g ≈ 4ρ / (1 − ρ)², and changes by L = ln(1/(1−q)) / (μ − λ)
 * with λ; ρ stays only once.
 */
export function decisiveSamples(utilisation: number, { quantile, within }: Pick<LengthOptions, 'quantile' | 'within'>): number {
  return 4 / ((1 - quantile) * Math.log(1 - quantile) ** 2 * utilisation * (within / 3) ** 2)
}

export function shortTrialSec(load: number, { minTrialSec, maxTrialSec, quantile, requestsPerLoad }: LengthOptions): number {
  return Math.ceil(Math.min(maxTrialSec, Math.max(minTrialSec, minimumSamples(quantile) / (load * requestsPerLoad))))
}

/** Bisection of a wide interval needs less than a narrow one: a trial as decisive as the halves are wide, so that few full trials are left to do. */
export function bisectTrialSec(
  load: number,
  width: number,
  observations: readonly Observation[],
  options: LengthOptions,
): number {
  const { maxTrialSec, requestsPerLoad, within } = options
  const rate = estimateServiceRate(observations, options)
  const perSec = load * requestsPerLoad
  const sampled =
    rate === null ? 0 : decisiveSamples(Math.min(1, perSec / rate), { ...options, within: Math.max(within, width) }) / perSec
  return Math.ceil(Math.min(maxTrialSec, Math.max(shortTrialSec(load, options), sampled)))
}
