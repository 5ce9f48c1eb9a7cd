/** The one clock of a run: seconds since its start, the same in every thread of this machine. */
export interface RunClock {
  /** `process.hrtime.bigint()` at zero, as text (it crosses the thread border). */
  readonly startNs: string
  now(): number
}

export function startRunClock(): RunClock {
  const start = process.hrtime.bigint()
  return { startNs: String(start), now: () => Number(process.hrtime.bigint() - start) / 1e9 }
}
