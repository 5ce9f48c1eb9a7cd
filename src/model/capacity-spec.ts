import type { LoadUnit } from './load-spec.ts'

/** A search of the highest load that the target bears under the objectives of its test (`capacity` in a plan). */
export interface CapacitySpec {
  /** What is searched: arrivals per second, or users. */
  readonly unit: LoadUnit
  readonly from: number
  readonly to: number
  /** Width of the interval as a share of its upper end: 0.05. */
  readonly within: number
  /** Shares of the scenarios. */
  readonly mix: Readonly<Record<string, number>>
  readonly process: 'poisson' | 'uniform'
  readonly maxUsers: number
  readonly minTrialSec: number
  readonly maxTrialSec: number
  /** Twice the width and short trials only: a wider answer, and the result says so. */
  readonly quick: boolean
  /** Longest wait between two trials for the target to be back at its baseline. */
  readonly settleLimitSec: number
  /** Loads beyond the capacity to hold afterwards, as multiples of it: `overload` in a plan. */
  readonly overload: readonly number[]
  readonly overloadSec: number
  /** Load at the expected peak, in the unit of the search: gives the headroom. */
  readonly peak?: number
}

/** What only the whole search can answer; every other objective of its test is what one trial must hold. */
export const searchMetrics = ['capacity', 'headroom', 'degradation'] as const
export type SearchMetric = (typeof searchMetrics)[number]

export function isSearchMetric(name: string): name is SearchMetric {
  return searchMetrics.some((metric) => metric === name)
}
