import type { DropCause } from './load-meter.ts'

/** What is known about a load when it has to give up arrivals that were due. */
export interface DropSituation {
  /** All users that the load may have are busy. */
  readonly atCap: boolean
  readonly maxUsers: number
  /** Planned arrivals per second around now. */
  readonly ratePerSec: number
  /** Mean length of the first iterations, in seconds; null: none has ended. */
  readonly earlySec: number | null
  /** Mean length of the latest iterations, those still running counted with their age. */
  readonly recentSec: number
  /** Users that have a request in flight / users alive. */
  readonly waitingShare: number
  /** Busy share of the worker's loop in the last window. */
  readonly loopBusy: number
}

/** Beyond this an iteration's length has grown, and is not just scattered. */
const grown = 1.5
/** A loop this busy cannot be told from a slow target. */
const saturated = 0.95

/**
 * Who is to blame that arrivals did not start:
 * 1. users were free, yet they had not been sent: the *generator* was late; likewise when its loop had no time left;
 * 2. by Little's law the healthy target keeps `rate × early iteration time` users busy: when the cap is below that, it is the *cap of users*;
 * 3. the cap would do for the healthy target, but iterations take longer than they did, or none has ended and most users wait for an answer: the *target*;
 * 4. otherwise nothing got slower and a burst met a tight cap: the *cap of users*.
 */
export function dropCause(at: DropSituation): DropCause {
  if (!at.atCap || at.loopBusy >= saturated) return 'generator'
  if (at.earlySec === null) return at.waitingShare >= 0.5 ? 'target' : 'usersCap'
  if (at.maxUsers < at.ratePerSec * at.earlySec) return 'usersCap'
  return at.recentSec > at.earlySec * grown ? 'target' : 'usersCap'
}
