import type { AuditFacts } from '../../analysis/index.ts'
import { notRead } from './not-read.ts'

/** What an objective on the data is measured by. */
export interface AuditMeasure {
  readonly count: number
  readonly examples: readonly string[]
  /** Why more may be there than was seen; undefined: nothing speaks for it. */
  readonly doubt: string | undefined
}

type Measurer = (facts: AuditFacts) => AuditMeasure

const named = ({ name, low, high, value }: AuditFacts['counters'][number]): string =>
  `${name} holds ${String(value)} instead of ${low === high ? String(low) : `${String(low)} to ${String(high)}`}`

const measurers: Readonly<Record<string, Measurer>> = {
  lost: (facts) => {
    const { lost, overwritten } = facts.ids
    const missing = facts.counters.filter(({ verdict }) => verdict === 'missing')
    return {
      count: lost.count + overwritten.count + missing.reduce((sum, { changes }) => sum + changes, 0),
      examples: [...lost.examples, ...overwritten.examples, ...missing.map(named)],
      doubt: notRead(facts),
    }
  },
  duplicates: (facts) => {
    const excess = facts.counters.filter(({ verdict }) => verdict === 'excess')
    return {
      count: facts.ids.duplicates.count + excess.reduce((sum, { changes }) => sum + changes, 0),
      examples: [...facts.ids.duplicates.examples, ...excess.map(named)],
      doubt: notRead(facts),
    }
  },
  phantoms: (facts) => ({ ...facts.ids.phantoms, doubt: notRead(facts) }),
  stale: ({ stale }) => ({ ...stale, doubt: unless(stale.of, 'nothing was read back after its acknowledgement') }),
  mixed: ({ echoes }) => tallied(echoes, 'no answer was compared by audit.echo(…)'),
  torn: ({ payloads }) => tallied(payloads, 'no payload was compared by audit.intact(…)'),
  invariants: ({ invariants }) => {
    const broken = [...invariants].filter(([, tally]) => tally.broken > 0)
    const examples = broken.map(([name, tally]) => `${name}: ${tally.examples[0] ?? ''}`)
    return { count: broken.length, examples, doubt: unless(invariants.size, 'no invariant was looked at') }
  },
  counters: ({ counters }) => {
    const off = counters.filter(({ verdict }) => verdict !== 'within' && verdict !== 'unknown')
    const unread = counters.filter(({ verdict }) => verdict === 'unknown').map(({ name }) => name)
    const doubt =
      unread.length > 0
        ? `nobody said what ${unread.slice(0, 3).join(', ')} holds in the end (audit.total)`
        : unless(counters.length, 'no counter was changed by audit.add(…)')
    return { count: off.length, examples: off.map(named), doubt }
  },
}

function tallied({ count, broken, examples }: AuditFacts['echoes'], none: string): AuditMeasure {
  return { count: broken, examples, doubt: unless(count, none) }
}

function unless(of: number, none: string): string | undefined {
  return of === 0 ? none : undefined
}

/** Undefined: the metric is none of the data's. */
export function measureAudit(metric: string, facts: AuditFacts): AuditMeasure | undefined {
  return Object.hasOwn(measurers, metric) ? measurers[metric]?.(facts) : undefined
}

export function isAuditMetric(metric: string): boolean {
  return Object.hasOwn(measurers, metric)
}
