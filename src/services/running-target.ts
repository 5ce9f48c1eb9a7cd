import type { LimitsSpec } from '../model/limits-spec.ts'
import type { LimitResult } from '../model/run-result.ts'
import type { ControlledProcess, StartedAgain } from './controlled-process.ts'
import type { Supervisor } from './supervisor.ts'

export interface TargetOptions {
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Where the target's output goes. Its process writes there itself: that costs the generator nothing and can never block the target. */
  readonly outFile: string
  readonly supervisor: Supervisor
  /** Gives up waiting. */
  readonly signal?: AbortSignal
  /** Taken out of the last lines and, after the end, out of the output file. */
  readonly secrets?: readonly string[]
  /** Laid on the target's processes before the command runs. */
  readonly limits?: LimitsSpec
  /** What it is called in messages and in the journal; default: the target. */
  readonly called?: Called
  /** Told when it is ready after it was started again in place. */
  readonly onStartedAgain?: (again: StartedAgain) => void
  /** A module for its Node processes: what is added to NODE_OPTIONS, and to the environment. */
  readonly preload?: { readonly nodeOptions: string; readonly env: Readonly<Record<string, string>> }
}

/** The target is not the only command that a plan starts. */
export interface Called {
  /** `target`, or `service payments`. */
  readonly title: string
  /** Path of its options in the plan. */
  readonly path: string
  readonly code: 'TARGET_NOT_STARTED' | 'SERVICE_NOT_STARTED'
}

export const theTarget: Called = { title: 'target', path: 'target', code: 'TARGET_NOT_STARTED' }

export interface TargetExit {
  readonly code: number | null
  readonly signal: string | null
  readonly lastLines: readonly string[]
}

export interface RunningTarget {
  /** Of the first process, now; undefined while it does not run, and when only a URL is known. */
  readonly pid: number | undefined
  /** For whoever ends it on purpose. Absent when only a URL is known. */
  readonly process?: ControlledProcess
  /** From the start of the command until it was ready; 0 when attached. */
  readonly startupSec: number
  /** What was asked for and what this machine has set; empty without limits. */
  readonly limits: readonly LimitResult[]
  /** Settles when the target's first process ends and nobody had expected it, for whatever reason. For a target that is not ours: when its pid disappears. */
  readonly exited: Promise<TargetExit>
  /** Ends the whole process tree, and answers when nothing of it lives. An attached target is left alone. */
  stop(): Promise<void>
}
