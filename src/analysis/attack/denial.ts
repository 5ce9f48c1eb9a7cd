import { isOpen } from '../recovery/load-level.ts'
import type { SecondRow } from '../second-row.ts'
import type { TestData } from '../test-data.ts'

/** Of what is there without the attack: less than so much of it, for three seconds in a row, is a denial of service (ours; three bad seconds as in D4 and D6). */
export const deniedShare = 0.5
export const deniedSec = 3

/** Ours: fewer seconds before the attack say nothing about what is usual. */
const leastBeforeSec = 3

/**
 * Whether an attack that runs has denied service by now, as far as whole seconds are known: what ends the rise of a search. It counts answers by the second in
 * which they came; the verdict afterwards counts them by when they were asked for.
 */
export function attackDenied(test: TestData, id: string): boolean {
  const started = test.events.findLast((event) => event.kind === 'attack-started' && event.id === id)
  if (started === undefined || test.loadStartSec === undefined) return false
  const atSec = started.t - test.loadStartSec
  const rows = test.rows()
  // Of the last second not all workers may have told.
  const known = rows.slice(0, -1)
  const before = known.filter(({ sec }) => sec >= test.judged.from && sec + 1 <= atSec)
  const during = known.filter(({ sec }) => sec >= atSec)
  if (before.length < leastBeforeSec) return false
  const good = (some: readonly SecondRow[]): number => some.reduce((sum, { count, failed }) => sum + count - failed, 0)
  const planned = (some: readonly SecondRow[]): number => some.reduce((sum, row) => sum + row.planned, 0)
  const scaled = isOpen(test.spec) && planned(before) > 0
  const expected = (some: readonly SecondRow[]): number =>
    scaled ? (good(before) * planned(some)) / planned(before) : (good(before) * some.length) / before.length
  for (let i = 0; i + deniedSec <= during.length; i++) {
    const some = during.slice(i, i + deniedSec)
    if (expected(some) >= 1 && good(some) < deniedShare * expected(some)) return true
  }
  return false
}
