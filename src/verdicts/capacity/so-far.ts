import type { TrialKind } from '../../model/run-event.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { latencyOf } from '../latency.ts'
import { bears } from './judge-capacity.ts'
import { searchState } from './search-state.ts'

/** What a search that still runs knows: for who watches it. */
export interface SearchSoFar {
  readonly lower: number | null
  readonly upper: number | null
  /** Those that have ended. */
  readonly trials: readonly {
    readonly trial: number
    readonly purpose: TrialKind
    readonly load: number
    readonly verdict: 'bears' | 'fails' | 'void'
    readonly p95Ms: number | null
    readonly failedObjective: string | null
    /** Validity checks that are void in it. */
    readonly voidBy: readonly string[]
  }[]
}

export function searchSoFar(data: RunData, test: TestData): SearchSoFar | undefined {
  const { capacity } = test.spec
  if (capacity === undefined) return undefined
  const { trials, result } = searchState(data, test, capacity)
  return {
    lower: result.lower,
    upper: result.upper,
    trials: trials.map((observed) => {
      const { trial, purpose, load } = observed.record.plan
      return {
        trial,
        purpose,
        load,
        verdict: observed.voidBy.length > 0 ? 'void' : bears(observed) ? 'bears' : 'fails',
        p95Ms: latencyOf(observed.work.response).p95,
        failedObjective: observed.failedObjective,
        voidBy: observed.voidBy,
      }
    }),
  }
}
