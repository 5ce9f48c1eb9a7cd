/** Little's law, L = λ·W (Little 1961): mean number in flight that a throughput and a mean response time make. */
export function littleInFlight(perSec: number, responseSec: number): number {
  return perSec * responseSec
}

/** Interactive response time law, N = X·(R + Z) (Denning & Buzen 1978): users that a closed load keeps busy or thinking. */
export function interactiveUsers(perSec: number, { responseSec, thinkSec }: { responseSec: number; thinkSec: number }): number {
  return perSec * (responseSec + thinkSec)
}

/** Relative difference of a measured value from the one that a law expects; 0 when both are 0, Infinity when only the law's is. */
export function mismatch(measured: number, expected: number): number {
  if (measured === expected) return 0
  return expected === 0 ? Infinity : Math.abs(measured - expected) / Math.abs(expected)
}

/**
 * What the edges of a stretch may add to the mismatch of Little's law, as a share of `totalSec`, the sum of the times of all that ended in it: what was
 * in flight when it began counts with its whole time, and what is in flight at its end not yet. Each is off by its own time at most.
 */
export function littleEdgeBound(of: {
  readonly inFlightAtStart: number
  readonly inFlightAtEnd: number
  readonly maxResponseSec: number
  readonly totalSec: number
}): number {
  return ((of.inFlightAtStart + of.inFlightAtEnd) * of.maxResponseSec) / of.totalSec
}
