import type { BreakerResult } from '../../model/breaker-result.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'

/** An objective such as `breaker(payments) = ok`, from the verdicts on the breakers of its test; undefined when it is on something else. */
export function judgeBreakerObjective(
  objective: ObjectiveSpec,
  breakers: readonly BreakerResult[] | undefined,
): ObjectiveResult | undefined {
  const { text, metric, word, value: limit } = objective
  if (metric.name !== 'breaker' || word === undefined) return undefined
  const breaker = breakers?.find(({ link }) => link === metric.selector?.name)
  const common = { text, actual: null, limit, unit: 'count' }
  if (breaker === undefined) return { ...common, verdict: 'unknown', reason: 'The breaker was not tested.' }
  const { verdict, reason } = breaker
  if (verdict === 'UNKNOWN') return { ...common, verdict: 'unknown', reason }
  const isSame = verdict.toLowerCase().replaceAll('_', '-') === word
  return { ...common, verdict: isSame === (objective.op === '=') ? 'pass' : 'fail', reason: `${verdict}: ${reason}` }
}
