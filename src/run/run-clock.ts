/** The one clock of a run: seconds since its start, the same in every thread of this machine. */
export interface RunClock {
  /** `process.hrtime.bigint()` at zero, as text (it crosses the thread border). */
  readonly startNs: string
  now(): number
}

/** @param fromSec what the clock shows now: a resumed run goes on in the seconds of its first part */
export function startRunClock(fromSec = 0): RunClock {
  const start = process.hrtime.bigint() - BigInt(Math.round(fromSec * 1e9))
  return { startNs: String(start), now: () => Number(process.hrtime.bigint() - start) / 1e9 }
}
