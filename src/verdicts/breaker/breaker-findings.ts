import type { BreakerResult, BreakerVerdict } from '../../model/breaker-result.ts'
import type { Finding } from '../../model/run-result.ts'
import { finding } from '../finding-catalogue.ts'

/** What lets the failure of a dependency through, or never ends: worse than what is only rough. */
const grave: readonly BreakerVerdict[] = ['ABSENT', 'NEVER_OPENS', 'STUCK_OPEN', 'STUCK_HALF_OPEN', 'STAMPEDE']

/** Defects that the tests of breakers have shown. */
export function breakerFindings(breakers: readonly BreakerResult[]): readonly Finding[] {
  return breakers.flatMap(({ link, defects, verdict, reason }) => {
    if (defects.length === 0) return []
    const evidence = `Before ${link}: ${defects.join(', ')}. ${reason}`
    const isGrave = defects.some((defect) => grave.includes(defect))
    const isAbsent = verdict === 'ABSENT' || verdict === 'NEVER_OPENS'
    return [finding(isAbsent ? 'breaker-absent' : 'breaker-defective', evidence, isGrave ? 'critical' : 'warning')]
  })
}
