import type { LimiterFit, LimiterTestId, LimiterTestResult, LimiterVerdict } from '../../model/limiter-result.ts'
import type { LimiterSpec } from '../../model/limiter-spec.ts'
import type { LimiterAnswer, LimiterStage } from '../../model/limiter-step.ts'
import type { LimiterRun, ProbeFigures, RunData, TestData } from '../../analysis/index.ts'
import {
  fitLimiter,
  gapsBetween,
  idleBetweenProbesSec,
  limiterRun,
  longestGap,
  median,
  outcomeOf,
  probeFigures,
  usualStatus,
} from '../../analysis/index.ts'

/** What the record has of the test of one limiter. */
export interface LimiterEvidence {
  readonly data: RunData
  readonly test: TestData
  readonly spec: LimiterSpec
  readonly run: LimiterRun
  /** Of the last rate that was probed with. */
  readonly probe: readonly LimiterAnswer[]
  readonly figures: ProbeFigures
  readonly fit: LimiterFit | undefined
  /** The status of what is let through. */
  readonly usual: number | undefined
}

export interface Tested {
  readonly id: LimiterTestId
  readonly verdict: LimiterTestResult['verdict']
  readonly evidence: string
  readonly defect?: LimiterVerdict
}

export function limiterEvidence(data: RunData, test: TestData, spec: LimiterSpec): LimiterEvidence | undefined {
  const run = limiterRun(test, spec.name)
  if (run === undefined) return undefined
  const answers = run.stages.find(({ stage }) => stage === 'probe')?.answers ?? []
  const probe = lastProbe(answers)
  const { refused } = spec
  return {
    ...{ data, test, spec, run, probe },
    figures: probeFigures(probe, refused),
    fit: fitLimiter(probe, refused),
    usual: usualStatus(answers, refused),
  }
}

/** Each rate is probed with another key, or with one that was idle; nothing sent for a shorter time is a machine that stood still. */
function lastProbe(answers: readonly LimiterAnswer[]): readonly LimiterAnswer[] {
  const begins = answers.findLastIndex((answer, i) => {
    const before = answers[i - 1]
    return before === undefined || before.key !== answer.key || answer.at - before.at > idleBetweenProbesSec
  })
  return answers.slice(Math.max(0, begins))
}

export function answersOf({ run }: LimiterEvidence, stage: LimiterStage): readonly LimiterAnswer[] {
  return run.stages.filter((one) => one.stage === stage).flatMap(({ answers }) => answers)
}

export function isAccepted({ spec }: LimiterEvidence, answer: LimiterAnswer): boolean {
  return outcomeOf(answer, spec.refused) === 'accepted'
}

export function isRefused({ spec }: LimiterEvidence, answer: LimiterAnswer): boolean {
  return outcomeOf(answer, spec.refused) === 'refused'
}

export function skipped({ run }: LimiterEvidence, id: LimiterTestId, stage: LimiterStage): Tested {
  const why = run.skipped.find((one) => one.stage === stage)?.why ?? 'the load ended before'
  return { id, verdict: 'skipped', evidence: why }
}

/**
 * Whether the rate may be no higher than it looks. A window that slides lets less through where the one before it was cut short: its rate is that of two of
 * them. Of a bucket what comes is lost when it is full: where nothing is decided on for as long as that takes.
 */
export function isRateSeen({ figures, probe }: LimiterEvidence, { kind, burst, ratePerSec }: LimiterFit): boolean {
  const { after, first, p95Sec } = figures
  if (kind === 'sliding counter') return after >= 2 * first
  const sent = longestGap(probe.map(({ at }) => at))
  const answered = longestGap(probe.map(({ at, ms }) => at + ms / 1000))
  return kind !== 'token bucket' || Math.max(1, burst.low) / ratePerSec.value > Math.max(p95Sec, sent, answered)
}

/** Of a promised rate. */
export const rateTolerance = 0.05

/** Whether the rate is below `perSec`. */
export function isBelow({ ratePerSec, burst, kind }: LimiterFit, perSec: number): boolean {
  // Of a quota of Q a sliding counter lets Q - 1 through in each window of a client that asks all the time.
  const kept = kind === 'sliding counter' ? 1 - 1 / Math.max(2, burst.value) : 1
  return ratePerSec.high < perSec * kept * (1 - rateTolerance)
}

/** Whether it is, whatever was lost while nothing was asked, or decided on. */
export function isSurelyBelow(evidence: LimiterEvidence, fit: LimiterFit, perSec: number): boolean {
  return isRateSeen(evidence, fit) && isBelow(fit, perSec * (1 - stillShare(evidence)))
}

/** Ours: between two requests or two answers it stood still when that took so many times as long as usual. */
const stillTimes = 3

/** Share of the probe in which nothing was asked, or nothing decided on: a bucket with little room loses what comes then, and a window that slides begins as much later. */
function stillShare({ figures: { fromSec, toSec }, probe }: LimiterEvidence): number {
  const asked = stoodStillSec(probe.map(({ at }) => at))
  const decided = stoodStillSec(probe.map(({ at, ms }) => at + ms / 1000))
  return toSec > fromSec ? Math.min(1, Math.max(asked, decided) / (toSec - fromSec)) : 0
}

function stoodStillSec(times: readonly number[]): number {
  const gaps = gapsBetween(times)
  const usual = gaps.length === 0 ? 0 : median(gaps)
  return gaps.reduce((sum, gap) => (gap > stillTimes * usual ? sum + gap - usual : sum), 0)
}
