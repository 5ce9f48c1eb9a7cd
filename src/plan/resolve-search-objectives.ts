import type { CapacitySpec } from '../model/capacity-spec.ts'
import { isSearchMetric } from '../model/capacity-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { Fields } from './fields.ts'

/** Objectives of a test, where `capacity`, `headroom` and `degradation` speak of a whole search. */
export function searchObjectives(options: {
  readonly fields: Fields
  readonly list: readonly ObjectiveSpec[]
  readonly inherited: readonly ObjectiveSpec[]
  /** Absent: the test is no search. */
  readonly search: CapacitySpec | undefined
}): readonly ObjectiveSpec[] {
  const { fields, list, inherited, search } = options
  if (search !== undefined && list.every(({ metric }) => isSearchMetric(metric.name)))
    fields.problems.addText(
      fields.at('objectives'),
      "at least one objective that a trial must hold, such as 'p95 < 200ms'",
      list.length === 0 ? 'none' : 'only what speaks of the whole search',
      'Without one, every load would be borne.',
    )
  return list.flatMap((objective) => {
    if (!isSearchMetric(objective.metric.name)) return [objective]
    // Of the plan's list, that objective is for its searches.
    if (search === undefined && inherited.includes(objective)) return []
    const wrong = mistakeOf(objective, search)
    if (wrong !== undefined)
      fields.problems.addText(
        inherited.includes(objective) ? fields.path : fields.at('objectives'),
        wrong,
        `\`${objective.text}\``,
      )
    return [search === undefined ? objective : inUnitOf(objective, search)]
  })
}

function mistakeOf({ metric, unit, overSec, during }: ObjectiveSpec, search: CapacitySpec | undefined): string | undefined {
  if (search === undefined) return `a \`capacity\` in this test for \`${metric.name}\``
  if (overSec !== undefined || during !== undefined)
    return `no \`over\` or \`during\` for \`${metric.name}\`, which the whole search gives`
  if (metric.name === 'headroom' && search.peak === undefined) return 'a `peak` in this test for `headroom`'
  if (metric.name === 'degradation' && search.overload.length === 0) return 'an `overload` in this test for `degradation`'
  if (metric.name === 'capacity' && search.unit === 'users' && unit === 'perSec')
    return 'a number of users, as `capacity` searches users'
  return undefined
}

/** A bare number is in the unit of the search. */
function inUnitOf(objective: ObjectiveSpec, { unit }: CapacitySpec): ObjectiveSpec {
  return objective.metric.name === 'capacity' ? { ...objective, unit: unit === 'perSec' ? 'perSec' : 'count' } : objective
}
