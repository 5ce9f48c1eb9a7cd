import type { LimiterResult } from '../../model/limiter-result.ts'
import { count, digits, duration, ms, perSec } from '../numbers.ts'

/** What was measured of a rate limiter, in sentences: the line, what was sent for it, what each test saw. */
export function limiterSentences({ fit, probe, refusedMs, acceptedMs, refusalCost, tests }: LimiterResult): readonly string[] {
  const sentences: string[] = []
  if (fit !== null) {
    const { kind, ratePerSec: rate, burst, windowSec } = fit
    const each = windowSec === null ? '' : `, in windows of ${duration(windowSec)}`
    sentences.push(
      `${kind}${each}: N(t) = B + R t with B = ${digits(burst.value)} (${digits(burst.low)} to ${digits(burst.high)}) and R = ${perSec(rate.value)} (${digits(rate.low)} to ${digits(rate.high)}; 95 %)`,
    )
  }
  if (probe !== null)
    sentences.push(`probe: ${count(probe.sent)} requests at ${perSec(probe.offeredPerSec)}, ${count(probe.accepted)} let through`)
  if (refusedMs !== null)
    sentences.push(
      `a refusal takes ${ms(refusedMs.p50)} (p95 ${ms(refusedMs.p95)})${acceptedMs === null ? '' : `, what is let through ${ms(acceptedMs.p50)} (p95 ${ms(acceptedMs.p95)})`}`,
    )
  if (refusalCost !== null)
    sentences.push(`the target's CPU for a refusal: ${digits(refusalCost)} of that for a request let through`)
  const marks = { pass: '✓', fail: '✗', unknown: '?', skipped: '·' } as const
  for (const { id, verdict, evidence } of tests) if (id !== 'probe') sentences.push(`${marks[verdict]} ${id}: ${evidence}`)
  return sentences
}
