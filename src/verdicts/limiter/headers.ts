import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { answeredAt } from '../../analysis/index.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { answersOf, isAccepted, isRefused, isSurelyBelow, skipped } from './evidence.ts'
import { endsAtAnyTime } from './quota.ts'
import { roundsOf } from './rounds.ts'
import { number, perSec, percent, seconds } from './words.ts'

/** Retry-After has whole seconds: so much longer than necessary is rounding. */
const roundingSec = 1
const mostWrong = 0.05
/** By more than this a figure is not the measured one. */
const tolerance = 0.05
/** Fewer say nothing. */
const leastAnswers = 5

/** Who waits as long as told is let through, and is not told to wait for much longer than necessary. */
export function retriesHonestly(evidence: LimiterEvidence): Tested {
  const id = 'retry-after'
  const { probe, fit } = evidence
  const refusals = probe.filter((one) => isRefused(evidence, one))
  const told = refusals.filter(({ said }) => said?.retryAfterSec !== undefined)
  if (refusals.length === 0) return { id, verdict: 'skipped', evidence: 'nothing was refused' }
  if (told.length === 0) return { id, verdict: 'unknown', evidence: 'refusals have no Retry-After' }
  const tries = retriesOf(evidence)
  const early = tries.filter(({ isServed }) => !isServed)
  const [one] = early
  if (one !== undefined)
    return {
      ...{ id, verdict: 'fail', defect: 'LYING_HEADERS' },
      evidence: `told to come back after ${seconds(one.waitSec)}, ${String(early.length)} of ${String(tries.length)} were refused again when they did`,
    }
  const late = tooLate(evidence, told)
  const share = late.length / told.length
  const [worst] = [...late].sort((a, b) => b.overSec - a.overSec)
  if (worst !== undefined && share > mostWrong && fit !== undefined)
    return {
      ...{ id, verdict: 'fail', defect: 'LYING_HEADERS' },
      evidence: `${percent(share)} of the refusals ask for a longer wait than necessary: ${seconds(worst.saidSec)} where a request was let through ${seconds(worst.saidSec - worst.overSec)} later`,
    }
  if (tries.length === 0) return skipped(evidence, id, 'retry')
  const list = tries.map(({ waitSec }) => seconds(waitSec)).join(', ')
  return { id, verdict: 'pass', evidence: `let through after waits of ${list}, as told; no refusal asks for more than rounding` }
}

/** Refused, told a wait, and asked again after it. */
function retriesOf(evidence: LimiterEvidence): readonly { readonly waitSec: number; readonly isServed: boolean }[] {
  const answers = answersOf(evidence, 'retry')
  return answers.flatMap((answer, i) => {
    const before = answers[i - 1]
    const waitSec = before?.said?.retryAfterSec
    if (before === undefined || waitSec === undefined || before.key !== answer.key || !isRefused(evidence, before)) return []
    if (answer.at < answeredAt([before]) + waitSec) return []
    return [{ waitSec, isServed: isAccepted(evidence, answer) }]
  })
}

function tooLate(
  evidence: LimiterEvidence,
  told: readonly LimiterAnswer[],
): readonly { readonly saidSec: number; readonly overSec: number }[] {
  const accepted = evidence.probe.filter((one) => isAccepted(evidence, one))
  let next = 0
  // Sent after the refusal was answered: it was decided on later, and before it was answered itself.
  return [...told]
    .sort((a, b) => answeredAt([a]) - answeredAt([b]))
    .flatMap((refusal) => {
      while (next < accepted.length && (accepted[next]?.at ?? 0) <= answeredAt([refusal])) next++
      const then = accepted[next]
      const saidSec = refusal.said?.retryAfterSec ?? 0
      if (then === undefined) return []
      const overSec = saidSec - (answeredAt([then]) - refusal.at)
      return overSec > roundingSec + Math.max(0.1, 0.05 * saidSec) ? [{ saidSec, overSec }] : []
    })
}

/**
 * RateLimit, RateLimit-Policy, X-RateLimit-…: what they count and promise is what was measured.
 * @param isRacy the probe, which has many requests in flight, has measured more than there is
 */
