import { basename } from 'node:path'
import type { Path, ProblemPart } from '../base/check.ts'
import { Problems, isRecord } from '../base/check.ts'
import { shortestSecret } from '../base/secrets.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { Declarations } from './declarations.ts'
import type { PlanDefinition } from './definition/index.ts'
import { resolveFeeds } from './feed.ts'
import { Fields } from './fields.ts'
import { planPlaces } from './faults/index.ts'
import { overlaidPlan } from './overlaid-plan.ts'
import type { Overlay } from './overlay.ts'
import { givenAs, readConfigFile, readSetting } from './overlay.ts'
import type { PlanCode } from './plan-code.ts'
import { codeOf } from './plan-code.ts'
import { resolveAlerts } from './resolve-alerts.ts'
import { resolveDependencies } from './resolve-dependencies.ts'
import { resolveHttp } from './resolve-http.ts'
import { resolveIsolation } from './resolve-isolation.ts'
import type { ReadTrace } from './resolve-load.ts'
import { resolveLimiters } from './resolve-limiters.ts'
import { resolveMetrics } from './resolve-metrics.ts'
import { readMix } from './resolve-mix.ts'
import { resolveMonitor } from './resolve-monitor.ts'
import { resolveObjectives } from './resolve-objectives.ts'
import { resolveScenarios } from './resolve-scenarios.ts'
import { metricFamilies, readinessOf, resolveProbes, resolveServices } from './resolve-services.ts'
import { resolveSql } from './resolve-sql.ts'
import { resolveTarget } from './resolve-target.ts'
import type { UnavailableTest } from './resolve-tests.ts'
import { resolveTests } from './resolve-tests.ts'
import type { TestScope } from './test-scope.ts'

const planKeys = [
  'name',
  'services',
  'target',
  'scenarios',
  'mix',
  'objectives',
  'stopWhen',
  'tests',
  'setup',
  'audit',
  'auditCount',
  'teardown',
  'http',
  'sql',
  'probes',
  'allowHosts',
  'iOwn',
  'maxSeries',
  'dependencies',
  'nemesis',
  'limiters',
  'alerts',
  'isolate',
] as const

export interface ResolveOptions {
  /** Absolute path of the plan file. */
  readonly file: string
  /** Folder that relative paths start from. */
  readonly dir: string
  readonly fingerprint: string
  readonly declarations: Declarations
  /** Use the `quick` part of each test that has one. */
  readonly quick?: boolean
  /** Files of `--config`, later ones on top. */
  readonly configs?: readonly string[]
  /** `PATH=VALUE` of `--set`, on top of the files. */
  readonly settings?: readonly string[]
  /** `--target URL`: nothing is started there. */
  readonly target?: string
  /** `--objective`: instead of the objectives of the plan and its tests. */
  readonly objectives?: readonly string[]
  /** `--stop-when`: instead of the stop conditions of the plan and its tests. */
  readonly stopWhen?: readonly string[]
  /** `--isolate`: every test begins with the data as `setup` has left it. */
  readonly isolate?: boolean
  /** How the file of a `trace` is read. */
  readonly readTrace: ReadTrace
}

export interface ResolvedPlan {
  readonly spec: PlanSpec
  readonly code: PlanCode
  /** Of the dependencies, with their passwords. */
  readonly dependencyUrls: Readonly<Record<string, string>>
  /** Tests that cannot be done at the target of `--target`; to select one is an error, to have one is not. */
  readonly unavailable: readonly UnavailableTest[]
  /** Values that must not appear in anything written. */
  readonly secrets: readonly string[]
}

/**
 * Checks a plan and everything laid over it, and fills in the defaults.
 * @throws ToolError PLAN_INVALID (CONFIG_INVALID when the overlays alone are wrong) with all problems; FEED_INVALID with all unusable feeds.
 */
