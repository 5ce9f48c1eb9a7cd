import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { holds } from '../holds.ts'
import { auditFacts } from './audit-facts.ts'
import { isAuditMetric, measureAudit } from './audit-metrics.ts'

const mostExamples = 3

/** The value of an objective on the data, or why there is none; undefined: it is on something else. */
export function auditValue(
  objective: ObjectiveSpec,
  data: RunData,
  test: TestData,
): { readonly value: number; readonly where: string } | string | undefined {
  const { name } = objective.metric
  if (!isAuditMetric(name)) return undefined
  const facts = auditFacts(data, test.name)
  const measured = facts && measureAudit(name, facts)
  if (measured === undefined) return `${name} needs an audit of the data, which is not in this run.`
  const { count, examples, doubt } = measured
  // What was seen is enough to break the objective, and more would not mend it; to hold it, all must have been looked at.
  if (doubt !== undefined && (holds(count, objective) || count === 0)) return `${name} is not known: ${doubt}.`
  const shown = examples.slice(0, mostExamples).join(', ')
  return { value: count, where: shown === '' ? '' : ` (${shown}${examples.length > mostExamples ? ', …' : ''})` }
}
