import type { ObjectiveSpec } from './objective-spec.ts'

/** What the plan promises of an alert of the target. Without a condition: it must never be raised. */
export interface AlertSpec {
  readonly name: string
  readonly when?: ObjectiveSpec
  /** The name of a phase, or the id of a fault. */
  readonly during?: string
  readonly raisedWithinSec: number
  readonly clearedWithinSec: number
}
