import type { AuditFacts, CounterBounds } from '../../analysis/index.ts'
import type { AuditDefect, AuditKind } from '../../model/audit-result.ts'
import { defectsOf, shownCounter } from './defects.ts'

/** A defect of the data under the name of its finding. */
export interface NamedDefect {
  readonly id:
    | 'lost-write'
    | 'lost-update'
    | 'duplicate-effect'
    | 'phantom-write'
    | 'mixed-answer'
    | 'torn-payload'
    | 'invariant-broken'
    | 'stale-read'
  readonly evidence: string
}

const ids: Readonly<Record<Exclude<AuditKind, 'lost' | 'counter'>, NamedDefect['id']>> = {
  duplicate: 'duplicate-effect',
  phantom: 'phantom-write',
  mixed: 'mixed-answer',
  torn: 'torn-payload',
  invariant: 'invariant-broken',
  stale: 'stale-read',
}

/** A counter that lost a change, and a version that an older one was written over, are lost updates; an id that is gone is a lost write. */
export function namedDefects(facts: AuditFacts): readonly NamedDefect[] {
  const { lost, overwritten } = facts.ids
  const counters = (verdict: CounterBounds['verdict']): readonly string[] =>
    facts.counters.filter((one) => one.verdict === verdict).map(shownCounter)
  const updates = [...counters('missing'), ...overwritten.examples]
  const named: NamedDefect[] = []
  const add = (id: NamedDefect['id'], found: readonly string[], text: string): void => {
    if (found.length > 0) named.push({ id, evidence: `${text}: ${some(found)}.` })
  }
  add('lost-write', lost.examples, `${String(lost.count)} of ${String(lost.of)} acknowledged writes are gone`)
  add('lost-update', updates, `${String(updates.length)} values lack acknowledged changes`)
  add('duplicate-effect', counters('excess'), 'Changes were carried out more than once')
  // Changed up and down: nobody can say whether a change is missing or was made twice.
  add('invariant-broken', counters('outside'), 'No sum of the attempted changes explains what is there')
  for (const defect of defectsOf(facts)) {
    const { kind } = defect
    if (kind === 'lost' || kind === 'counter') continue
    named.push({ id: ids[kind], evidence: evidenceOf(defect) })
  }
  return named
}

function evidenceOf({ evidence, examples }: AuditDefect): string {
  return `${evidence}: ${some(examples)}.`
}

const most = 5

function some(examples: readonly string[]): string {
  return `${examples.slice(0, most).join('; ')}${examples.length > most ? '; …' : ''}`
}
