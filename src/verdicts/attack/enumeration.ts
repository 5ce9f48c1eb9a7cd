import { rankTest } from '../../analysis/index.ts'
import type { AttackCourse } from '../../analysis/index.ts'
import type { EnumerationResult } from '../../model/attack-result.ts'
import { digits } from '../format-value.ts'

/** Ours: fewer answers of each kind tell nothing. */
const leastAnswers = 30
/** Ours: one in a thousand by chance, and so large that a few tries a name are enough (Vargha and Delaney call 0.71 large). */
const mostChance = 0.001
const largeEffect = 0.71

/** Whether the time of a refused log-in tells if the user exists. Names that exist and names that do not were tried in turn, so what slows the machine slows both. */
export function enumerationOf({ known, unknown }: AttackCourse): EnumerationResult {
  const counts = { known: known.length, unknown: unknown.length }
  const test = rankTest(known, unknown)
  if (test === undefined || Math.min(known.length, unknown.length) < leastAnswers)
    return {
      ...{ verdict: 'unknown', ...counts, differenceMs: null, p: null, effect: null },
      reason: `There were ${known.length} answers for names that exist and ${unknown.length} for others; ${leastAnswers} of each are needed.`,
    }
  const { p, effect } = test
  const differenceMs = test.difference / 1000
  const tells = p < mostChance && Math.max(effect, 1 - effect) >= largeEffect
  const later = differenceMs >= 0 ? 'later' : 'earlier'
  const figures = `median ${digits(Math.abs(differenceMs))} ms ${later}, later in ${digits(effect * 100)} % of pairs, p ${p < 1e-4 ? '< 0.0001' : `= ${digits(p)}`}`
  return {
    ...{ verdict: tells ? 'yes' : 'no', ...counts, differenceMs, p, effect },
    reason: tells
      ? `A name that exists is told by its answer time: ${figures}.`
      : `The answer time does not tell whether a name exists: ${figures}.`,
  }
}
