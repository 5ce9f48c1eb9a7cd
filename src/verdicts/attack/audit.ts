import type { AttackCourse, TestData } from '../../analysis/index.ts'
import type { AttackAudit } from '../../model/attack-result.ts'
import type { AttackKind } from '../../model/attack-spec.ts'

/** Whether the target's own audit log has every failed log-in of an attack: what the plan counted before and after it. */
export function auditOf(
  test: TestData,
  id: string,
  { kind, course }: { readonly kind: AttackKind; readonly course: AttackCourse },
): AttackAudit {
  const refused = refusedLogIns(kind, course)
  const counted = test.events.find((event) => event.kind === 'attack-counted' && event.id === id)
  const { before = null, after = null, error } = counted?.kind === 'attack-counted' ? counted : {}
  if (before === null || after === null) {
    const why = error === undefined ? 'The audit log was not counted.' : `The audit log could not be counted: ${error}`
    return { verdict: 'UNKNOWN', reason: why, refused, noted: null, share: null }
  }
  const noted = after - before
  const share = refused === 0 ? null : Math.min(1, noted / refused)
  if (refused === 0) return { verdict: 'UNKNOWN', reason: 'No log-in was refused.', refused, noted, share }
  if (noted >= refused)
    return { verdict: 'PASS', reason: `All ${refused} refused log-ins are noted (${noted} entries).`, refused, noted, share }
  return {
    ...{ verdict: 'FAIL', refused, noted, share },
    reason: `Of ${refused} refused log-ins the audit log has ${noted}.`,
  }
}

/** Answered with another status than a block and than success. Who is blocked need not be noted again and again. */
function refusedLogIns(kind: AttackKind, { passed, statuses }: AttackCourse): number {
  if (kind === 'userEnumeration' || kind === 'bruteForce' || kind === 'passwordSpraying' || kind === 'credentialStuffing') {
    const accepted = Object.entries(statuses).reduce((sum, [status, count]) => sum + (/^[23]/.test(status) ? count : 0), 0)
    return Math.max(0, passed - accepted)
  }
  return 0
}
