import { rankTest } from '../../analysis/index.ts'
import type { AttackCourse } from '../../analysis/index.ts'
import type { EnumerationResult } from '../../model/attack-result.ts'
import { digits } from '../format-value.ts'
import { telling } from './telling-answer.ts'

/** Ours: fewer answers of each kind tell nothing. */
const leastAnswers = 30
/** Ours: one in a thousand by chance, and so large that a few tries a name are enough (Vargha and Delaney call 0.71 large). */
const mostChance = 0.001
const largeEffect = 0.71

/**
 * Whether a refused log-in tells if the user exists: by its status, by its words or by its time. Names that exist and names that do not were tried in turn, so what slows
 * or changes everything does so for both.
 */
export function enumerationOf(course: AttackCourse): EnumerationResult {
  const time = byTime(course)
  const answer = telling(course.said, leastAnswers)
  const answers = answer === undefined ? null : { says: answer.says, known: answer.known, unknown: answer.unknown }
  const facts = { ...time.facts, answer: answers }
  if (time.tells === undefined && answer === undefined) return { ...facts, verdict: 'unknown', by: [], reason: time.reason }
  const by = [...(answer?.by === undefined ? [] : [answer.by]), ...(time.tells === true ? (['time'] as const) : [])]
  const reasons = [
    ...(answer === undefined || (answer.by === undefined && time.tells === true) ? [] : [answer.reason]),
    ...(by.length === 0 || time.tells === true ? [time.reason] : []),
  ]
  return { ...facts, verdict: by.length > 0 ? 'yes' : 'no', by, reason: reasons.join(' ') }
}

interface ByTime {
  readonly facts: Pick<EnumerationResult, 'known' | 'unknown' | 'differenceMs' | 'p' | 'effect'>
  /** Undefined: too few answers to tell. */
  readonly tells: boolean | undefined
  readonly reason: string
}

function byTime({ known, unknown }: AttackCourse): ByTime {
  const counts = { known: known.length, unknown: unknown.length }
  const test = rankTest(known, unknown)
  if (test === undefined || Math.min(known.length, unknown.length) < leastAnswers)
    return {
      facts: { ...counts, differenceMs: null, p: null, effect: null },
      tells: undefined,
      reason: `There were ${known.length} answers for names that exist and ${unknown.length} for others; ${leastAnswers} of each are needed.`,
    }
  const { p, effect } = test
  const differenceMs = test.difference / 1000
  const tells = p < mostChance && Math.max(effect, 1 - effect) >= largeEffect
  const later = differenceMs >= 0 ? 'later' : 'earlier'
  const figures = `median ${digits(Math.abs(differenceMs))} ms ${later}, later in ${digits(effect * 100)} % of pairs, p ${p < 1e-4 ? '< 0.0001' : `= ${digits(p)}`}`
  return {
    facts: { ...counts, differenceMs, p, effect },
    tells,
    reason: tells
      ? `A name that exists is told by its answer time: ${figures}.`
      : `The answer time does not tell whether a name exists: ${figures}.`,
  }
}
