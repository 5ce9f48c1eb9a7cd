import type { AlertResult, AlertVerdict } from '../../model/alert-result.ts'
import type { Finding } from '../../model/run-result.ts'
import type { FindingId } from '../finding-catalogue.ts'
import { finding } from '../finding-catalogue.ts'

const ids: readonly (readonly [AlertVerdict, FindingId])[] = [
  ['MISSING', 'alert-missing'],
  ['FALSE', 'alert-false'],
  ['STUCK', 'alert-stuck'],
  ['LATE', 'alert-late'],
]

/** One a kind, with all alerts of it. */
export function alertFindings(alerts: readonly AlertResult[] | undefined): readonly Finding[] {
  return ids.flatMap(([verdict, id]) => {
    const its = (alerts ?? []).filter((one) => one.verdict === verdict)
    return its.length === 0 ? [] : [finding(id, its.map(({ name, reason }) => `${name}: ${reason}`).join(' '))]
  })
}
