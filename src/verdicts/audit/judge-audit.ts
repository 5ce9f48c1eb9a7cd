import type { AuditFacts, RunData } from '../../analysis/index.ts'
import { upperShare } from '../../analysis/index.ts'
import type { AuditResult } from '../../model/audit-result.ts'
import { digits, plural } from '../format-value.ts'
import { auditFacts } from './audit-facts.ts'
import { defectsOf } from './defects.ts'
import { notRead } from './not-read.ts'

/** What became of the data of a test; undefined: its scenarios keep no audit. A time-out is never a loss by itself. */
export function judgeAudit(data: RunData, test: string): AuditResult | undefined {
  const facts = auditFacts(data, test)
  if (facts === undefined) return undefined
  const { counts, stale, echoes, payloads, invariants, counters, ids } = facts
  const defects = defectsOf(facts)
  // Who only compares answers needs no final read.
  const doubt = counts.written > 0 || counters.length > 0 || facts.skipped > 0 ? notRead(facts) : undefined
  const verdict = defects.length > 0 ? 'FAIL' : doubt === undefined ? 'PASS' : 'UNKNOWN'
  const found = defects.map(({ evidence }) => evidence).join('; ')
  const but = doubt === undefined ? '' : defects.length > 0 ? `; and ${doubt}` : doubt
  return {
    verdict,
    reason: `${capital(verdict === 'PASS' ? allThere(facts) : `${found}${but}`)}.`,
    counts,
    defects,
    lostShareHigh: facts.read === 'complete' ? upperShare(ids.lost.count, ids.lost.of) : null,
    looked: {
      readBacks: stale.of,
      echoes: echoes.count,
      payloads: payloads.count,
      invariants: [...invariants.values()].reduce((sum, { count }) => sum + count, 0),
      counters: counters.length,
    },
    staleSec: stale.ageSec,
  }
}

function allThere({ counts, ids, counters, stale, echoes, payloads, invariants }: AuditFacts): string {
  const bound = upperShare(0, ids.lost.of)
  const share = bound === null ? '' : ` (95 %: at most ${digits(100 * bound)} % are ever lost)`
  const parts = [
    ...(counts.written > 0
      ? [`all of ${plural(ids.lost.of, 'acknowledged write', 'acknowledged writes')} are there, once${share}`]
      : []),
    ...(counters.length > 0 ? [`${plural(counters.length, 'counter is', 'counters are')} within bounds`] : []),
    ...(stale.of > 0 ? [`${plural(stale.of, 'read', 'reads')} showed what was written`] : []),
    ...(echoes.count > 0 ? [`${plural(echoes.count, 'answer', 'answers')} went to whom they belong`] : []),
    ...(payloads.count > 0 ? [`${plural(payloads.count, 'payload', 'payloads')} came back whole`] : []),
    ...(invariants.size > 0 ? [`${plural(invariants.size, 'rule', 'rules')} held`] : []),
  ]
  return parts.join('; ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
