import type { TestData } from '../../../analysis/index.ts'
import type { AuditResult } from '../../../model/audit-result.ts'
import type { BreakerResult } from '../../../model/breaker-result.ts'
import type { TestResult } from '../../../model/run-result.ts'
import { auditSentence, defectWords, protectionsOf } from '../../faults/protections.ts'
import { digits, duration, percent, unknown } from '../../numbers.ts'
import { attackRecovery, pageAttack } from './attack-view.ts'
import type { PageAudit, PageBreaker, PageFaults } from './fault-data.ts'
import { pageLimiter } from './limiter-view.ts'
import { pagePool } from './pool-view.ts'
import { pageRecovery } from './recovery-view.ts'

/** More ids than this are in result.json. */
const mostIds = 12

export function pageFaults(test: TestData, result: TestResult): PageFaults {
  return {
    attacks: (result.attacks ?? []).map(pageAttack),
    recoveries: [
      ...(result.faults ?? []).flatMap((fault) => pageRecovery(fault, 'fault')),
      ...(result.attacks ?? []).flatMap(attackRecovery),
    ],
    breakers: (result.breakers ?? []).map((breaker) => pageBreaker(test, breaker)),
    pools: (result.pools ?? []).map((pool) => pagePool(test, pool)),
    limiters: (result.limiters ?? []).map(pageLimiter),
    audit: result.audit === undefined ? null : pageAudit(result.audit),
    protections: protectionsOf(result),
  }
}

function pageBreaker(test: TestData, breaker: BreakerResult): PageBreaker {
  const { link, verdict, reason, states, tests, kappa, waitSec, probes } = breaker
  const calls = callsPerSecond(test, link)
  return {
    link,
    verdict,
    word: verdict === 'OK' ? 'pass' : verdict === 'UNKNOWN' ? 'unknown' : 'fail',
    reason,
    facts: [
      `calls a request: ${kappa.closed === null ? unknown : digits(kappa.closed)} closed, ${kappa.open === null ? unknown : digits(kappa.open)} open`,
      `waits ${waitSec === null ? unknown : duration(waitSec)} before it tries again`,
      `lets ${probes === null ? unknown : String(probes)} through at once while half open`,
    ],
    states,
    tests,
    x: calls.map((_, sec) => sec),
    calls,
  }
}

function callsPerSecond(test: TestData, link: string): number[] {
  const seconds = Math.max(0, Math.ceil(test.loadSec))
  const calls = Array.from({ length: seconds }, () => 0)
  for (const point of test.link(link)) {
    const sec = Math.floor(point.t)
    if (sec >= 0 && sec < seconds) calls[sec] = (calls[sec] ?? 0) + point.calls
  }
  return calls
}

function pageAudit(audit: AuditResult): PageAudit {
  return {
    verdict: audit.verdict,
    sentence: auditSentence(audit),
    rows: audit.defects.map(({ kind, count, shareHigh, examples, evidence }) => ({
      what: defectWords(kind),
      count,
      share: shareHigh === null ? unknown : `at most ${percent(shareHigh)}`,
      ids: examples.slice(0, mostIds),
      more: Math.max(0, count - Math.min(mostIds, examples.length)),
      evidence,
    })),
  }
}