export function tellsTheTruth(evidence: LimiterEvidence, isRacy: boolean): Tested {
  const id = 'headers'
  const { probe, fit } = evidence
  const counted = probe.filter(({ said }) => said?.remaining !== undefined)
  const promised = probe.filter(({ said }) => said?.limit !== undefined || said?.policies !== undefined)
  const reset = probe.filter(({ said }) => said?.resetSec !== undefined)
  if (counted.length + promised.length + reset.length === 0 || fit === undefined)
    return {
      id,
      verdict: 'skipped',
      evidence: fit === undefined ? 'nothing was measured to compare them with' : 'there are none (RateLimit, X-RateLimit-…)',
    }
  if (isRacy)
    return {
      id,
      verdict: 'skipped',
      evidence: 'what it counts depends on what comes at the same moment: nothing to compare with',
    }
  const lies = [...countingLies(evidence, fit), ...policyLies(evidence, fit, promised), ...resetLies(evidence, fit, reset)]
  if (lies.length > 0) return { ...{ id, verdict: 'fail', defect: 'LYING_HEADERS' }, evidence: lies.join('; ') }
  const names = [
    ...(counted.length > 0 ? ['what is left'] : []),
    ...(promised.length > 0 ? ['the limit'] : []),
    ...(reset.length > 0 ? ['the reset'] : []),
  ]
  return {
    id,
    verdict: 'pass',
    evidence: `${names.join(' and ')} as measured, in ${String(Math.max(counted.length, promised.length, reset.length))} answers`,
  }
}

/** From idle, one after the other: what is said to be left is what the burst has left, and what came back meanwhile. */
function countingLies(evidence: LimiterEvidence, fit: LimiterFit): readonly string[] {
  const { probe } = evidence
  const negative = probe.find(({ said }) => (said?.remaining ?? 0) < 0)
  if (negative !== undefined) return [`${String(negative.said?.remaining)} are said to be left`]
  const slack = 1.5 + 0.05 * fit.burst.value
  const counted = roundsOf(evidence).flatMap((answers) => {
    const [begin] = answers
    const ones = answers.filter((one) => one.part === 'one' && isAccepted(evidence, one))
    return ones.flatMap((answer, i) => {
      const remaining = answer.said?.remaining
      if (begin === undefined || remaining === undefined) return []
      const { low, value, high } = fit.burst
      const left = (burst: number): number => burst - i - 1
      const came = fit.ratePerSec.high * (answer.at + answer.ms / 1000 - begin.at)
      const isMore = !endsAtAnyTime(fit) && remaining > left(high) + came + slack
      const isWrong = isMore || remaining < left(low) - slack
      return [{ remaining, left: Math.max(0, left(value)), isWrong }]
    })
  })
  const wrong = counted.filter(({ isWrong }) => isWrong)
  const refused = probe.filter((one) => isRefused(evidence, one) && (one.said?.remaining ?? 0) >= 1)
  const [some] = wrong
  const lies: string[] = []
  if (some !== undefined && wrong.length > mostWrong * counted.length)
    lies.push(
      `${String(some.remaining)} are said to be left of a burst where ${number(some.left)} are (so or similar in ${String(wrong.length)} of ${String(counted.length)} answers)`,
    )
  if (refused.length > mostWrong * probe.length && refused.length >= leastAnswers)
    lies.push(`${String(refused[0]?.said?.remaining)} are said to be left in a refusal`)
  return lies
}

/** A promise is kept by the burst, or by the quota of a window, or by the rate in it. */
function policyLies(evidence: LimiterEvidence, fit: LimiterFit, promised: readonly LimiterAnswer[]): readonly string[] {
  const { ratePerSec, burst, windowSec } = fit
  const isNear = (said: number, { low, high }: LimiterFit['burst']): boolean =>
    said >= low * (1 - tolerance) - 0.5 && said <= high * (1 + tolerance) + 0.5
  const [first] = promised
  const said = first?.said
  const lies: string[] = []
  const quotas = said?.policies ?? []
  // Of several the tightest is the one that was measured.
  const rates = quotas.flatMap(({ quota, windowSec: window }) => (window === undefined ? [] : [quota / window]))
  if (rates.length > 0) {
    const rate = Math.min(...rates)
    if (isSurelyBelow(evidence, fit, rate) || rate < ratePerSec.low * (1 - tolerance))
      lies.push(`RateLimit-Policy promises ${perSec(rate)}, and ${perSec(ratePerSec.value)} were let through`)
  }
  const limit = said?.limit
  if (limit !== undefined && !isNear(limit, burst) && !rates.some((_, i) => quotas[i]?.quota === limit)) {
    const perWindow = windowSec === null ? ratePerSec.value : ratePerSec.value * windowSec
    if (Math.abs(limit - perWindow) > tolerance * perWindow + 0.5 && !isMinute(limit, ratePerSec))
      lies.push(`a limit of ${number(limit)} is said, and ${number(burst.value)} were let through at once`)
  }
  return lies
}

