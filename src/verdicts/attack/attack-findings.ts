import type { TestData } from '../../analysis/index.ts'
import type { AttackResult } from '../../model/attack-result.ts'
import type { Finding } from '../../model/run-result.ts'
import { finding } from '../finding-catalogue.ts'
import { defectsOf } from './defects.ts'

/** One a defect and attack. */
export function attackFindings(attacks: readonly AttackResult[], test: TestData): readonly Finding[] {
  return attacks.flatMap((attack) =>
    attack.verdict !== 'FAIL'
      ? []
      : defectsOf(attack, test.spec.objectives).map(({ id, evidence }) => finding(id, `Attack "${attack.id}": ${evidence}`)),
  )
}
