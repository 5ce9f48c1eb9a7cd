import type { FaultScope, LinkAction } from './link-fault.ts'
import type { PressureAction } from './pressure-spec.ts'
import type { DatabaseAction, PreloadAction, ProcessAction } from './process-fault.ts'

/** A fault of a test, in seconds from the start of its load. */
export interface FaultSpec {
  /** Unique within its test: `cpu`, `cpu 2`, `down(db)` … */
  readonly id: string
  readonly atSec: number
  readonly forSec: number
  readonly fault: FaultAction
  /** Of a fault on a link; absent: everybody meets it. */
  readonly scope?: FaultScope
}

/** What is done, with its own figures. */
export type FaultAction = PressureAction | LinkAction | ProcessAction | DatabaseAction | PreloadAction

/** Each `everySec` from `fromSec` on, one of `faults` drawn by the seed, for `forSec`. */
export interface NemesisSpec {
  readonly fromSec: number
  readonly everySec: number
  readonly forSec: number
  readonly faults: readonly Omit<FaultSpec, 'atSec' | 'forSec'>[]
}
