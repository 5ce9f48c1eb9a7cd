import type { AuditFacts, CounterBounds, Sightings } from '../../analysis/index.ts'
import { upperShare } from '../../analysis/index.ts'
import type { AuditTally } from '../../model/audit-record.ts'
import type { AuditDefect, AuditKind } from '../../model/audit-result.ts'
import { digits, plural } from '../format-value.ts'

/** What is wrong with the data, in order of weight; everything that was looked at and is right is left out. */
export function defectsOf(facts: AuditFacts): readonly AuditDefect[] {
  const { ids, stale, counters, echoes, payloads, invariants } = facts
  const lost = joined(ids.lost, ids.overwritten)
  const off = counters.filter(({ verdict }) => verdict !== 'within' && verdict !== 'unknown')
  const broken = [...invariants].filter(([, { broken: times }]) => times > 0)
  const all = [
    defect('lost', lost, `${plural(lost.count, 'acknowledged write is', 'acknowledged writes are')} gone, of ${digits(lost.of)}`),
    defect(
      'counter',
      sightings(off.map(shownCounter), counters.length),
      'no sum of the attempted changes explains what is there',
    ),
    defect('duplicate', ids.duplicates, `${plural(ids.duplicates.count, 'write was', 'writes were')} carried out more than once`),
    defect(
      'phantom',
      ids.phantoms,
      `${plural(ids.phantoms.count, 'id is', 'ids are')} there that nobody wrote, or that were refused`,
    ),
    defect(
      'mixed',
      tallied(echoes),
      `${plural(echoes.broken, 'answer', 'answers')} of ${digits(echoes.count)} held what somebody else asked for`,
    ),
    defect(
      'torn',
      tallied(payloads),
      `${plural(payloads.broken, 'payload', 'payloads')} of ${digits(payloads.count)} did not fit the checksum`,
    ),
    defect(
      'invariant',
      sightings(broken.map(shownInvariant), invariants.size),
      `${plural(broken.length, 'rule', 'rules')} of the data did not hold`,
    ),
    defect('stale', stale, staleText(facts)),
  ]
  return all.filter(({ count }) => count > 0)
}

function defect(kind: AuditKind, { count, of, examples }: Sightings, evidence: string): AuditDefect {
  return { kind, count, of, shareHigh: upperShare(Math.min(count, of), of), examples, evidence }
}

function joined(a: Sightings, b: Sightings): Sightings {
  return { count: a.count + b.count, of: Math.max(a.of, b.of), examples: [...a.examples, ...b.examples] }
}

function sightings(examples: readonly string[], of: number): Sightings {
  return { count: examples.length, of, examples: examples.slice(0, 10) }
}

function tallied({ count, broken, examples }: AuditTally): Sightings {
  return { count: broken, of: count, examples: examples.slice(0, 10) }
}

export function shownCounter({ name, low, high, value, verdict, changes }: CounterBounds): string {
  const should = low === high ? String(low) : `${String(low)} to ${String(high)}`
  const what =
    verdict === 'missing'
      ? `: at least ${plural(changes, 'change is', 'changes are')} lost`
      : verdict === 'excess'
        ? `: at least ${plural(changes, 'change was', 'changes were')} carried out more than once`
        : ''
  return `${name} holds ${String(value)} instead of ${should}${what}`
}

function shownInvariant([name, { broken, count, examples }]: readonly [string, AuditTally]): string {
  return `${name}: ${digits(broken)} of ${digits(count)} looks, for example ${examples[0] ?? ''}`
}

function staleText({ stale: { count, of, ageSec } }: AuditFacts): string {
  const age = ageSec === null ? '' : `; age at the median ${ms(ageSec.p50)}, p95 ${ms(ageSec.p95)}, at most ${ms(ageSec.max)}`
  return `${plural(count, 'read', 'reads')} of ${digits(of)} did not show what had been acknowledged before${age}`
}

function ms(sec: number): string {
  return `${digits(1000 * sec)} ms`
}
