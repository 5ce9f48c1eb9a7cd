import { listWords, nearest } from '../../base/check.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { Fields } from '../fields.ts'

/** What is judged of an attack, and which attacks it can be judged of. */
const ofAttacks: Readonly<Record<string, { readonly fits: (attack: AttackSpec) => boolean; readonly needs: string }>> = {
  blockedWithin: { fits: () => true, needs: 'an attack' },
  sourcesBlocked: { fits: () => true, needs: 'an attack' },
  legitimateBlocked: { fits: () => true, needs: 'an attack' },
  goodput: { fits: () => true, needs: 'an attack' },
  denied: { fits: () => true, needs: 'an attack' },
  connectionHeld: { fits: ({ connections }) => connections > 0, needs: 'an attack that holds connections' },
  enumeration: { fits: ({ attack }) => attack.kind === 'userEnumeration', needs: 'an attack `userEnumeration`' },
  audited: { fits: ({ hasAuditCount }) => hasAuditCount, needs: 'an attack with an `auditCount`' },
}

export interface AttackObjectiveOptions {
  readonly fields: Fields
  readonly list: readonly ObjectiveSpec[]
  /** The plan's list: what of it a test cannot answer is left out. */
  readonly inherited: readonly ObjectiveSpec[]
  readonly attacks: readonly AttackSpec[] | undefined
  readonly warmupSec: number
}

/** Figures that compare the load during an attack with the load before it, and what of it that takes: five windows of a second. */
const compared: readonly string[] = ['goodput', 'denied']
const leastBeforeSec = 5

/** Objectives of a test, where those on attacks name what the test has. */
export function attackObjectives({
  fields,
  list,
  inherited,
  attacks = [],
  warmupSec,
}: AttackObjectiveOptions): readonly ObjectiveSpec[] {
  return list.filter((objective) => {
    const { name, selector } = objective.metric
    const judged = Object.hasOwn(ofAttacks, name) ? ofAttacks[name] : undefined
    if (judged === undefined) return true
    const fitting = attacks.filter(judged.fits).map(({ id }) => id)
    const isAnswered = selector === undefined ? fitting.length > 0 : fitting.includes(selector.name)
    const firstSec = Math.min(...attacks.map(({ atSec }) => atSec))
    if (isAnswered && compared.includes(name) && firstSec - warmupSec < leastBeforeSec) {
      if (inherited.includes(objective)) return false
      fields.problems.addText(
        fields.at('objectives'),
        `a load of at least ${leastBeforeSec} s after the warm-up and before the first attack for \`${name}\``,
        `an attack at ${firstSec} s`,
        'Without it nobody knows what is usual. Let the attacks begin later.',
      )
      return true
    }
    if (isAnswered) return true
    if (inherited.includes(objective)) return false
    const near = selector === undefined ? undefined : nearest(selector.name, fitting)
    fields.problems.addText(
      fields.at('objectives'),
      fitting.length === 0 ? `${judged.needs} in this test for \`${name}\`` : `one of ${listWords(fitting)} for \`${name}\``,
      `\`${objective.text}\``,
      near === undefined ? undefined : `Did you mean \`${name}(${near})\`?`,
    )
    return true
  })
}
