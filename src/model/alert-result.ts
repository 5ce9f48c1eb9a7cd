/** What became of one alert of the target in one test. Times are seconds from the start of the load. */
export interface AlertResult {
  readonly name: string
  readonly verdict: AlertVerdict
  readonly reason: string
  /** As the plan has it; null: it must never be raised, or the plan does not know it. */
  readonly condition: string | null
  /** When the condition was true, with pauses that are shorter than the time to clear it. */
  readonly due: readonly AlertStretch[]
  readonly raised: readonly AlertStretch[]
  /** Slowest, of all times that it was due; null: it was not, or never came. */
  readonly raisedAfterSec: number | null
  readonly clearedAfterSec: number | null
}

/** `OK` is also an alert that was not due and was not raised. `UNLISTED`: the plan says nothing of it. */
export type AlertVerdict = 'OK' | 'MISSING' | 'FALSE' | 'STUCK' | 'LATE' | 'UNKNOWN' | 'UNLISTED'

export interface AlertStretch {
  readonly fromSec: number
  /** Null: it goes on to the end of the record. */
  readonly toSec: number | null
}
