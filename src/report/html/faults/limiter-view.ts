import type { LimiterResult } from '../../../model/limiter-result.ts'
import { limiterSentences } from '../../faults/limiter-sentences.ts'
import { digits, perSec } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PageLimiter } from './fault-data.ts'

/** What was let through over time, and the line that was fitted to it. */
export function pageLimiter(limiter: LimiterResult): PageLimiter {
  const { name, verdict, reason, tests, probe, fit } = limiter
  const points = probe?.points ?? []
  return {
    ...{ name, verdict, reason, tests },
    word: verdict === 'ENFORCED' ? 'pass' : verdict === 'UNKNOWN' ? 'unknown' : 'fail',
    facts: limiterSentences({ ...limiter, tests: [] }),
    x: points.map(({ sec }) => sec),
    accepted: points.map(({ accepted }) => accepted),
    line: points.map(({ sec }) => (fit === null ? null : rounded(fit.burst.value + fit.ratePerSec.value * sec))),
    lineLabel: fit === null ? 'no line' : `${digits(fit.burst.value)} + ${perSec(fit.ratePerSec.value)} × t`,
  }
}