export function resolvePlan(definition: PlanDefinition, options: ResolveOptions): ResolvedPlan {
  const { file, dir, declarations } = options
  const problems = new Problems()
  const overlays = [
    ...(options.configs ?? []).map(readConfigFile),
    ...(options.settings ?? []).map(readSetting),
    ...(options.target === undefined ? [] : [givenAs(['target', 'url'], `--target ${options.target}`)]),
    ...(options.objectives ?? []).map((text, i) => givenAs(['objectives', i], `--objective '${text}'`)),
    ...(options.stopWhen ?? []).map((text, i) => givenAs(['stopWhen', i], `--stop-when '${text}'`)),
    ...(options.isolate === true ? [givenAs(['isolate'], '--isolate')] : []),
  ]
  const given = overlaidPlan(definition.options, overlays, options)
  const fields = new Fields(problems, [], given, planKeys)
  const secrets = [...declarations.secrets]

  checkEnvironment(problems, declarations)
  const metrics = resolveMetrics(problems, declarations.metrics)
  const services = resolveServices(problems, fields.raw('services'), { declarations, dir })
  const iOwn = fields.strings('iOwn', 'a list of hosts') ?? []
  const taken = [...Object.keys(services), ...metricFamilies]
  const dependencies = resolveDependencies(problems, fields.raw('dependencies'), { taken, iOwn })
  secrets.push(...dependencies.secrets)
  const target = resolveTarget(problems, fields.raw('target'), dir)
  const monitor = resolveMonitor(problems, rawTarget(fields)['monitor'], { metrics, hasPage: target?.metrics !== undefined })
  const probes = resolveProbes(problems, fields.raw('probes'), { services, target, monitor })
  const scenarios = resolveScenarios(problems, fields.raw('scenarios'))
  for (const hook of ['setup', 'audit', 'auditCount', 'teardown'] as const)
    if (fields.has(hook) && typeof fields.raw(hook) !== 'function') fields.wrong(hook, 'a function')
  const http = resolveHttp(problems, fields.raw('http'), dir, secrets)
  const sql = resolveSql(problems, fields.raw('sql'), services)
  const limiters = resolveLimiters(problems, fields.raw('limiters'), { target, iOwn, secrets })
  const scenarioNames = scenarios.map(({ name }) => name)
  const prefixes = [...Object.keys(services), ...probes.flatMap((probe) => (probe.kind === 'metrics-page' ? [probe.name] : []))]
  const alerts = resolveAlerts(problems, fields.raw('alerts'), { metrics, prefixes })
  const scope: TestScope = {
    problems,
    dir,
    scenarioNames,
    mix: fields.has('mix') ? readMix(problems, ['mix'], fields.raw('mix'), scenarioNames) : undefined,
    objectives: resolveObjectives(problems, ['objectives'], fields.raw('objectives'), { metrics, prefixes, stopWhen: false }),
    stopWhen: resolveObjectives(problems, ['stopWhen'], fields.raw('stopWhen'), { metrics, prefixes, stopWhen: true }),
    metrics,
    prefixes,
    readTrace: options.readTrace,
    places: planPlaces({
      target,
      services,
      dependencies: dependencies.specs,
      isEnvFunction: typeof rawTarget(fields)['env'] === 'function',
      iOwn,
    }),
    limiters: limiters.map(({ name }) => name),
    nemesis: fields.raw('nemesis'),
    isElsewhere: options.target !== undefined,
    attacks: { targetUrl: target?.url, iOwn, hasAuditCount: fields.has('auditCount') },
    isolation: resolveIsolation(fields, { services, target }),
    target: { limits: target?.limits, isStarted: target?.start !== undefined },
  }
  const plain = {
    name: fields.string('name') ?? basename(file).replace(/(\.plan)?\.[cm]?[jt]sx?$/, ''),
    allowHosts: fields.strings('allowHosts', 'a list of hosts') ?? [],
    iOwn,
    maxSeries: fields.count('maxSeries', 1) ?? 1000,
  }
  const { tests, unavailable } = resolveTests(scope, fields, {
    quick: options.quick ?? false,
    overlays,
    written: definition.options['tests'],
    replacing: (['objectives', 'stopWhen'] as const).filter((key) => (options[key] ?? []).length > 0),
  })
  failIfAny(problems, options, overlays)

  const feeds = resolveFeeds(declarations.feeds)
  const hooks = { hasSetup: fields.has('setup'), hasTeardown: fields.has('teardown') }
  const spec: PlanSpec = {
    ...plain,
    file,
    dir,
    fingerprint: options.fingerprint,
    ...(target === undefined ? {} : { target }),
    services,
    ...(Object.keys(dependencies.specs).length === 0 ? {} : { dependencies: dependencies.specs }),
    ...(limiters.length === 0 ? {} : { limiters }),
    scenarios,
    http,
    sql,
    feeds,
    metrics,
    probes: [...probes, ...readinessOf(target, tests)],
    ...(alerts === undefined ? {} : { alerts }),
    tests,
    ...hooks,
  }
  return {
    spec,
    code: codeOf({ kind: 'plan', options: given }),
    dependencyUrls: dependencies.urls,
    unavailable,
    secrets: [...new Set(secrets)],
  }
}

function rawTarget(fields: Fields): Readonly<Record<string, unknown>> {
  const target = fields.raw('target')
  return isRecord(target) ? target : {}
}

function checkEnvironment(problems: Problems, { env }: Declarations): void {
  for (const { name, value, tooShort } of env) {
    if (value === undefined)
      problems.addText(
        [`env('${name}')`],
        `the environment variable ${name} to be set`,
        'nothing',
        `Set it, or write env('${name}', { default: '…' }).`,
      )
    if (tooShort)
      problems.addText(
        [`env('${name}')`],
        `a secret of at least ${shortestSecret} characters`,
        'a shorter one',
        'It cannot be hidden in what is written; say `secret: false`.',
      )
  }
}

function failIfAny(
  problems: Problems,
  { file, configs = [], settings = [], target, objectives = [], stopWhen = [], isolate = false }: ResolveOptions,
  overlays: readonly Overlay[],
): void {
  // The overlay on top decides what a value is.
  const locate = (path: Path, part: ProblemPart): string | undefined =>
    overlays.map((overlay) => overlay.locate(path, part)).findLast((place) => place !== undefined)
  const overlaysOnly = overlays.length > 0 && problems.list.every(({ path, part }) => locate(path, part) !== undefined)
  const count = problems.list.length === 1 ? 'a value' : `${problems.list.length} values`
  const code = overlaysOnly ? 'CONFIG_INVALID' : 'PLAN_INVALID'
  const what = overlaysOnly
    ? [
        ...configs,
        ...(settings.length > 0 ? ['--set'] : []),
        ...(target === undefined ? [] : ['--target']),
        ...(objectives.length > 0 ? ['--objective'] : []),
        ...(stopWhen.length > 0 ? ['--stop-when'] : []),
        ...(isolate ? ['--isolate'] : []),
      ].join(', ')
    : file === ''
      ? 'The plan'
      : basename(file)
  problems.failIfAny(code, `${what} has ${count} that cannot be used:`, { locate })
}
