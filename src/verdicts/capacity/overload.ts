import type { HysteresisResult, OverloadPointResult, OverloadResult, RefusalResult } from '../../model/capacity-result.ts'
import type { CapacitySpec } from '../../model/capacity-spec.ts'
import { judgeDegradation, judgeHysteresis } from '../../analysis/index.ts'
import { failureName } from './failure-name.ts'
import type { ObservedTrial } from './observed.ts'
import { recoveredSec } from './recovered.ts'
import type { LatencyLimit } from './work.ts'

export interface OverloadOptions {
  readonly capacity: CapacitySpec
  readonly limit: LatencyLimit
  /** Largest load that was borne, and the good requests a second there. */
  readonly lower: number
  readonly goodput: number
}

/** What was held beyond the capacity; null when nothing was. */
export function judgeOverload(trials: readonly ObservedTrial[], options: OverloadOptions): OverloadResult | null {
  const beyond = trials.filter(({ record }) => record.plan.purpose === 'overload')
  if (beyond.length === 0) return null
  const { goodput, limit } = options
  const degradation = judgeDegradation(
    beyond.map((trial) => ({
      factor: trial.record.plan.factor ?? 0,
      goodput: goodputOf(trial),
      acceptedP99Sec: trial.acceptedP99Sec,
      failureClass: trial.class.class,
    })),
    { capacity: goodput, limitSec: limit.limitSec },
  )
  return {
    points: beyond.map((trial) => pointOf(trial, goodput)),
    score: degradation.score,
    kind: degradation.kind,
    reason: degradation.reason,
    refusals: refusalsOf(beyond, limit),
    hysteresis: hysteresisOf(trials, options),
  }
}

/** A target that died answered nothing in the rest of the time. */
function goodputOf({ record, goodPerSec, ranSec }: ObservedTrial): number {
  return record.end === 'target-died' ? (goodPerSec * ranSec) / Math.max(ranSec, record.plan.durationSec) : goodPerSec
}

function pointOf(trial: ObservedTrial, capacity: number): OverloadPointResult {
  const { record, acceptedP99Sec } = trial
  const goodput = goodputOf(trial)
  return {
    factor: record.plan.factor ?? 0,
    offered: record.plan.load,
    goodput,
    retained: capacity > 0 ? goodput / capacity : 0,
    acceptedP99: acceptedP99Sec === null ? null : acceptedP99Sec * 1000,
    errorRate: errorRate(trial),
    class: failureName(trial.class),
  }
}

export function errorRate({ work }: ObservedTrial): number {
  const all = work.good + work.notGood
  return all === 0 ? 0 : Math.max(0, work.failed) / all
}

/** Share of the answers that say when to come back, from which a client can do as asked. */
const mostSay = 0.95

/** The quality of the target's no: fast and honest, or slow errors and time-outs. */
function refusalsOf(beyond: readonly ObservedTrial[], { limitSec }: LatencyLimit): RefusalResult | null {
  // A function in process has no status: whether it refused or broke, its exception does not tell.
  if (beyond.length > 0 && beyond.every(({ work }) => work.kind !== 'request')) return null
  let rejected = 0
  let retryAfter = 0
  let otherErrors = 0
  let timeouts = 0
  let p99: number | null = null
  for (const { record, voidBy } of beyond) {
    if (voidBy.length > 0) continue
    const { statuses, failures, failed, failedResponse, retryAfter: said } = record.view.total('request')
    const no = (statuses['429'] ?? 0) + (statuses['503'] ?? 0)
    const late = (failures.timeout ?? 0) + (failures['timeout-first-byte'] ?? 0) + (failures['timeout-connect'] ?? 0)
    rejected += no
    retryAfter += said
    timeouts += late
    otherErrors += Math.max(0, failed - no - late - (failures.aborted ?? 0))
    const slowest = no === 0 ? null : failedResponse.quantile(0.99)
    if (slowest !== null) p99 = Math.max(p99 ?? 0, slowest / 1000)
  }
  const figures = {
    rejected,
    otherErrors,
    timeouts,
    rejectP99: p99,
    retryAfterShare: rejected === 0 ? null : retryAfter / rejected,
  }
  if (rejected + otherErrors + timeouts === 0)
    return { ...figures, verdict: 'none', reason: 'Nothing was refused: what came too much waited.' }
  if (rejected < otherErrors + timeouts)
    return {
      ...figures,
      verdict: 'errors',
      reason: `Overload shows as errors and time-outs (${String(otherErrors + timeouts)}), not as refusals (${String(rejected)}).`,
    }
  const limitMs = (limitSec * 1000) / 2
  if (p99 !== null && p99 > limitMs)
    return {
      ...figures,
      verdict: 'slow',
      reason: `It refuses, but only after ${p99.toFixed(0)} ms at p99: half the limit is ${limitMs.toFixed(0)} ms.`,
    }
  const says = (figures.retryAfterShare ?? 0) >= mostSay
  return {
    ...figures,
    verdict: 'fast',
    reason: says
      ? 'It refuses fast and says when to come back.'
      : 'It refuses fast, but does not say when to come back (no Retry-After).',
  }
}

/** Time to recover where the backlog is not known: our own. */
const budgetSec = 30

function hysteresisOf(trials: readonly ObservedTrial[], { capacity, limit, lower }: OverloadOptions): HysteresisResult | null {
  const back = trials.findLast(({ record }) => record.plan.purpose === 'hysteresis')
  const before = trials.findLast(({ record }) => record.plan.purpose === 'overload')
  if (back === undefined || before === undefined) return null
  const { view, plan } = back.record
  const watchedSec = view.judged.to
  // What was seen afterwards is a process that was started anew.
  if (before.record.end === 'target-died')
    return { kind: 'stuck', load: plan.load, recoveredSec: null, boundSec: budgetSec, watchedSec, restarted: true }
  // Clients that give up leave work behind that nobody sees in flight.
  const { failures } = before.record.view.total('request')
  const gaveUp = (failures.timeout ?? 0) + (failures['timeout-first-byte'] ?? 0) > 0
  const backlog = capacity.unit === 'users' || gaveUp ? null : inFlightAtEnd(before)
  const verdict = judgeHysteresis({
    capacity: lower,
    backlog,
    budgetSec,
    recoveredSec: recoveredSec(view, { kind: back.work.kind, limit, watchedSec }),
    watchedSec,
    generatorLimited: back.voidBy.length > 0,
  })
  return { kind: verdict.kind, load: plan.load, recoveredSec: verdict.recoveredSec, boundSec: verdict.boundSec, watchedSec }
}

function inFlightAtEnd({ record }: ObservedTrial): number {
  const last = record.view.judged.to - 1
  return record.view.generators({ from: last, to: last + 1 }).reduce((sum, { window }) => sum + window.requestsInFlight, 0)
}
