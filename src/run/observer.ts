import type { RunData } from '../analysis/index.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { RunResult } from '../model/run-result.ts'
import type { WindowLine } from '../model/sample.ts'

/** Whoever wants to see a run while it happens. Secrets are masked in everything that arrives here. */
export interface RunObserver {
  onHeader?(header: RunHeader, folder: string): void
  onEvent?(event: RunEvent): void
  onWindows?(lines: readonly WindowLine[]): void
  /** Once a second while a test runs; `data` holds everything up to now. */
  onTick?(tick: RunTick): void
  /** A line of `--debug`. */
  onDebug?(text: string): void
  onResult?(outcome: {
    readonly header: RunHeader
    readonly data: RunData
    readonly result: RunResult
    readonly folder: string
  }): Promise<void> | void
}

export interface RunTick {
  readonly data: RunData
  readonly test: string
  /** Run clock. */
  readonly nowSec: number
}
