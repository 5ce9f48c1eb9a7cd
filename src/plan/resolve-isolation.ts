import type { ServiceSpec, TargetSpec } from '../model/plan-spec.ts'
import type { Fields } from './fields.ts'

/** Whether tests begin with the data as `setup` has left it. */
export interface Isolation {
  /** Of tests that say nothing. */
  readonly byDefault: boolean
  /** What would be needed; absent: it can be done. */
  readonly lacks?: string
}

/** Data is put back by making a database anew: it must be ours to drop, and who is connected to it ours to start again. */
export function resolveIsolation(
  fields: Fields,
  { services, target }: { readonly services: Readonly<Record<string, ServiceSpec>>; readonly target: TargetSpec | undefined },
): Isolation {
  const lacks = lackOf(Object.values(services), target)
  const byDefault = fields.boolean('isolate') ?? false
  if (byDefault && lacks !== undefined) fields.wrong('isolate', lacks)
  return { byDefault, ...(lacks === undefined ? {} : { lacks }) }
}

function lackOf(services: readonly ServiceSpec[], target: TargetSpec | undefined): string | undefined {
  const databases = services.filter((service) => service.kind === 'postgres')
  if (databases.length === 0) return 'a database that the plan starts, such as `services: { db: service.postgres() }`'
  if (databases.some(({ urlFromEnv }) => urlFromEnv !== undefined))
    return 'only databases that the plan starts: one of an environment variable is not dropped'
  if (target !== undefined && target.start === undefined)
    return 'a target that the plan starts (`target.start`), to be started again on the new database'
  return undefined
}

/** Of one test. */
export function isIsolated(fields: Fields, { byDefault, lacks }: Isolation): boolean {
  const own = fields.boolean('isolate')
  if (own === true && lacks !== undefined) fields.wrong('isolate', lacks)
  return own ?? byDefault
}
