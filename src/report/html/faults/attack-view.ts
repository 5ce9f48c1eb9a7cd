import type { AttackResult } from '../../../model/attack-result.ts'
import type { PageTime } from '../page-data.ts'
import { attackCells, attackSentences } from '../../faults/attack-sentences.ts'
import { ended } from '../../capacity-sentences.ts'
import type { PageAttack, PageRecovery } from './fault-data.ts'
import { pageRecovery } from './recovery-view.ts'

export function pageAttack(attack: AttackResult): PageAttack {
  return {
    verdict: attack.verdict,
    cells: attackCells(attack),
    sentences: [ended(attack.reason), ...attackSentences(attack)],
  }
}

/** Goodput against what it was before the attack: the figure that faults have. */
export function attackRecovery({ id, at, until, recovery }: AttackResult): readonly PageRecovery[] {
  if (recovery === undefined || recovery.curve.length === 0) return []
  return pageRecovery({ id, at, clearedAt: until, recovery }, 'attack')
}

/** As long as they lasted. */
export function attackBands(attacks: readonly AttackResult[], endSec: number): PageTime['faults'] {
  return attacks.flatMap(({ id, at, until }) => (at === null ? [] : [{ name: id, fromSec: at, toSec: until ?? endSec }]))
}
