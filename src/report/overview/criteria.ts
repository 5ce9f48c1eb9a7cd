import type { ObjectiveResult, RunResult } from '../../model/run-result.ts'
import { actualText, limitText } from '../objective-figures.ts'

/** An objective of a test, and what came of it. */
export interface Criterion {
  readonly test: string
  /** As it was written. */
  readonly text: string
  readonly expected: string
  readonly measured: string
  readonly verdict: ObjectiveResult['verdict']
  /** Empty where it holds. */
  readonly reason: string
}

/** Every objective of every test, in the order of the run. Of a test that is not valid the figures are shown, and nothing is concluded from them. */
export function criteriaOf({ tests }: Pick<RunResult, 'tests'>): Criterion[] {
  return tests.flatMap(({ name, objectives, validity }) =>
    objectives.map((objective) => ({
      test: name,
      text: objective.text,
      expected: expectedText(objective),
      measured: objective.verdict === 'unknown' ? 'not known' : actualText(objective),
      ...(validity.verdict === 'void'
        ? { verdict: 'unknown' as const, reason: 'The measurement of this test is not valid.' }
        : { verdict: objective.verdict, reason: objective.verdict === 'pass' ? '' : objective.reason }),
    })),
  )
}

/** `< 100 ms`; of a word the word that is asked for. */
function expectedText(objective: ObjectiveResult): string {
  // A name in parentheses may have any of these characters.
  const bare = objective.text.replace(/\([^)]*\)/g, '')
  const [, op = '', rest = ''] = /(<=|>=|<|>|=)\s*(\S*)/.exec(bare) ?? []
  return objective.word === undefined ? `${op} ${limitText(objective)}`.trim() : rest
}

/** Whether all of them hold, and the first that do not. */
export function criteriaSentence(criteria: readonly Criterion[]): string {
  const missed = criteria.filter(({ verdict }) => verdict === 'fail')
  const open = criteria.filter(({ verdict }) => verdict === 'unknown')
  const [first] = missed
  const all = criteria.length
  if (all === 0) return 'No criterion was set, so nothing was judged.'
  if (missed.length + open.length === 0) return all === 1 ? 'The one criterion holds.' : `All ${all} criteria hold.`
  const held = `${all - missed.length - open.length} of ${all} criteria hold`
  const unknown = open.length === 0 ? '' : `; ${open.length} ${open.length === 1 ? 'is' : 'are'} not known`
  if (first === undefined) return `${held}${unknown}.`
  const more = missed.length > 1 ? `, and ${missed.length - 1} more` : ''
  return `${held}; missed: ${first.text} with ${first.measured} in “${first.test}”${more}${unknown}.`
}
