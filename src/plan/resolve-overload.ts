import { rateExamples, readRate } from '../base/rate.ts'
import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { LoadUnit } from '../model/load-spec.ts'
import type { Fields } from './fields.ts'
import { readUsers } from './resolve-load.ts'

/** Keys that mean something only beside `capacity`. */
export const searchKeys = ['overload', 'overloadFor', 'peak'] as const

const mostFactors = 20
/** Beyond ten times the capacity only the generator is tested. */
const largestFactor = 100
const shortestOverloadSec = 15

/** What is held beyond the capacity once it is found, and the load that the headroom is reckoned from. */
export function resolveOverload(
  fields: Fields,
  { unit, minTrialSec }: { readonly unit: LoadUnit | undefined; readonly minTrialSec: number },
): Pick<CapacitySpec, 'overload' | 'overloadSec' | 'peak'> {
  const overload = readFactors(fields)
  const eachMs = fields.durationMs('overloadFor')
  if (fields.has('overloadFor') && !fields.has('overload'))
    fields.problems.addText(fields.at('overloadFor'), 'an `overload` beside it, such as [1.25, 1.5, 2, 3, 5]', 'none')
  if (eachMs !== undefined && eachMs < 2000) fields.wrong('overloadFor', 'at least 2 s')
  const peak = unit === undefined ? undefined : readPeak(fields, unit)
  return {
    overload,
    overloadSec: eachMs === undefined ? Math.max(minTrialSec, shortestOverloadSec) : eachMs / 1000,
    ...(peak === undefined ? {} : { peak }),
  }
}

/** In ascending order, each once. */
function readFactors(fields: Fields): readonly number[] {
  const value = fields.raw('overload')
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > mostFactors) {
    fields.wrong('overload', `a list of at most ${mostFactors} factors such as [1.25, 1.5, 2, 3, 5]`)
    return []
  }
  const factors = value.flatMap((factor: unknown, index) => {
    if (typeof factor === 'number' && factor > 1 && factor <= largestFactor) return [factor]
    fields.problems.add(
      [...fields.at('overload'), index],
      `a factor above 1, at most ${largestFactor}: a multiple of the capacity that was found`,
      factor,
    )
    return []
  })
  return [...new Set(factors)].sort((a, b) => a - b)
}

function readPeak(fields: Fields, unit: LoadUnit): number | undefined {
  const value = fields.raw('peak')
  if (value === undefined) return undefined
  const arrivals = unit === 'perSec'
  // A bare number is users here, as in `from` and `to`.
  const peak = !arrivals ? readUsers(value) : typeof value === 'string' ? readRate(value) : undefined
  if (peak !== undefined && peak > 0) return peak
  fields.wrong(
    'peak',
    arrivals ? `${rateExamples}, as \`capacity\` searches arrivals` : 'a whole number of users, as `capacity` searches users',
  )
  return undefined
}
