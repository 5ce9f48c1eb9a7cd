import type { LimiterResult, LimiterVerdict } from '../../model/limiter-result.ts'
import type { Finding } from '../../model/run-result.ts'
import type { FindingId } from '../finding-catalogue.ts'
import { finding } from '../finding-catalogue.ts'

const ids: Readonly<Partial<Record<LimiterVerdict, FindingId>>> = {
  NOT_PRESENT: 'rate-limit-absent',
  BYPASSABLE: 'rate-limit-bypassable',
  RACY: 'rate-limit-racy',
  OVER_ADMITS: 'rate-limit-over-admits',
  NOT_ISOLATED: 'rate-limit-shared',
  UNDER_ADMITS: 'rate-limit-under-admits',
  LYING_HEADERS: 'rate-limit-headers-lie',
}

/** Defects that the tests of rate limiters have shown. */
export function limiterFindings(limiters: readonly LimiterResult[]): readonly Finding[] {
  return limiters.flatMap(({ name, defects, verdict, reason }) =>
    defects.flatMap((defect) => {
      const id = ids[defect]
      const why = defect === verdict ? ` ${reason}` : ''
      return id === undefined ? [] : [finding(id, `Rate limiter ${name}: ${defect}.${why}`)]
    }),
  )
}
