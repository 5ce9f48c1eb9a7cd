import { assignUsers, largestRemainder } from './mix.ts'
import type { Mix } from './mix.ts'

/** What one user of a closed load plays, and in which worker. */
export interface Placement {
  readonly scenario: string
  readonly worker: number
}

/**
 * Places the users of a closed load. Users of the same scenario are dealt out to the workers in turn, scenario after scenario, so that each worker
 * has its share of every scenario, and with it of the rows of a feed: by `user % workers` a mix of 20/80 would put all buyers on one of five workers.
 */
export function placeUsers(mix: Mix, users: number, workers: number): Placement[] {
  const nextSeat: Record<string, number> = {}
  let before = 0
  for (const [name, seats] of Object.entries(largestRemainder(mix, users))) {
    nextSeat[name] = before
    before += seats
  }
  return assignUsers(mix, users).map((scenario) => {
    const seat = nextSeat[scenario] ?? 0
    nextSeat[scenario] = seat + 1
    return { scenario, worker: seat % workers }
  })
}
