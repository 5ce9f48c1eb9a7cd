import type { TestData } from '../analysis/index.ts'
import type { FaultPlaces, UndoLog } from '../faults/index.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { Session } from './session.ts'

/** What a test that is driven beside the load needs of the run. Times are seconds from the start of the load. */
export interface Drive {
  readonly test: TestSpec
  readonly record: TestData
  readonly plan: PlanSpec
  readonly seed: number
  /** A service, a dependency or a limiter. */
  readonly link: string
  readonly fromSec: number
  readonly toSec: number
  readonly session: Session
  readonly undo: UndoLog
  readonly places: FaultPlaces
  /** By which a rate limiter of this name tells its clients apart. */
  readonly limiterValues: (name: string) => Promise<readonly string[]>
  /** Start of the load on the run clock. */
  readonly startSec: number
  /** Aborted when the test is to end. */
  readonly signal: AbortSignal
}

/** A test whose next move follows from what the record has by now. */
export interface DrivenTest {
  /** Makes the moves that are due and writes them to the record; false once there is nothing left to do. */
  next(nowSec: number): Promise<boolean>
  /** Takes away what is still there. */
  clear(): Promise<void>
}
