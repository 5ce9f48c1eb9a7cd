import { listWords, nearest } from '../base/check.ts'
import { leastLimiterSec } from '../model/limiter-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { Fields } from './fields.ts'

export interface LimiterObjectiveOptions {
  readonly fields: Fields
  readonly list: readonly ObjectiveSpec[]
  /** The plan's list: what of it a test cannot answer is left out. */
  readonly inherited: readonly ObjectiveSpec[]
  /** 0: of a search. */
  readonly durationSec: number
  readonly limiters: readonly string[]
}

/** The objectives of a test, where those on rate limiters name one of the plan and leave time to test it. */
export function limiterObjectives({
  fields,
  list,
  inherited,
  durationSec,
  limiters,
}: LimiterObjectiveOptions): readonly ObjectiveSpec[] {
  return list.filter((objective) => {
    const { selector } = objective.metric
    if (selector?.kind !== 'limiter') return true
    const { problems } = fields
    const got = `\`${objective.text}\``
    if (!limiters.includes(selector.name)) {
      const near = nearest(selector.name, limiters)
      const expected = limiters.length === 0 ? '`limiters` in the plan' : `one of ${listWords(limiters)}`
      problems.addText(fields.at('objectives'), `${expected} for \`limiter\``, got, near && `Did you mean \`limiter(${near})\`?`)
      return true
    }
    if (durationSec >= leastLimiterSec) return true
    if (inherited.includes(objective)) return false
    problems.addText(
      fields.at('objectives'),
      `a load, or \`watch\`, of at least ${String(leastLimiterSec)} s for \`limiter\`, where it is ${String(durationSec)} s long`,
      got,
      'A limiter is drained, looked at while it fills again, and drained again. Make the test longer with `for`.',
    )
    return true
  })
}
