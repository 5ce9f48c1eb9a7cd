import type { ArrivalWindow } from './arrival-windows.ts'

/** D6: what lasts this many seconds is no chance. */
export const goodInARow = 5
export const badInARow = 3

/**
 * The first of so many windows in a row of which each, and all together, are as asked: five windows may each be just within chance and be too much together.
 * Windows that say nothing are passed over.
 */
export function firstInARow(
  windows: readonly ArrivalWindow[],
  {
    length,
    says,
    holds,
  }: {
    readonly length: number
    readonly says: (window: ArrivalWindow) => boolean
    readonly holds: (window: ArrivalWindow) => boolean
  },
): ArrivalWindow | undefined {
  const telling = windows.filter(says)
  let run: ArrivalWindow[] = []
  for (const window of telling) {
    run = holds(window) ? [...run, window].slice(-length) : []
    if (run.length === length && holds(together(run))) return run[0]
  }
  return undefined
}

/** Several windows as one. */
function together(windows: readonly ArrivalWindow[]): ArrivalWindow {
  const sum = (of: (window: ArrivalWindow) => number): number => windows.reduce((total, window) => total + of(window), 0)
  const times = new Map<number, number>()
  for (const window of windows) for (const [micros, count] of window.times) times.set(micros, (times.get(micros) ?? 0) + count)
  const isKnown = windows.every(({ level }) => level !== null)
  return {
    sec: windows[0]?.sec ?? 0,
    span: sum(({ span }) => span),
    good: sum(({ good }) => good),
    failed: sum(({ failed }) => failed),
    answered: sum(({ answered }) => answered),
    times,
    planned: sum(({ planned }) => planned),
    started: sum(({ started }) => started),
    inFlight: sum(({ inFlight }) => inFlight),
    level: isKnown ? sum(({ level }) => level ?? 0) : null,
    isVoid: false,
    ended: {
      count: sum(({ ended }) => ended.count),
      failed: sum(({ ended }) => ended.failed),
      rejected: sum(({ ended }) => ended.rejected),
    },
  }
}
