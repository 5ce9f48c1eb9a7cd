import type { Problems } from '../base/check.ts'
import { listWords } from '../base/check.ts'
import type { ServiceSpec, SqlSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'

const sqlKeys = ['service', 'maxConnections', 'connectTimeout', 'timeout', 'statementTimeout', 'prepare'] as const

/** `sql` of a plan with its defaults. */
export function resolveSql(problems: Problems, value: unknown, services: Readonly<Record<string, ServiceSpec>>): SqlSpec {
  const fields = new Fields(problems, ['sql'], value, sqlKeys)
  const service = resolveService(fields, services)
  const timeoutMs = fields.durationMs('timeout') ?? 30_000
  return {
    ...(service === undefined ? {} : { service }),
    maxConnections: fields.count('maxConnections', 1) ?? 10,
    connectTimeoutMs: fields.durationMs('connectTimeout') ?? Math.min(5000, timeoutMs),
    timeoutMs,
    statementTimeoutMs: fields.durationMs('statementTimeout') ?? 0,
    prepare: fields.boolean('prepare') ?? false,
  }
}

function resolveService(fields: Fields, services: Readonly<Record<string, ServiceSpec>>): string | undefined {
  const databases = Object.keys(services).filter((name) => {
    const service = services[name]
    return service?.kind === 'postgres' || service?.protocol === 'postgres'
  })
  if (!fields.has('service')) return databases.length === 1 ? databases[0] : undefined
  const service = fields.string('service', 'the name of a database of the plan')
  if (service === undefined || databases.includes(service)) return service
  const known = databases.length === 0 ? 'The plan has none.' : `The plan has ${listWords(databases)}.`
  // An address may hold a password, and what is wrong is printed.
  if (/[:/@]/.test(service))
    fields.problems.addText(
      fields.at('service'),
      'the name of a database of the plan',
      'an address',
      "Declare it: services: { db: service.postgres({ url: env('DATABASE_URL') }) }.",
    )
  else fields.wrong('service', 'the name of a database of the plan', known)
  return undefined
}
