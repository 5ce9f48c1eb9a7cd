import type { ControlledProcess, StartedAgain } from './controlled-process.ts'
import type { Supervisor } from './supervisor.ts'

/** A service that the plan asked for, ready to be used. */
export interface RunningService {
  readonly name: string
  /** Connection string. */
  readonly url: string
  /** When it was started; absent when the service is not ours. */
  readonly pid?: number
  /** For whoever ends it on purpose. Absent when the service is not ours. */
  readonly process?: ControlledProcess
  readonly version?: string
  /** Must not appear in anything written: the password of the connection string. */
  readonly secrets: readonly string[]
  /** Settles when the service ends and nobody had expected it, for whatever reason; never for a service that is not ours. */
  readonly exited: Promise<{ readonly lastLines: readonly string[] }>
  /** Absent where nothing can be put back. */
  readonly data?: RestorableData
  stop(): Promise<void>
}

/** Data that can be put back. Nobody else may be connected meanwhile. */
export interface RestorableData {
  /** What there is now is what `restore` will bring back. */
  keep(): Promise<void>
  restore(): Promise<void>
}

export interface ServiceOptions {
  readonly supervisor: Supervisor
  /** Where the service's log goes. */
  readonly outFile: string
  /** For `urlFromEnv`; default: our own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Gives up waiting. */
  readonly signal?: AbortSignal
  /** Told when it is ready after it was started again in place. */
  readonly onStartedAgain?: (again: StartedAgain) => void
}
