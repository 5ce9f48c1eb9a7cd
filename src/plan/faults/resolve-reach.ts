import { readShare, shareExamples } from '../../base/share.ts'
import type { FaultScope } from '../../model/link-fault.ts'
import type { Fields } from '../fields.ts'
import type { Requirement } from './reader.ts'

export const reachKeys = ['where', 'percent', 'first', 'every'] as const

/** Which of those that cross a link a fault meets; undefined: all of them. `isHttp`: requests can be told apart. */
export function resolveReach(
  fields: Fields,
  { requirement, isHttp }: { readonly requirement: Requirement; readonly isHttp: boolean },
): FaultScope | undefined {
  const given = reachKeys.filter((key) => fields.has(key))
  const [firstGiven] = given
  if (firstGiven === undefined) return undefined
  if (requirement !== 'link' && requirement !== 'http' && requirement !== 'postgres') {
    for (const key of given) fields.wrong(key, `no \`${key}\`, which belongs to faults of a link`)
    return undefined
  }
  const where = fields.string('where', "requests such as 'POST /orders' or '/files/*'")
  if (where !== undefined && !isHttp) fields.wrong('where', 'no `where` on a link that does not speak HTTP')
  else if (where !== undefined && requirement !== 'http')
    fields.wrong('where', 'no `where`: this fault is on connections, only those of HTTP such as `fault.status` are on requests')
  else if (where !== undefined && !/^([A-Z]+\s+)?\/\S*$/.test(where.trim()))
    fields.wrong('where', "requests such as 'POST /orders' or '/files/*'")
  const shares = given.filter((key) => key !== 'where')
  if (shares.length > 1)
    fields.problems.addText(fields.path, 'one of `percent`, `first` and `every`', shares.map((key) => `\`${key}\``).join(', '))
  const share = readPercent(fields)
  const first = fields.count('first', 1)
  const every = fields.count('every', 1)
  return {
    ...(where === undefined ? {} : { where: where.trim() }),
    ...(share === undefined ? {} : { share }),
    ...(first === undefined ? {} : { first }),
    ...(every === undefined ? {} : { every }),
  }
}

function readPercent(fields: Fields): number | undefined {
  const value = fields.raw('percent')
  if (value === undefined) return undefined
  const share = readShare(value)
  if (share !== undefined && share > 0) return share
  fields.wrong('percent', `${shareExamples}, more than none`)
  return undefined
}
