import type { FaultResult, LimitResult } from '../../model/run-result.ts'
import { clock, count } from '../numbers.ts'
import { limitAmount } from '../resource-sentences.ts'
import type { PageFault, PageLimit, PageTime } from './page-data.ts'

/** As long as they lasted; one that nobody saw the end of lasts to the end of the test. */
export function faultBands(faults: readonly FaultResult[], endSec: number): PageTime['faults'] {
  return faults.flatMap(({ id, at, clearedAt }) => (at === null ? [] : [{ name: id, fromSec: at, toSec: clearedAt ?? endSec }]))
}

export function pageFault({ id, kind, at, clearedAt, verified, crossed, evidence }: FaultResult): PageFault {
  const when =
    at === null ? 'never came to be' : `${clock(at)} – ${clearedAt === null ? 'its end was not seen' : clock(clearedAt)}`
  return { id, kind, when, verified, crossed: crossed === null ? '' : count(crossed), evidence }
}

export function pageLimit({ name, asked, set, how }: LimitResult): PageLimit {
  return { name, asked: limitAmount({ name, asked }), set, how }
}
