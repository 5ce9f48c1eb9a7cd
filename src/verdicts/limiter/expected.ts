import type { LimiterFit, LimiterVerdict } from '../../model/limiter-result.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { isBelow, isRateSeen, isSurelyBelow, rateTolerance as tolerance } from './evidence.ts'
import { number, perSec, requests, seconds } from './words.ts'

/** Of the promised burst one more or less is rounding. */
const burstTolerance = 1

const kindWords: Readonly<Record<LimiterFit['kind'], string>> = {
  'token bucket': 'a token bucket',
  'fixed window': 'a fixed window',
  'sliding log': 'a sliding log',
  'sliding counter': 'a sliding counter',
  'leaky queue': 'a leaky queue',
  'concurrency cap': 'a cap on what is done at once',
  window: 'a window',
}

/**
 * The probe: is there a limiter, what does it let through, and is it what was promised?
 * @param isRacy the probe has many requests in flight: more than was promised comes of that, and nobody knows whether it would without
 */
export function enforces(evidence: LimiterEvidence, fit: LimiterFit | undefined, isRacy: boolean): Tested {
  const id = 'probe'
  const { figures, spec } = evidence
  const { sent, accepted, fromSec, toSec } = figures
  const lengthSec = toSec - fromSec
  const offered = offeredPerSec(evidence)
  const asked = `${requests(sent)} in ${seconds(lengthSec)} (${perSec(offered)})`
  const failed = evidence.probe.length - sent
  if (failed > 0.05 * evidence.probe.length)
    return {
      id,
      verdict: 'unknown',
      evidence: `${requests(failed)} of the probe had an error or no answer, which says nothing of a limiter`,
    }
  if (figures.firstRefusalSec === undefined) {
    const { burst = 0, ratePerSec = 0 } = spec.expect
    const isEnough = sent > 1.2 * (burst + ratePerSec * lengthSec) + 5 && lengthSec >= 1.5
    if (isEnough) return { ...{ id, verdict: 'fail', defect: 'NOT_PRESENT' }, evidence: `none of ${asked} was refused` }
    return { id, verdict: 'unknown', evidence: `none of ${asked} was refused, which is too few to say that there is no limiter` }
  }
  if (fit === undefined)
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `of ${asked} ${String(accepted)} were let through, and too few after the first refusal to tell the rate: it takes a longer test${retryHint(evidence)}`,
    }
  const wrong = breaches(evidence, fit)
  const told = describeFit(fit)
  if (wrong === undefined) return { id, verdict: 'pass', evidence: told }
  const isLate = wrong.defect === 'UNDER_ADMITS' || fit.kind === 'sliding counter'
  const { ratePerSec: promised = 0 } = spec.expect
  const isSeen = wrong.defect === 'UNDER_ADMITS' ? isSurelyBelow(evidence, fit, promised) : isRateSeen(evidence, fit)
  if (isLate && wrong.isRate === true && !isSeen)
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `${told}, where ${wrong.expected} is promised: ${wrong.defect === 'UNDER_ADMITS' ? 'what came while nothing was asked, or no answer was made, may have been lost' : 'too few of its windows were seen'}`,
    }
  const defect = isRacy && wrong.defect === 'OVER_ADMITS' ? 'RACY' : wrong.defect
  return { ...{ id, verdict: 'fail', defect }, evidence: `${told}, where ${wrong.expected} ${wrong.is} promised` }
}

function retryHint({ probe }: LimiterEvidence): string {
  const waits = probe.flatMap(({ said }) => said?.retryAfterSec ?? [])
  return waits.length === 0 ? '' : `, by what its Retry-After says of about ${seconds(8 * Math.max(...waits))}`
}

export function offeredPerSec({ figures: { sent, fromSec, toSec } }: LimiterEvidence): number {
  return toSec > fromSec ? (sent - 1) / (toSec - fromSec) : 0
}

export function describeFit({ kind, ratePerSec, burst, windowSec }: LimiterFit): string {
  const rate = `${perSec(ratePerSec.value)} (${number(ratePerSec.low)} to ${number(ratePerSec.high)})`
  if (kind === 'fixed window' || kind === 'sliding log' || kind === 'window')
    return `${kindWords[kind]}: ${number(burst.value)} in ${seconds(windowSec ?? 0)}, that is ${rate}`
  return `${kindWords[kind]}: ${number(burst.value)} at once (${number(burst.low)} to ${number(burst.high)}), then ${rate}`
}

/** How many times of what was promised; the worst of rate and burst. */
function breaches(
  evidence: LimiterEvidence,
  fit: LimiterFit,
): { readonly defect: LimiterVerdict; readonly expected: string; readonly is: string; readonly isRate?: true } | undefined {
  const { ratePerSec: rate, burst: most } = evidence.spec.expect
  const { ratePerSec, burst } = fit
  const rateWords = perSec(rate ?? 0)
  const burstWords = `${number(most ?? 0)} at once`
  if (rate !== undefined && ratePerSec.low > rate * (1 + tolerance))
    return { defect: 'OVER_ADMITS', expected: rateWords, is: 'is', isRate: true }
  if (most !== undefined && burst.low > most * (1 + tolerance) + burstTolerance)
    return { defect: 'OVER_ADMITS', expected: burstWords, is: 'are' }
  if (rate !== undefined && isBelow(fit, rate)) return { defect: 'UNDER_ADMITS', expected: rateWords, is: 'is', isRate: true }
  if (most !== undefined && burst.high < most * (1 - tolerance) - burstTolerance)
    return { defect: 'UNDER_ADMITS', expected: burstWords, is: 'are' }
  return undefined
}

/** Of what was promised, the worse of rate and burst; null where nothing was, or all is as promised. */
export function factorOf({ spec }: LimiterEvidence, { ratePerSec, burst }: LimiterFit): number | null {
  const { ratePerSec: rate, burst: most } = spec.expect
  const factors = [...(rate === undefined ? [] : [ratePerSec.value / rate]), ...(most === undefined ? [] : [burst.value / most])]
  const [worst] = factors.sort((a, b) => Math.abs(Math.log(b)) - Math.abs(Math.log(a)))
  return worst === undefined || Math.abs(worst - 1) <= tolerance ? null : worst
}
