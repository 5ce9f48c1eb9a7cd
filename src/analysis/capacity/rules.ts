import { requestsPerLoad } from './trial-length.ts'
import type { LengthOptions } from './trial-length.ts'
import type { Observation } from './trial.ts'

export interface SearchOptions {
  readonly from: number
  readonly to: number
  /** Width of the interval as a share of its upper end, such as 0.05. */
  readonly within: number
  readonly minTrialSec: number
  readonly maxTrialSec?: number
  /** Rarest quantile of the objectives; its complement is the share of requests that may be not good. */
  readonly quantile?: number
  readonly allowedShare?: number
  /** Users are whole numbers. */
  readonly whole?: boolean
  /** Absent: learnt from the trials. */
  readonly requestsPerLoad?: number
  /** Twice the width and trials of at most four times the shortest: a wider answer, and the result says so. */
  readonly quick?: boolean
}

export type Rules = Required<SearchOptions> & LengthOptions

/** What no trial is longer than; a quick search has at most four times its shortest. */
export function longestTrialSec({ minTrialSec, maxTrialSec = 600, quick = false }: TrialLengths): number {
  return quick ? Math.min(maxTrialSec, 4 * minTrialSec) : maxTrialSec
}

type TrialLengths = Pick<SearchOptions, 'minTrialSec' | 'maxTrialSec' | 'quick'>

/** D1c asks for 20 relaxation times at least; the rate that they are reckoned from is an estimate. */
const relaxations = 30
export function completeRules(options: SearchOptions, observations: readonly Observation[] = []): Rules {
  const { within, quick = false, quantile = 0.99 } = options
  const allowedShare = options.allowedShare ?? 1 - quantile
  return {
    allowedShare,
    whole: false,
    requestsPerLoad: requestsPerLoad(observations, allowedShare),
    ...options,
    quick,
    quantile,
    within: quick ? 2 * within : within,
    maxTrialSec: longestTrialSec(options),
    relaxations,
  }
}
