import type { CapacityBack } from '../../model/recovery-result.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import { isSameLevel } from './load-level.ts'
import { goodInARow } from './runs.ts'

/** D6: so much of the capacity of before is all of it. */
const backShare = 0.95
/** One-sided, 95 %: what a count may be too small by chance. */
const z = 1.645

/**
 * Whether the capacity that was found before the fault is there after it (D6): the first five seconds in a row in which 95 % of it were good, and as
 * many in all that follow under that load. That can only be seen of a load that asks for as much; the load may rise to it after the fault.
 *
 * @param windows from the end of the fault to the next one, whatever their load
 * @param asked good requests that a window would have had before the fault, at its load
 */
export function capacityBack(
  windows: readonly ArrivalWindow[],
  {
    perSec,
    clearedSec,
    asked,
  }: { readonly perSec: number; readonly clearedSec: number; readonly asked: (window: ArrivalWindow) => number },
): CapacityBack {
  const telling = windows.filter(({ isVoid }) => !isVoid)
  const isAll = (some: readonly ArrivalWindow[], of: (window: ArrivalWindow) => number): boolean => {
    const sum = some.reduce((total, window) => total + of(window), 0)
    return some.length >= goodInARow && sum + z * Math.sqrt(sum) >= backShare * perSec * some.length
  }
  const fives = telling.map((_, i) => telling.slice(i, i + goodInARow))
  // A queue takes some seconds to show that it is overloaded: what follows at the same load must be good as well.
  const first = telling.find(
    ({ level }, i) =>
      isAll(fives[i] ?? [], ({ good }) => good) &&
      isAll(
        telling.slice(i).filter((later) => isSameLevel(later.level, level)),
        ({ good }) => good,
      ),
  )
  if (first !== undefined) return { perSec, verdict: 'back', sec: Math.max(0, first.sec - clearedSec) }
  return { perSec, verdict: fives.some((five) => isAll(five, asked)) ? 'missing' : 'not-asked', sec: null }
}
