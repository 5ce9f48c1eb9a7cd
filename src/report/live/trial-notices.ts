import { loadText, trialWords } from '../capacity-words.ts'
import { ms } from '../numbers.ts'
import type { SearchStatus } from './search-status.ts'

/** A line for each trial when it has ended and is judged, told once. */
export function createTrialNotices(): (search: SearchStatus | undefined) => string[] {
  let told: { readonly trials: SearchStatus['soFar']['trials']; readonly count: number } = { trials: [], count: 0 }
  return (search) => {
    if (search === undefined || search.soFar.trials === told.trials) return []
    const { trials } = search.soFar
    // Another test begins its own count.
    const from = trials.length < told.count ? 0 : told.count
    told = { trials, count: trials.length }
    return trials.slice(from).map(({ trial, purpose, load, verdict, p95Ms, failedObjective, voidBy }) => {
      const cause = verdict === 'fails' ? failedObjective : verdict === 'void' ? voidBy.join(', ') : null
      const why = cause === null ? '' : `: ${cause}`
      return `trial ${trial}, ${trialWords[purpose]} at ${loadText(load, search.unit)}: ${verdict}${why} (p95 ${ms(p95Ms)})`
    })
  }
}
