import type { AuditKind, AuditResult } from '../../model/audit-result.ts'
import type { BreakerResult } from '../../model/breaker-result.ts'
import type { LimiterResult } from '../../model/limiter-result.ts'
import type { PoolResult } from '../../model/pool-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { ended } from '../capacity-sentences.ts'
import { count } from '../numbers.ts'
import type { ResourceLine } from '../resource-sentences.ts'
import { resourceLine } from '../resource-sentences.ts'
import { recoveryLine } from './recovery-sentences.ts'

/** Something that ought to save the service or its data, and whether it does. */
export interface Protection {
  readonly protection: string
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  /** The detector's own word, such as `STUCK_OPEN`. */
  readonly word: string
  readonly evidence: string
}

const verdictOfMark = { '✓': 'PASS', '✗': 'FAIL', '?': 'UNKNOWN', '·': 'UNKNOWN' } as const

/** Everything that a test tells of protections: breakers, pools, the data, coming back, limits of resources. */
export function protectionsOf(test: TestResult): readonly Protection[] {
  return [
    ...(test.breakers ?? []).map((breaker): Protection => ({
      protection: `circuit breaker of ${breaker.link}`,
      verdict: breaker.verdict === 'OK' ? 'PASS' : breaker.verdict === 'UNKNOWN' ? 'UNKNOWN' : 'FAIL',
      word: breaker.verdict,
      evidence: breaker.reason,
    })),
    ...(test.pools ?? []).map((pool): Protection => ({
      protection: `connection pool to ${pool.link}`,
      verdict: pool.verdict === 'OK' ? 'PASS' : pool.verdict === 'UNKNOWN' ? 'UNKNOWN' : 'FAIL',
      word: pool.verdict,
      evidence: pool.reason,
    })),
    ...(test.attacks ?? []).map((attack): Protection => ({
      protection: `against ${attack.id}`,
      verdict: attack.verdict,
      word: attack.verdict,
      evidence: attack.reason,
    })),
    ...(test.limiters ?? []).map((limiter): Protection => ({
      protection: `rate limiter ${limiter.name}`,
      verdict: limiter.verdict === 'ENFORCED' ? 'PASS' : limiter.verdict === 'UNKNOWN' ? 'UNKNOWN' : 'FAIL',
      word: limiter.verdict,
      evidence: limiter.reason,
    })),
    ...(test.faults ?? []).flatMap((fault): Protection[] => {
      const line = recoveryLine(fault)
      if (line === undefined || fault.recovery === undefined) return []
      const verdict = verdictOfMark[line.mark]
      return [
        { protection: `recovery from ${fault.id}`, verdict, word: fault.recovery.verdict, evidence: withoutName(line.text) },
      ]
    }),
    ...(test.audit === undefined
      ? []
      : [
          {
            protection: 'no data lost, doubled or wrong',
            verdict: test.audit.verdict,
            word: test.audit.defects[0]?.kind ?? test.audit.verdict,
            evidence: auditSentence(test.audit),
          },
        ]),
    ...(test.resources ?? []).map((one): Protection => {
      const { verdict } = one
      return { protection: `limit of ${one.resource}`, verdict, word: verdict, evidence: withoutName(resourceLine(one).text) }
    }),
  ]
}

/** Sentences of a resource begin with its name, which the table has in a column of its own. */
function withoutName(text: string): string {
  const at = text.indexOf(': ')
  return at < 0 ? text : text.slice(at + 2).replace(/^./, (first) => first.toUpperCase())
}

export function breakerLine({ link, verdict, reason }: BreakerResult): ResourceLine {
  const mark = verdict === 'OK' ? '✓' : verdict === 'UNKNOWN' ? '?' : '✗'
  return { mark, text: `circuit breaker of ${link}: ${verdict}. ${ended(reason)}` }
}

export function poolLine({ link, verdict, reason }: PoolResult): ResourceLine {
  const mark = verdict === 'OK' ? '✓' : verdict === 'UNKNOWN' ? '?' : '✗'
  return { mark, text: `connection pool to ${link}: ${verdict}. ${ended(reason)}` }
}

export function limiterLine({ name, verdict, reason }: LimiterResult): ResourceLine {
  const mark = verdict === 'ENFORCED' ? '✓' : verdict === 'UNKNOWN' ? '?' : '✗'
  return { mark, text: `rate limiter ${name}: ${verdict}. ${ended(reason)}` }
}

const kinds: Readonly<Record<AuditKind, string>> = {
  lost: 'acknowledged and lost',
  duplicate: 'done more than once',
  phantom: 'there without having been written',
  stale: 'read older than it was',
  mixed: "somebody else's answer",
  torn: 'torn',
  invariant: 'rule broken',
  counter: 'count out of bounds',
}

export function defectWords(kind: AuditKind): string {
  return kinds[kind]
}

export function auditSentence({ reason, counts, defects }: AuditResult): string {
  const { acknowledged, uncertain, read } = counts
  const looked = `${count(acknowledged)} writes acknowledged, ${count(uncertain)} without an answer, ${read === null ? 'no final read' : `${count(read)} found in the end`}`
  const found = defects.map((defect) => {
    const some = defect.examples.slice(0, 3).join(', ')
    return `${count(defect.count)} ${kinds[defect.kind]}${some === '' ? '' : ` (${some}${defect.count > 3 ? ' …' : ''})`}`
  })
  return [ended(reason), `${looked}.`, ...(found.length === 0 ? [] : [`${found.join('; ')}.`])].join(' ')
}

export function auditLine(audit: AuditResult): ResourceLine {
  const mark = audit.verdict === 'PASS' ? '✓' : audit.verdict === 'FAIL' ? '✗' : '?'
  return { mark, text: auditSentence(audit) }
}
