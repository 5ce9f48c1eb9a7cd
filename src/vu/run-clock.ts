/** This thread's clock and its place on the clock of the run, which all threads of a machine share through `process.hrtime`. */
export interface RunClock {
  /** Milliseconds, monotonic, this thread only. */
  readonly now: () => number
  /** Seconds on the run clock of a time on this thread's clock. */
  readonly toRunSec: (ms: number) => number
  readonly fromRunSec: (sec: number) => number
}

export function createRunClock(runStartNs: string): RunClock {
  const ahead = Number(process.hrtime.bigint() - BigInt(runStartNs)) / 1e6
  const zeroMs = performance.now() - ahead
  return {
    now: () => performance.now(),
    toRunSec: (ms) => (ms - zeroMs) / 1000,
    fromRunSec: (sec) => zeroMs + sec * 1000,
  }
}
