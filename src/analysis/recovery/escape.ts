import type { MetastableResult } from '../../model/recovery-result.ts'
import type { TestData } from '../test-data.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import { isOpen, isSameLevel } from './load-level.ts'
import type { Reference } from './reference.ts'
import { goodInARow } from './runs.ts'
import { firstGood } from './stages.ts'

export interface EscapeInput {
  readonly test: TestData
  readonly clearedSec: number
  readonly reference: Reference
  readonly windows: readonly ArrivalWindow[]
  readonly next: number
}

/**
 * Where the plan takes the load down after the fault, step by step: the first load at which it recovers; and where it goes back up, whether it is well at the load at
 * which it was bad, which is two states at one load.
 */
export function escapeOf({
  test,
  clearedSec,
  reference,
  windows,
  next,
}: EscapeInput): Pick<MetastableResult, 'escapePerSec' | 'isBistable'> {
  const { level } = reference
  if (level === null || !isOpen(test.spec)) return { escapePerSec: null, isBistable: null }
  const later = windows.filter(({ sec }) => sec >= clearedSec && sec < next)
  let escapePerSec: number | null = null
  for (const held of holdsOf(later)) {
    const own = held[0]?.level ?? null
    if (own === null) continue
    const isBack = firstGood(held, reference) !== undefined
    if (escapePerSec === null) {
      if (own < level && !isSameLevel(own, level) && isBack) escapePerSec = own
    } else if (isSameLevel(own, level) && held.length >= goodInARow) return { escapePerSec, isBistable: isBack }
  }
  return { escapePerSec, isBistable: null }
}

/** Stretches of one load; ramps fall into seconds of their own, too short to be anything. */
function holdsOf(windows: readonly ArrivalWindow[]): readonly (readonly ArrivalWindow[])[] {
  const stretches: ArrivalWindow[][] = []
  for (const window of windows) {
    const current = stretches.at(-1)
    if (current !== undefined && isSameLevel(current[0]?.level ?? null, window.level)) current.push(window)
    else stretches.push([window])
  }
  return stretches
}