/** The limit of a longer unit than a second, as bodies of text have it: so many a minute, an hour. */
function isMinute(limit: number, { low, high }: LimiterFit['ratePerSec']): boolean {
  return [60, 3600, 86_400].some((sec) => limit >= low * sec * (1 - tolerance) && limit <= high * sec * (1 + tolerance))
}

/**
 * When the quota is whole again, or a window begins, or another token comes: limiters mean either. None of them is later than a drained limiter takes to be
 * full, or earlier than the next request that is let through. Beside it Retry-After must not name an earlier time (draft-ietf-httpapi-ratelimit-headers).
 */
function resetLies(evidence: LimiterEvidence, fit: LimiterFit, reset: readonly LimiterAnswer[]): readonly string[] {
  const isMany = (found: readonly unknown[], of: readonly unknown[]): boolean =>
    found.length >= leastAnswers && found.length > mostWrong * of.length
  const saidOf = (answer: LimiterAnswer | undefined): string => seconds(answer?.said?.resetSec ?? 0)
  const refusals = reset.filter((one) => isRefused(evidence, one))
  const lies: string[] = []
  const fullSec = longestReset(fit, reset)
  const late = reset.filter(({ said }) => (said?.resetSec ?? 0) > fullSec * (1 + tolerance) + roundingSec + 0.1)
  if (isMany(late, reset)) lies.push(`a reset in ${saidOf(late[0])} is said, and it is full after ${seconds(fullSec)}`)
  const early = tooEarly(evidence, refusals)
  if (isMany(early, refusals))
    lies.push(`a reset in ${saidOf(early[0])} is said, and nothing was let through for longer than that`)
  const before = refusals.filter(({ said }) => {
    const { resetSec = 0, retryAfterSec, isOwnReset } = said ?? {}
    return retryAfterSec !== undefined && isOwnReset !== true && resetSec - retryAfterSec > roundingSec
  })
  const [one] = before
  if (isMany(before, refusals))
    lies.push(`Retry-After says ${seconds(one?.said?.retryAfterSec ?? 0)} where the reset is in ${saidOf(one)}`)
  return lies
}

/** From drained to full; or the longest window of those that are promised. */
function longestReset({ burst, ratePerSec, windowSec, kind }: LimiterFit, [first]: readonly LimiterAnswer[]): number {
  const { limit = 0, policies = [] } = first?.said ?? {}
  const measured = windowSec === null ? burst.high / ratePerSec.low : windowSec * (kind === 'sliding counter' ? 2 : 1)
  return Math.max(measured, limit / ratePerSec.low, ...policies.map(({ windowSec: promised = 0 }) => promised))
}

/** All that was decided on after it, until its reset and longer, was refused as well. */
function tooEarly(evidence: LimiterEvidence, refusals: readonly LimiterAnswer[]): readonly LimiterAnswer[] {
  const accepted = evidence.probe.filter((one) => isAccepted(evidence, one))
  const byEnd = accepted.map((one) => ({ at: one.at, endSec: answeredAt([one]) })).sort((a, b) => a.endSec - b.endSec)
  // Of those answered from here on, the first that was sent.
  const sentSec = byEnd.map(({ at }) => at)
  for (let i = sentSec.length - 2; i >= 0; i--) sentSec[i] = Math.min(sentSec[i] ?? Infinity, sentSec[i + 1] ?? Infinity)
  let next = 0
  return refusals.filter((refusal) => {
    while (next < byEnd.length && (byEnd[next]?.endSec ?? 0) < refusal.at) next++
    const until = answeredAt([refusal]) + (refusal.said?.resetSec ?? 0) + roundingSec + 0.1
    return next < byEnd.length && (sentSec[next] ?? 0) > until
  })
}
