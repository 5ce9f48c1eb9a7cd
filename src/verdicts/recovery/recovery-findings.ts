import type { FaultResult, Finding } from '../../model/run-result.ts'
import { finding } from '../finding-catalogue.ts'

/** Ours: who was watched for less after a fault may well have come back a moment later. */
const tellingSec = 10
/** Ours: nobody waits for longer. */
const graveSec = 30

/** `metastable-failure`, `slow-recovery`, `no-recovery`: one a fault, the first that applies. */
export function recoveryFindings(faults: readonly FaultResult[]): readonly Finding[] {
  return faults.flatMap(({ id, recovery }): readonly Finding[] => {
    if (recovery?.verdict !== 'not-recovered') return []
    const { metastable, atLeastSec, reason } = recovery
    if (metastable?.verdict === 'yes') {
      const escape =
        metastable.escapePerSec === null ? '' : ` It came back when the load was down at ${metastable.escapePerSec}/s.`
      return [finding('metastable-failure', `After the fault "${id}": ${metastable.reason}${escape}`)]
    }
    if (metastable?.verdict === 'slow-recovery')
      return [finding('slow-recovery', `After the fault "${id}": ${metastable.reason}`)]
    const sec = atLeastSec ?? 0
    if (sec < tellingSec) return []
    return [finding('no-recovery', `After the fault "${id}": ${reason}`, sec >= graveSec ? 'critical' : 'warning')]
  })
}
