import type { LimiterFit } from '../../model/limiter-result.ts'
import { answeredAt, answeringOf, median, slidingQuota } from '../../analysis/index.ts'
import type { LimiterEvidence } from './evidence.ts'
import { answersOf, isAccepted, isRefused } from './evidence.ts'
import { boundaryOf } from './quota.ts'

/** Requests one after the other of a key that has none left; where none of so many was refused, it is what is in flight that counts. */
const leastControls = 25

/** The probe alone cannot tell all kinds apart: what came after it may. */
export function refineKind(evidence: LimiterEvidence, fit: LimiterFit): LimiterFit {
  const controls = answersOf(evidence, 'bypass').filter(({ part }) => part === 'one')
  const isNever = controls.length >= leastControls && !controls.some((one) => isRefused(evidence, one))
  const capped = isNever ? cap(evidence) : undefined
  if (capped !== undefined) return capped
  if (fit.kind === 'window') return slidesOrNot(evidence, fit)
  if (fit.kind === 'fixed window' && fit.windowSec !== null && slides(evidence, fit, fit.windowSec))
    return { ...fit, kind: 'sliding log', windowFromSec: null }
  return fit.kind === 'token bucket' && waitsForWindow(evidence, fit) ? slidingCounter(evidence, fit) : fit
}

/**
 * As many as are let through at once, and as many a second as end in it: C / s, where each takes s. Undefined: that does not fit, and one after the other is
 * only too slow to be refused.
 */
function cap(evidence: LimiterEvidence): LimiterFit | undefined {
  const { figures } = evidence
  const { after, firstRefusalSec = 0, fromSec, toSec } = figures
  const rounds = answersOf(evidence, 'race').filter((one) => one.part === 'together' && isAccepted(evidence, one))
  const counts = [...new Set(rounds.map(({ key }) => key))].map((key) => rounds.filter((one) => one.key === key).length)
  const atOnce = counts.length === 0 ? [figures.first] : counts
  const most = Math.max(...atOnce)
  const sec = Math.max(0.001, toSec - fromSec - firstRefusalSec)
  const spread = 2 * Math.sqrt(Math.max(1, after))
  const eachSec = median(evidence.probe.filter((one) => isAccepted(evidence, one)).map(({ ms }) => ms)) / 1000
  const busy = (after / sec) * eachSec
  if (busy < 0.6 * most || busy > 1.6 * most) return undefined
  // Of a rate limiter more are let through from idle; and where all answers are slow, refused ones are in flight as well.
  const { acceptedSec, refusedSec } = answeringOf(evidence.probe, evidence.spec.refused)
  if (figures.first > 1.5 * most + 2 || refusedSec > 0.5 * acceptedSec) return undefined
  return {
    kind: 'concurrency cap',
    ratePerSec: { value: after / sec, low: Math.max(0, after - spread) / sec, high: (after + spread) / sec },
    burst: { value: most, low: Math.min(...atOnce), high: most },
    ...{ windowSec: null, windowFromSec: null },
  }
}

/** Of a window: what takes so long, where answers are slow, was not around its end. */
const mostLong = 0.5

function slidesOrNot(evidence: LimiterEvidence, fit: LimiterFit): LimiterFit {
  const found = boundaryOf(evidence)
  if (found === undefined || found.lengthSec > mostLong * (fit.windowSec ?? 0)) return fit
  const quota = Math.round(fit.burst.value)
  // A log of its own first request has one place by then, and a window that has begun anew all of them.
  return { ...fit, kind: found.before > quota - 1 || found.after > 1 + (quota - 1) / 2 ? 'fixed window' : 'sliding log' }
}

/** On a busy machine its own first request may not look like the beginning of its window: nobody gets a quota on both sides of the end of one that slides. */
function slides(evidence: LimiterEvidence, { burst }: LimiterFit, windowSec: number): boolean {
  const found = boundaryOf(evidence)
  if (found === undefined || found.lengthSec > mostLong * windowSec) return false
  if (found.before + found.after > 1.25 * burst.value) return false
  const [first = 0] = evidence.figures.clumps?.[0] ?? []
  return Math.abs(first - windowSec) <= 0.15 * windowSec
}

/** A bucket that refuses so much longer after the last one than 1/R is no token bucket. */
const deadTokens = 1.6

/** After all that it had was taken at once, nothing comes for a while: what slides out of a window does so only when the window is over. */
function waitsForWindow(evidence: LimiterEvidence, { ratePerSec }: LimiterFit): boolean {
  const answers = answersOf(evidence, 'race')
  return answers.some((answer, i) => {
    if (answer.part !== 'stream' || !isRefused(evidence, answer)) return false
    // Sent after it, and decided on before it: that may be.
    const decidedBy = answeredAt([answer])
    const before = answers.findLast((one, k) => k !== i && one.at <= decidedBy && isAccepted(evidence, one))
    if (before === undefined || before.part === 'stream' || before.key !== answer.key) return false
    return (answer.at - answeredAt([before])) * ratePerSec.low > deadTokens
  })
}

function slidingCounter({ figures }: LimiterEvidence, fit: LimiterFit): LimiterFit {
  return { ...fit, kind: 'sliding counter', ...slidingQuota(figures, fit.ratePerSec) }
}
