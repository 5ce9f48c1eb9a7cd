import type { PoolResult, PoolVerdict } from '../../model/pool-result.ts'
import type { Finding } from '../../model/run-result.ts'
import type { FindingId } from '../finding-catalogue.ts'
import { finding } from '../finding-catalogue.ts'

const ids: Readonly<Partial<Record<PoolVerdict, FindingId>>> = {
  LEAKS: 'pool-leak',
  NOT_RECOVERED: 'pool-stuck',
  HANGS: 'pool-hangs',
  NO_LIMIT: 'pool-unbounded',
  SLOW_FAIL: 'pool-slow-refusal',
}

/** Defects that the tests of pools have shown. */
export function poolFindings(pools: readonly PoolResult[]): readonly Finding[] {
  return pools.flatMap(({ link, defects, verdict, reason }) =>
    defects.flatMap((defect) => {
      const id = ids[defect]
      const why = defect === verdict ? ` ${reason}` : ''
      return id === undefined ? [] : [finding(id, `Pool to ${link}: ${defect}.${why}`)]
    }),
  )
}
