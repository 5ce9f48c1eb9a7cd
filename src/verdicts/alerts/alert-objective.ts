import type { AlertResult, AlertVerdict } from '../../model/alert-result.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { wordObjective } from '../word-objective.ts'

const order: readonly AlertVerdict[] = ['MISSING', 'FALSE', 'STUCK', 'LATE', 'UNKNOWN', 'OK']

/** `alerts = ok`, from the gravest verdict of those that the plan lists; undefined when the objective is on something else. */
export function judgeAlertObjective(
  objective: ObjectiveSpec,
  alerts: readonly AlertResult[] | undefined,
): ObjectiveResult | undefined {
  if (objective.metric.name !== 'alerts') return undefined
  const worst = order.find((verdict) => alerts?.some((one) => one.verdict === verdict))
  if (worst === undefined) return wordObjective(objective, { verdict: 'UNKNOWN', reason: 'The plan lists no alerts (`alerts`).' })
  const its = (alerts ?? []).filter(({ verdict }) => verdict === worst)
  return wordObjective(objective, { verdict: worst, reason: its.map(({ name, reason }) => `${name}: ${reason}`).join(' ') })
}
