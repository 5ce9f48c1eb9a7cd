import type { LimiterAnswer } from '../../model/limiter-step.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { answersOf, isAccepted, isRefused, skipped } from './evidence.ts'
import { number, seconds } from './words.ts'

/** A refusal that takes longer than what is let through, and than a person notices, protects nobody. */
const slowMs = 100

interface Times {
  readonly p50: number
  readonly p95: number
}

function timesOf(answers: readonly LimiterAnswer[]): Times | null {
  if (answers.length < 20) return null
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}

export function refusedTimes(evidence: LimiterEvidence): Times | null {
  return timesOf(evidence.probe.filter((one) => isRefused(evidence, one)))
}

export function acceptedTimes(evidence: LimiterEvidence): Times | null {
  return timesOf(evidence.probe.filter((one) => isAccepted(evidence, one)))
}

/** Refusals are quick while much is asked. */
export function refusesFast(evidence: LimiterEvidence): Tested {
  const id = 'refusal'
  const refused = refusedTimes(evidence)
  if (refused === null) return { id, verdict: 'skipped', evidence: 'fewer than 20 refusals' }
  const accepted = acceptedTimes(evidence)
  const told = `p95 of a refusal ${seconds(refused.p95 / 1000)}${accepted === null ? '' : `, of what is let through ${seconds(accepted.p95 / 1000)}`}`
  const isSlow = refused.p95 > slowMs && (accepted === null || refused.p95 > accepted.p95)
  return { id, verdict: isSlow ? 'fail' : 'pass', evidence: told }
}

/** CPU of the target a second and core, while so many were let through, refused, or not asked. */
export function refusalCost(evidence: LimiterEvidence): number | null {
  const answers = answersOf(evidence, 'cost')
  const during = (part: string): { readonly cpu: number; readonly perSec: number } | undefined => {
    const own = answers.filter((answer) => answer.part === part)
    const [first, last] = [own[0], own.at(-1)]
    if (first === undefined || last === undefined) return undefined
    const isAsMeant = part === 'accepted' ? isAccepted : isRefused
    if (own.filter((one) => isAsMeant(evidence, one)).length < 0.9 * own.length) return undefined
    // A value is that of the second before it.
    const values = evidence.test.probe('target.cpu', { from: first.at + 1, to: last.at }).map(({ value }) => value)
    if (values.length === 0) return undefined
    return {
      cpu: values.reduce((sum, value) => sum + value, 0) / values.length,
      perSec: own.length / Math.max(0.001, last.at - first.at),
    }
  }
  const [accepted, refused] = [during('accepted'), during('refused')]
  // Two hundredths of a core are what the clock of a process is good to.
  if (accepted === undefined || refused === undefined || accepted.cpu < 0.02) return null
  return refused.cpu / refused.perSec / (accepted.cpu / accepted.perSec)
}

export function refusesCheaply(evidence: LimiterEvidence): Tested {
  const id = 'cost'
  if (answersOf(evidence, 'cost').length === 0) return skipped(evidence, id, 'cost')
  const cost = refusalCost(evidence)
  if (cost === null)
    return { id, verdict: 'unknown', evidence: 'the CPU of the target was not measured, or too little to tell the two apart' }
  return {
    id,
    verdict: 'pass',
    evidence: `a refusal costs the target ${number(cost)} times the CPU of a request that is let through`,
  }
}
