import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { ObjectiveResult } from '../model/run-result.ts'

/** What was found of one link by a test that was driven beside the load. */
interface Found {
  readonly link: string
  readonly verdict: string
  readonly reason: string
}

export interface WordsOf {
  /** `breaker` for `breaker(payments) = ok`. */
  readonly metric: string
  readonly found: readonly Found[] | undefined
  readonly untested: string
}

/** An objective whose metric is a verdict on a link in a word; undefined when it is on something else. */
export function judgeWordObjective(objective: ObjectiveSpec, { metric, found, untested }: WordsOf): ObjectiveResult | undefined {
  if (objective.metric.name !== metric || objective.word === undefined) return undefined
  const one = found?.find(({ link }) => link === objective.metric.selector?.name)
  return wordObjective(objective, one ?? { verdict: 'UNKNOWN', reason: untested })
}

/** An objective whose metric is a word, from the verdict that the word is. */
export function wordObjective(
  { text, word, op, value: limit }: ObjectiveSpec,
  { verdict, reason }: Pick<Found, 'verdict' | 'reason'>,
): ObjectiveResult {
  const shown = verdict.toLowerCase().replaceAll('_', '-')
  const common = { text, actual: null, limit, unit: 'count', word: shown }
  if (verdict === 'UNKNOWN') return { ...common, verdict: 'unknown', reason }
  return { ...common, verdict: (shown === word) === (op === '=') ? 'pass' : 'fail', reason: `${verdict}: ${reason}` }
}
