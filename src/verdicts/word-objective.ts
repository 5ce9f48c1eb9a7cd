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

/** An objective whose metric is a verdict in a word; undefined when it is on something else. */
export function judgeWordObjective(objective: ObjectiveSpec, { metric, found, untested }: WordsOf): ObjectiveResult | undefined {
  const { text, word, value: limit } = objective
  if (objective.metric.name !== metric || word === undefined) return undefined
  const one = found?.find(({ link }) => link === objective.metric.selector?.name)
  const shown = (one?.verdict ?? 'UNKNOWN').toLowerCase().replaceAll('_', '-')
  const common = { text, actual: null, limit, unit: 'count', word: shown }
  if (one === undefined) return { ...common, verdict: 'unknown', reason: untested }
  const { verdict, reason } = one
  if (verdict === 'UNKNOWN') return { ...common, verdict: 'unknown', reason }
  const isSame = shown === word
  return { ...common, verdict: isSame === (objective.op === '=') ? 'pass' : 'fail', reason: `${verdict}: ${reason}` }
}
