import type { TimedTask } from './pump.ts'

/** One load of a test in one worker. */
export interface LoadRunner {
  /** What the pump has to run for it. */
  readonly tasks: readonly TimedTask[]
  /** Users alive. */
  readonly alive: number
  /** Nothing left to start and nobody alive, before the load's time is over. */
  readonly exhausted: boolean
  /** Brings the meter up to date. */
  settle(nowMs: number): void
  /** No new iterations; what runs may end. */
  finish(nowMs: number): void
  /** Takes away everybody who is left. */
  abort(): void
}

/** What a load runner is given besides its load. */
export interface RunnerOptions {
  /** Start of the load on this thread's clock. */
  readonly startMs: number
  readonly worker: number
  readonly workers: number
  /** Users of other loads and tests have the ids up to here. */
  readonly firstId: number
  /** Called when a user has left. */
  left(): void
  /** A task of this load is due earlier than the pump knows. */
  wake(): void
}
