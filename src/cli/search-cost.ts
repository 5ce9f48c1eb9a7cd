import { createSearch } from '../analysis/index.ts'
import type { SearchOptions } from '../analysis/index.ts'

export interface SearchCost {
  readonly trials: number
  /** Seconds of load. */
  readonly loadSec: number
  readonly longestTrialSec: number
}

/** Capacities that are tried out, from below `from` to beyond `to`. */
const gridSize = 25
/** Short trials flatter a target (D1c): the long ones find this share of what the short ones found. */
const longShares = [1, 0.95, 0.8, 0.6]
/** A search that is longer than that will not be longer for being counted. */
const mostTrials = 200

/** The longest that the search itself takes on any of a grid of targets, each of which fails above its capacity: an estimate, as nobody knows the target before. */
export function longestSearch(options: SearchOptions): SearchCost {
  const { from, to } = options
  let longest: SearchCost = { trials: 0, loadSec: 0, longestTrialSec: 0 }
  for (let step = 0; step <= gridSize; step++) {
    const capacity = 0.9 * from * ((1.2 * to) / (0.9 * from)) ** (step / gridSize)
    for (const share of longShares) {
      const cost = costOn(options, { short: capacity, long: share * capacity })
      if (cost.loadSec > longest.loadSec) longest = cost
    }
  }
  return longest
}

function costOn(options: SearchOptions, capacity: { readonly short: number; readonly long: number }): SearchCost {
  const search = createSearch(options)
  let loadSec = 0
  let longestTrialSec = 0
  for (let trials = 0; trials < mostTrials; trials++) {
    const next = search.next()
    if (next.kind === 'done') return { trials, loadSec, longestTrialSec }
    const { load, durationSec, purpose } = next
    loadSec += durationSec
    longestTrialSec = Math.max(longestTrialSec, durationSec)
    const limit = purpose.startsWith('confirm') ? capacity.long : capacity.short
    const holds = load <= limit
    search.observe({
      load,
      durationSec,
      purpose,
      ranSec: durationSec,
      good: holds ? 1 : 0,
      notGood: holds ? 0 : 1,
      objectivesHold: holds,
      completedPerSec: Math.min(load, limit),
    })
  }
  return { trials: mostTrials, loadSec, longestTrialSec }
}
