import type { BreakerResult } from '../../model/breaker-result.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { judgeWordObjective } from '../word-objective.ts'

/** An objective such as `breaker(payments) = ok`, from the verdicts on the breakers of its test; undefined when it is on something else. */
export function judgeBreakerObjective(
  objective: ObjectiveSpec,
  breakers: readonly BreakerResult[] | undefined,
): ObjectiveResult | undefined {
  return judgeWordObjective(objective, { metric: 'breaker', found: breakers, untested: 'The breaker was not tested.' })
}
