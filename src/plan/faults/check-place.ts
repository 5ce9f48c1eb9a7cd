import { listWords, nearest } from '../../base/check.ts'
import type { ProcessRef } from '../../model/process-fault.ts'
import type { Fields } from '../fields.ts'
import type { PlanPlace, PlanPlaces } from './plan-places.ts'
import type { Requirement } from './reader.ts'

/** `on` of a fault, when the plan has such a place and the fault can be done to it; what is wrong is reported. */
export function readPlace(fields: Fields, requirement: Requirement, places: PlanPlaces): ProcessRef | undefined {
  if (requirement === 'nothing') return ''
  const unfit = places.unfit ?? fields.problems
  if (requirement === 'preload') {
    if (places.noPreload === undefined) return 'target'
    unfit.addText(
      fields.path,
      'a Node target that the plan starts, with `preload: true` in `target`',
      places.noPreload,
      'This fault is done inside the target, by a module of ours that is preloaded into it.',
    )
    return undefined
  }
  const on = fields.raw('on')
  if (requirement === 'process' && typeof on === 'number' && Number.isSafeInteger(on) && on > 1) return on
  const place = typeof on === 'string' ? places.byName.get(on) : undefined
  if (typeof on !== 'string' || place === undefined) {
    const fitting = [...places.byName].filter(([, each]) => misfit(each, requirement) === undefined).map(([name]) => name)
    const near = typeof on === 'string' ? nearest(on, fitting) : undefined
    const ids = requirement === 'process' ? ', or a process id' : ''
    fields.wrong(
      'on',
      fitting.length === 0
        ? `${wanted[requirement]}, which this plan does not have`
        : `${wanted[requirement]}: one of ${listWords(fitting)}${ids}`,
      near === undefined ? undefined : `Did you mean '${near}'?`,
    )
    return undefined
  }
  const wrong = misfit(place, requirement)
  if (wrong === undefined) return on
  unfit.addText(fields.at('on'), wanted[requirement], `'${on}': ${wrong}`)
  return undefined
}

const wanted: Readonly<Record<Exclude<Requirement, 'nothing' | 'preload'>, string>> = {
  link: 'a link that our proxy can stand in',
  http: 'a link that speaks HTTP',
  postgres: 'a link that speaks PostgreSQL',
  database: 'a PostgreSQL of the plan',
  process: 'a process that the plan knows',
  'own-process': 'a process that the plan starts',
}

/** Why this cannot be done there. */
function misfit(place: PlanPlace, requirement: Requirement): string | undefined {
  const { protocol, noLink, isProcess, isOurs, database } = place
  switch (requirement) {
    case 'link':
    case 'http':
    case 'postgres':
      if (protocol === undefined) return 'it has no address'
      if (requirement !== 'link' && requirement !== protocol) return `what is spoken there is ${spoken[protocol]}`
      return noLink
    case 'database':
      return database === undefined ? 'it is no database' : database === true ? undefined : database
    case 'process':
      return isProcess ? undefined : 'its process is not known'
    case 'own-process':
      return isOurs ? undefined : 'the plan does not start it, so that it cannot be started again'
    case 'preload':
    case 'nothing':
      return undefined
  }
}

const spoken = { http: 'HTTP', postgres: 'PostgreSQL', tcp: 'not known to us (TLS, or a protocol of its own)' } as const
