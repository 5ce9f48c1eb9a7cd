import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { MonitorSpec } from '../model/monitor-spec.ts'
import type { PostgresSpec, ProbeSpec, ServiceSpec, TargetSpec, TestSpec } from '../model/plan-spec.ts'
import type { Declarations } from './declarations.ts'
import { Fields } from './fields.ts'
import { resolveProcess } from './resolve-process.ts'

/** First parts of names of metrics, which no service can have. */
export const metricFamilies: readonly string[] = [
  'target',
  'host',
  'generator',
  'test',
  'run',
  'service',
  'slip',
  'link',
  'monitor',
  'alerts',
]

export function resolveServices(
  problems: Problems,
  value: unknown,
  { declarations, dir }: { readonly declarations: Declarations; readonly dir: string },
): Readonly<Record<string, ServiceSpec>> {
  if (value === undefined) return {}
  if (!isRecord(value)) {
    problems.add(['services'], 'an object such as `{ db: service.postgres() }`', value)
    return {}
  }
  const services: Record<string, ServiceSpec> = {}
  for (const [name, item] of Object.entries(value)) {
    const path = ['services', name]
    if (!/^[A-Za-z_][\w-]*$/.test(name)) problems.add(path, 'a name of letters, digits, `_` and `-`', name)
    if (metricFamilies.includes(name)) problems.add(path, 'a name that is not taken by a family of metrics', name)
    if (isRecord(item) && item['kind'] === 'postgres') {
      const fields = new Fields(problems, path, item, ['kind', 'maxConnections', 'settings', 'setup', 'url'])
      services[name] = resolvePostgres(fields, declarations, dir)
    } else if (isRecord(item) && item['kind'] === 'process') {
      services[name] = resolveProcess(problems, path, item, dir)
    } else {
      problems.add(path, 'a service such as `service.postgres()` or `service.process({ start })`', item)
    }
  }
  return services
}

function resolvePostgres(fields: Fields, declarations: Declarations, dir: string): PostgresSpec {
  const spec = {
    kind: 'postgres' as const,
    maxConnections: fields.count('maxConnections', 5) ?? 100,
    settings: resolveSettings(fields),
    ...resolveSetup(fields, dir),
  }
  const url = fields.raw('url')
  // `env('DATABASE_URL', { default: '' })` that is not set: start one after all.
  if (url === undefined || url === '') return spec
  const variable = declarations.env.find((entry) => entry.value === url)
  if (variable && process.env[variable.name] !== undefined) return { ...spec, urlFromEnv: variable.name }
  fields.problems.addText(
    fields.at('url'),
    "an environment variable such as `env('DATABASE_URL')` that is set",
    variable ? 'its default' : 'an address written in the plan',
  )
  return spec
}

function resolveSetup(fields: Fields, dir: string): Pick<PostgresSpec, 'setup'> {
  const path = fields.string('setup', "the path of a file of SQL statements such as 'schema.sql'")
  if (path === undefined) return {}
  const setup = resolve(dir, path)
  if (!existsSync(setup)) fields.wrong('setup', `the path of a file that is there (looked for ${setup})`)
  return { setup }
}

function resolveSettings(fields: Fields): Readonly<Record<string, string>> {
  const value = fields.raw('settings')
  if (value === undefined) return {}
  if (!isRecord(value)) {
    fields.wrong('settings', "an object such as `{ shared_buffers: '256MB' }`")
    return {}
  }
  const settings: Record<string, string> = {}
  for (const [name, setting] of Object.entries(value)) {
    if (!/^[a-z_.]+$/.test(name))
      fields.problems.add([...fields.at('settings'), name], 'the name of a setting of PostgreSQL', name)
    else if (typeof setting === 'string' || typeof setting === 'number' || typeof setting === 'boolean')
      settings[name] = String(setting)
    else fields.problems.add([...fields.at('settings'), name], 'a text, number or boolean', setting)
  }
  return settings
}

interface Watched {
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly target: TargetSpec | undefined
  /** Of the target's page of metrics. */
  readonly monitor: MonitorSpec | undefined
}

/** What is watched: always the host, the target's processes where there are any, each database, and pages of metrics. */
export function resolveProbes(problems: Problems, value: unknown, { services, target, monitor }: Watched): readonly ProbeSpec[] {
  const probes: ProbeSpec[] = [{ kind: 'host' }]
  if (target?.start !== undefined || target?.attach !== undefined) probes.push({ kind: 'process' })
  for (const [name, { kind }] of Object.entries(services))
    if (kind === 'postgres') probes.push({ kind: 'postgres', service: name })
  if (target?.metrics !== undefined)
    probes.push({
      kind: 'metrics-page',
      name: 'app',
      url: absolute(target.metrics, target),
      ...(monitor === undefined ? {} : { monitor }),
    })
  if (value === undefined) return probes
  if (!Array.isArray(value)) {
    problems.add(['probes'], 'a list such as [probe.metrics(…)]', value)
    return probes
  }
  for (const [index, item] of value.entries()) {
    const path = ['probes', index]
    if (!isRecord(item) || item['kind'] !== 'metrics-page') {
      problems.add(path, "a probe such as `probe.metrics('http://127.0.0.1:9100/metrics')`", item)
      continue
    }
    const fields = new Fields(problems, path, item, ['kind', 'name', 'url'])
    const name = fields.string('name') ?? 'metrics'
    const url = absolute(fields.string('url', 'a URL') ?? '', target)
    if (fields.has('url') && !URL.canParse(url)) fields.wrong('url', "a URL such as 'http://127.0.0.1:9100/metrics'")
    const taken =
      name in services ||
      metricFamilies.includes(name) ||
      probes.some((probe) => probe.kind === 'metrics-page' && probe.name === name)
    if (taken || !/^[A-Za-z_][\w-]*$/.test(name)) fields.wrong('name', 'a name of its own, of letters, digits, `_` and `-`')
    probes.push({ kind: 'metrics-page', name, url })
  }
  return probes
}

/** To say that it cannot serve is the first thing that a service can do about a fault, so it is asked where a test breaks something. */
export function readinessOf(target: TargetSpec | undefined, tests: readonly TestSpec[]): readonly ProbeSpec[] {
  const breaks = tests.some(
    ({ faults, nemesis, attacks }) => faults !== undefined || nemesis !== undefined || attacks !== undefined,
  )
  if (!breaks || target?.ready === undefined || target.url === undefined) return []
  return [{ kind: 'readiness', url: new URL(target.ready, target.url).href }]
}

function absolute(url: string, target: TargetSpec | undefined): string {
  return url.startsWith('/') ? `${target?.url ?? ''}${url}` : url
}
