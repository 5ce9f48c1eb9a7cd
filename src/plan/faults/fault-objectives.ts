import { listWords, nearest } from '../../base/check.ts'
import type { FaultSpec, NemesisSpec } from '../../model/fault-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { Fields } from '../fields.ts'
import type { PlanPlaces } from './plan-places.ts'

/** What is judged of a fault, and nothing without one. */
const ofFaults: readonly string[] = ['recovery', 'impact', 'lostWork', 'metastable']
/** And of those what can only be seen while the load goes on without the fault. */
const ofTheTimeAfter: readonly string[] = ['recovery', 'metastable']
/** Of the load after the last fault: five good windows of a second. */
const leastAfterSec = 5

export interface FaultObjectiveOptions {
  readonly fields: Fields
  readonly list: readonly ObjectiveSpec[]
  /** The plan's list: what of it a test cannot answer is left out. */
  readonly inherited: readonly ObjectiveSpec[]
  readonly faults: readonly FaultSpec[] | undefined
  readonly nemesis: NemesisSpec | undefined
  readonly durationSec: number
  readonly places: PlanPlaces
}

/** Objectives of a test, where those on faults and breakers name what the test has. */
export function faultObjectives(options: FaultObjectiveOptions): readonly ObjectiveSpec[] {
  const { fields, list, inherited } = options
  return list.filter((objective) => {
    const mistake = mistakeOf(objective, options)
    if (mistake === undefined) return true
    if (inherited.includes(objective)) return false
    const problems = mistake.isUnfit === true ? (options.places.unfit ?? fields.problems) : fields.problems
    problems.addText(fields.at('objectives'), mistake.expected, `\`${objective.text}\``, mistake.hint)
    return true
  })
}

interface Mistake {
  readonly expected: string
  readonly hint?: string
  /** The plan is right, but its target does not allow it. */
  readonly isUnfit?: true
}

function mistakeOf(
  { metric: { name, selector } }: ObjectiveSpec,
  { faults, nemesis, durationSec, places }: FaultObjectiveOptions,
): Mistake | undefined {
  if (selector?.kind === 'link') return linkMistake(name, selector.name, places)
  if (!ofFaults.includes(name)) return undefined
  if (faults === undefined && nemesis === undefined) return { expected: `\`faults\` in this test for \`${name}\`` }
  const ids = (faults ?? []).map(({ id }) => id)
  // What a nemesis draws has its number only when the run begins.
  if (selector !== undefined && nemesis === undefined && !ids.includes(selector.name)) {
    const near = nearest(selector.name, ids)
    return {
      expected: `one of the faults ${listWords(ids)} for \`${name}\``,
      ...(near === undefined ? {} : { hint: `Did you mean \`${name}(${near})\`?` }),
    }
  }
  if (nemesis !== undefined || !ofTheTimeAfter.includes(name)) return undefined
  const lastSec = Math.max(...(faults ?? []).map(({ atSec, forSec }) => atSec + forSec))
  if (lastSec + leastAfterSec <= durationSec) return undefined
  return {
    expected: `a load that goes on for at least ${leastAfterSec} s after the last fault, which ends at ${lastSec} s of ${durationSec} s, for \`${name}\``,
    hint: 'Without it nobody sees how the service comes back. Make the load longer with `for`.',
  }
}

function linkMistake(metric: string, link: string, { byName }: PlanPlaces): Mistake | undefined {
  const place = byName.get(link)
  const names = [...byName.keys()].filter((name) => name !== 'target')
  if (place === undefined || link === 'target') {
    const near = nearest(link, names)
    return {
      expected:
        names.length === 0
          ? `a service or dependency in the plan for \`${metric}\``
          : `one of ${listWords(names)} for \`${metric}\``,
      ...(near === undefined ? {} : { hint: `Did you mean \`${metric}(${near})\`?` }),
    }
  }
  if (place.noLink === undefined && place.protocol !== undefined) return undefined
  return {
    expected: `a link that our proxy can stand in for \`${metric}\`: ${place.noLink ?? 'it has no address'}`,
    isUnfit: true,
  }
}
