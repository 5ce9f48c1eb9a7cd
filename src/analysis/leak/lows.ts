import type { ResourceReading } from './leak.ts'

/** Windows of a whole test: after the cut of a third, twenty of them are left to be judged. Machida et al. (2013) want thirty. */
const windowsOfATest = 30
/** D12: lows of twenty seconds; a shorter test has shorter windows, because it must have enough of them. */
const longestWindowSec = 20

export function windowLength(readings: readonly ResourceReading[]): number {
  const first = readings[0]
  const last = readings.at(-1)
  return first && last ? Math.min(longestWindowSec, (last.tSec - first.tSec) / windowsOfATest) : longestWindowSec
}

/** The lowest reading of each window, with the requests at that moment. The last window may be cut short and is dropped then. */
export function windowMinima(readings: readonly ResourceReading[], windowSec: number): readonly ResourceReading[] {
  return lowest(readings, readings, windowSec)
}

/** Ours: a fall of this share of the largest is a collection of the same kind; smaller ones take only the youngest garbage. */
const fallShare = 0.25

/**
 * What each collection left: the readings right after a fall, the lowest of each window. A window without a collection has nothing to say: its lowest
 * reading is garbage that nobody has looked at yet.
 */
export function collectionLows(readings: readonly ResourceReading[], windowSec: number): readonly ResourceReading[] {
  const falls = readings.map(({ value }, i) => (readings[i - 1]?.value ?? value) - value)
  const large = fallShare * falls.reduce((a, b) => Math.max(a, b), 0)
  const after = readings.filter((_, i) => large > 0 && (falls[i] ?? 0) >= large)
  return lowest(after, readings, windowSec)
}

function lowest(
  among: readonly ResourceReading[],
  readings: readonly ResourceReading[],
  windowSec: number,
): readonly ResourceReading[] {
  const start = readings[0]?.tSec ?? 0
  const end = readings.at(-1)?.tSec ?? 0
  const spacing = readings.length > 1 ? (end - start) / (readings.length - 1) : 0
  const whole = Math.floor((end - start + spacing) / windowSec + 1e-9)
  const lows = new Map<number, ResourceReading>()
  for (const reading of among) {
    const window = Math.floor((reading.tSec - start) / windowSec)
    const low = lows.get(window)
    if (window < whole && (!low || reading.value < low.value)) lows.set(window, reading)
  }
  return [...lows.values()]
}
