import { listWords, nearest } from '../base/check.ts'
import type { LoadAssignment } from '../model/load-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { PhaseSpec } from '../model/plan-spec.ts'
import type { Fields } from './fields.ts'

/** `warmup`, then one phase for each named stage, or `load` where stages have no names. */
export function phasesOf(loads: readonly LoadAssignment[], warmupSec: number, durationSec: number): readonly PhaseSpec[] {
  const phases: PhaseSpec[] = warmupSec > 0 ? [{ name: 'warmup', fromSec: 0, toSec: warmupSec }] : []
  const only = loads.length === 1 ? loads[0]?.load : undefined
  const stages = only?.model === 'closed' || only?.model === 'open' ? only.stages : []
  let at = 0
  for (const stage of stages) {
    const from = Math.max(at, warmupSec)
    at += stage.durationSec
    if (stage.phase !== undefined && at > from) phases.push({ name: stage.phase, fromSec: from, toSec: at })
  }
  if (!stages.some((stage) => stage.phase !== undefined)) phases.push({ name: 'load', fromSec: warmupSec, toSec: durationSec })
  return phases
}

/** A phase that the test does not have is a mistake in its own list; of the plan's list, that objective is for other tests. */
export function checkPhases(options: {
  readonly fields: Fields
  readonly key: string
  readonly list: readonly ObjectiveSpec[]
  readonly inherited: readonly ObjectiveSpec[]
  readonly phases: readonly PhaseSpec[]
}): readonly ObjectiveSpec[] {
  const names = options.phases.map((phase) => phase.name)
  return options.list.filter((objective) => {
    const { during } = objective
    if (during === undefined || names.includes(during)) return true
    if (!options.inherited.includes(objective)) {
      const near = nearest(during, names)
      const { fields, key } = options
      fields.problems.addText(
        fields.at(key),
        names.length === 0
          ? 'no `during` in a capacity search, whose trials have no phases'
          : `a phase of this test: ${listWords(names)}`,
        `\`during ${during}\``,
        near && `Did you mean \`${near}\`?`,
      )
    }
    return false
  })
}
