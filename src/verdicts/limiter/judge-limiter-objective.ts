import type { LimiterResult } from '../../model/limiter-result.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { judgeWordObjective } from '../word-objective.ts'

/** An objective such as `limiter(login) = enforced`, from the verdicts on the limiters of its test; undefined when it is on something else. */
export function judgeLimiterObjective(
  objective: ObjectiveSpec,
  limiters: readonly LimiterResult[] | undefined,
): ObjectiveResult | undefined {
  const found = limiters?.map(({ name, verdict, reason }) => ({ link: name, verdict, reason }))
  return judgeWordObjective(objective, { metric: 'limiter', found, untested: 'The limiter was not tested.' })
}
