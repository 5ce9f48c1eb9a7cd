import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { PoolResult } from '../../model/pool-result.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { judgeWordObjective } from '../word-objective.ts'

/** An objective such as `pool(db) = ok`, from the verdicts on the pools of its test; undefined when it is on something else. */
export function judgePoolObjective(
  objective: ObjectiveSpec,
  pools: readonly PoolResult[] | undefined,
): ObjectiveResult | undefined {
  return judgeWordObjective(objective, { metric: 'pool', found: pools, untested: 'The pool was not tested.' })
}
