import { isRecord, listWords } from '../base/check.ts'
import type { LoadAssignment } from '../model/load-spec.ts'
import { Fields } from './fields.ts'
import { resolveLoad } from './resolve-load.ts'
import { takesFor } from './test-form.ts'
import type { TestScope } from './test-scope.ts'

const sideKeys = ['users', 'arrivals', 'steps', 'iterations', 'for', 'maxUsers'] as const

/** `load`: scenarios side by side, each with a load of its own. */
export function sideBySide(scope: TestScope, fields: Fields): readonly LoadAssignment[] | undefined {
  const side = new Fields(fields.problems, fields.at('load'), fields.raw('load'), scope.scenarioNames)
  const loads: LoadAssignment[] = []
  for (const name of scope.scenarioNames) {
    if (!side.has(name)) continue
    const raw = side.raw(name)
    const own = isRecord(raw) ? raw : {}
    // `for` and `maxUsers` of the test hold for each load that does not say otherwise; their problems are reported where they stand.
    const shared = ['for', 'maxUsers'].filter(
      (key) => own[key] === undefined && fields.has(key) && (key !== 'for' || takesFor(own)),
    )
    const merged = { ...own, ...Object.fromEntries(shared.map((key) => [key, fields.raw(key)])) }
    const at = side.at(name)
    // Reports what is no object and what is misspelt; the merged view below knows where each key stands.
    new Fields(fields.problems, at, raw, sideKeys)
    const origins = new Map(
      Object.keys(merged).map((key) => [key, shared.includes(key) ? fields.at(key) : [...at, key]] as const),
    )
    const part = new Fields(fields.problems, at, merged, sideKeys, origins.size === 0 ? new Map([['', at]]) : origins)
    const given = (['users', 'arrivals', 'steps', 'iterations'] as const).filter(
      (key) => part.has(key) && !(key === 'users' && part.has('iterations')),
    )
    const [key] = given
    if (key === undefined || given.length > 1) {
      fields.problems.addText(
        at,
        'exactly one load: `users`, `arrivals`, `steps`, `iterations`',
        given.length === 0 ? 'none' : listWords(given),
      )
      continue
    }
    const load = resolveLoad(part, key)
    if (load) loads.push({ load, mix: { [name]: 1 } })
  }
  if (loads.length === 0) {
    if (isRecord(fields.raw('load')) && Object.keys(fields.raw('load') ?? {}).length === 0)
      fields.wrong('load', 'a load for at least one scenario, such as `{ buy: { users: 20 } }`')
    return undefined
  }
  return loads
}
