import { createSearch } from '../../src/analysis/index.ts'
import type { Search, SearchOptions, SearchResult } from '../../src/analysis/index.ts'
import { simulateTrial } from './simulated-systems.ts'
import type { SimulatedSystem } from './simulated-systems.ts'

export interface SimulatedCase {
  readonly system: SimulatedSystem
  readonly limitSec: number
  readonly poisson?: boolean
  readonly thinkSec?: number
  readonly generatorLimit?: number
  readonly search?: Partial<SearchOptions>
}

const mostTrials = 100

export function optionsOf({ search }: SimulatedCase): SearchOptions {
  return { from: 10, to: 1000, within: 0.03, minTrialSec: 10, quantile: 0.99, ...search }
}

/** Runs a search to its end on a virtual clock. */
export function runSearch(simulated: SimulatedCase, seed: number): { readonly search: Search; readonly result: SearchResult } {
  const options = optionsOf(simulated)
  const { system, limitSec, poisson = false, thinkSec, generatorLimit } = simulated
  const conditions = {
    system,
    limitSec,
    poisson,
    allowedShare: 1 - (options.quantile ?? 0.99),
    ...(thinkSec === undefined ? {} : { thinkSec }),
  }
  const search = createSearch(options)
  for (let i = 0; i < mostTrials; i++) {
    const move = search.next()
    if (move.kind === 'done') return { search, result: move.result }
    // Every trial has arrivals of its own: a repeat of a load must not repeat its luck.
    const trial = { ...conditions, seed: 1000 * seed + i }
    search.observe(simulateTrial(move, generatorLimit === undefined ? trial : { ...trial, generatorLimit }))
  }
  throw new Error(`No end after ${String(mostTrials)} trials: ${JSON.stringify(search.observations.slice(-3))}`)
}

/** Middle of the interval against the truth, as a share of it; infinite without an interval. */
export function errorOf({ lower, upper }: SearchResult, truth: number): number {
  return lower === null || upper === null ? Number.POSITIVE_INFINITY : (lower + upper) / 2 / truth - 1
}
