import type { FaultResult } from '../../model/run-result.ts'
import type { Range, TestData } from '../../analysis/index.ts'
import { apart } from '../stretches.ts'

/**
 * When the faults (or attacks) of a test had their effect: from the fault to the recovery, or to the end of what was watched; and as long after it as a request may still have waited.
 * Apart from each other, in order.
 */
export function faultStretches(faults: readonly Pick<FaultResult, 'at' | 'recovery'>[], test: TestData): readonly Range[] {
  const waitSec = test.total('request').censored.max / 1e6
  const stretches = faults.flatMap(({ at, recovery }): readonly Range[] => {
    if (at === null || recovery === undefined) return []
    const { clearedSec, sec, horizonSec } = recovery
    const to = clearedSec === null ? Infinity : clearedSec + (sec ?? horizonSec) + waitSec + 1
    return [{ from: Math.floor(at), to: Math.ceil(to) }]
  })
  return apart(stretches)
}
