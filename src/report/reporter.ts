import type { RunData } from '../analysis/index.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { RunResult } from '../model/run-result.ts'
import type { WindowLine } from '../model/sample.ts'

/** Whoever shows or writes a run. Every method is optional: a reporter takes only what it needs. */
export interface Reporter {
  onHeader?(header: RunHeader, folder: string): void
  onEvent?(event: RunEvent): void
  onWindows?(lines: readonly WindowLine[]): void
  /** Once a second while a test runs; `data` holds everything up to now. */
  onTick?(tick: ReporterTick): void
  /** A line of `--debug`. */
  onDebug?(text: string): void
  onResult?(outcome: RunOutcome): Promise<void> | void
}

export interface ReporterTick {
  readonly data: RunData
  readonly test: string
  /** Run clock. */
  readonly nowSec: number
}

/** Everything a report is made of. */
export interface RunOutcome {
  readonly header: RunHeader
  readonly data: RunData
  readonly result: RunResult
  /** The run folder, where reports are written to; empty when there is none. */
  readonly folder: string
}

/** What a reporter may touch of the world, so that tests can hand in their own. */
export interface ReporterContext {
  readonly out: TextOutput
  readonly err: TextOutput
  readonly env: Readonly<Record<string, string | undefined>>
}

/** As much of a terminal as is needed; `process.stdout` is one. */
export interface TextOutput {
  write(text: string): boolean
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}
