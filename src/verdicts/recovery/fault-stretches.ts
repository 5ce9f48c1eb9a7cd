import type { FaultResult } from '../../model/run-result.ts'
import type { Range, TestData } from '../../analysis/index.ts'

/**
 * When the faults (or attacks) of a test had their effect: from the fault to the recovery, or to the end of what was watched; and as long after it as a request may still have waited.
 * Apart from each other, in order.
 */
export function faultStretches(faults: readonly Pick<FaultResult, 'at' | 'recovery'>[], test: TestData): readonly Range[] {
  const waitSec = test.total('request').censored.max / 1e6
  const stretches = faults
    .flatMap(({ at, recovery }): readonly Range[] => {
      if (at === null || recovery === undefined) return []
      const { clearedSec, sec, horizonSec } = recovery
      const to = clearedSec === null ? Infinity : clearedSec + (sec ?? horizonSec) + waitSec + 1
      return [{ from: Math.floor(at), to: Math.ceil(to) }]
    })
    .toSorted((a, b) => a.from - b.from)
  const apart: Range[] = []
  for (const stretch of stretches) {
    const last = apart.at(-1)
    if (last !== undefined && stretch.from <= last.to)
      apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) }
    else apart.push(stretch)
  }
  return apart
}
