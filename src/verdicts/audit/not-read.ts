import type { AuditFacts } from '../../analysis/index.ts'

/** Why it is not known whether everything that was written is there; undefined: it is. */
export function notRead({ counts, read, error, counters, skipped }: AuditFacts): string | undefined {
  if (counts.written > 0 && read === 'none')
    return `nothing was read in the end: ${error ?? 'the plan has no `audit` function that reads what is there, or the test did not come to its end'}`
  if (counts.written > 0 && read === 'broken-off') return `the final read broke off: ${error ?? 'the record ends in it'}`
  const unread = counters.filter(({ verdict }) => verdict === 'unknown').map(({ name }) => name)
  if (unread.length > 0) return `nobody said what ${unread.slice(0, 3).join(', ')} holds in the end (audit.total)`
  if (skipped > 0) return `${String(skipped)} operations were more than an audit keeps`
  return counts.written === 0 && counters.length === 0 ? 'nothing was written' : undefined
}
