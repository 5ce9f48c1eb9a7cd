import { basename } from 'node:path'
import type { Path } from '../base/check.ts'
import { Problems, isRecord, listWords, nearest } from '../base/check.ts'
import { shortestSecret } from '../base/secrets.ts'
import type { MetricSpec, PlanSpec, ScenarioSpec, TestSpec } from '../model/plan-spec.ts'
import type { Declarations } from './declarations.ts'
import type { PlanDefinition } from './definition.ts'
import { resolveFeeds } from './feed.ts'
import { Fields } from './fields.ts'
import type { Overlay } from './overlay.ts'
import { givenAs, mergeValues, readConfigFile, readSetting } from './overlay.ts'
import type { PlanCode } from './plan-code.ts'
import { codeOf } from './plan-code.ts'
import { resolveHttp } from './resolve-http.ts'
import type { ReadTrace } from './resolve-load.ts'
import { loadKeys } from './resolve-load.ts'
import { resolveObjectives } from './resolve-objectives.ts'
import { resolveProbes, resolveServices } from './resolve-services.ts'
import { resolveTarget } from './resolve-target.ts'
import type { TestScope, UnavailableTest } from './resolve-test.ts'
import { readMix, replaceLoad, resolveTest, testKeys, withQuick } from './resolve-test.ts'

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
  'teardown',
  'http',
  'probes',
  'allowHosts',
  'iOwn',
  'maxSeries',
  'dependencies',
  'nemesis',
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
  /** How the file of a `trace` is read. */
  readonly readTrace: ReadTrace
}

export interface ResolvedPlan {
  readonly spec: PlanSpec
  readonly code: PlanCode
  /** Tests that this version cannot run; to select one is an error, to have one is not. */
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
  ]
  const given = overlaid(definition.options, overlays, options)
  const fields = new Fields(problems, [], given, planKeys)
  const secrets = [...declarations.secrets]

  checkEnvironment(problems, declarations)
  const metrics = resolveMetrics(problems, declarations.metrics)
  const services = resolveServices(problems, fields.raw('services'), declarations)
  const target = resolveTarget(problems, fields.raw('target'), dir)
  const probes = resolveProbes(problems, fields.raw('probes'), { services, target })
  const scenarios = resolveScenarios(problems, fields.raw('scenarios'))
  for (const hook of ['setup', 'teardown'] as const)
    if (fields.has(hook) && typeof fields.raw(hook) !== 'function') fields.wrong(hook, 'a function')
  const http = resolveHttp(problems, fields.raw('http'), dir, secrets)
  const scenarioNames = scenarios.map(({ name }) => name)
  const prefixes = [...Object.keys(services), ...probes.flatMap((probe) => (probe.kind === 'metrics-page' ? [probe.name] : []))]
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
  }
  const plain = {
    name: fields.string('name') ?? basename(file).replace(/(\.plan)?\.[cm]?[jt]sx?$/, ''),
    allowHosts: fields.strings('allowHosts', 'a list of hosts') ?? [],
    iOwn: fields.strings('iOwn', 'a list of hosts') ?? [],
    maxSeries: fields.count('maxSeries', 1) ?? 1000,
  }
  const { tests, unavailable } = resolveTests(scope, fields, {
    quick: options.quick ?? false,
    overlays,
    written: definition.options['tests'],
    replacing: options.objectives,
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
    scenarios,
    http,
    feeds,
    metrics,
    probes,
    tests,
    ...hooks,
  }
  return { spec, code: codeOf({ kind: 'plan', options: given }), unavailable, secrets: [...new Set(secrets)] }
}

/** The plan with its overlays; `--target` is one of them. */
function overlaid(
  plan: Readonly<Record<string, unknown>>,
  overlays: readonly Overlay[],
  { target, objectives }: ResolveOptions,
): Readonly<Record<string, unknown>> {
  let merged = { ...plan }
  for (const { values } of overlays) {
    const before = merged['tests']
    // Merging two objects gives an object.
    merged = mergeValues(merged, values) as typeof merged
    merged['tests'] = overlayTests(before, values['tests'])
  }
  if (objectives !== undefined && objectives.length > 0) merged['objectives'] = objectives
  if (target === undefined) return merged
  const old = isRecord(merged['target']) ? merged['target'] : {}
  // Somebody else started it: what is known of our own process does not hold there.
  const elsewhere = Object.fromEntries(
    Object.entries(old).filter(([key]) => !['start', 'env', 'cwd', 'pid', 'port'].includes(key)),
  )
  return { ...merged, target: { ...elsewhere, url: target } }
}

/** Tests merge key by key, but a new kind of load takes the place of the old one. */
function overlayTests(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over ?? base
  const tests: Record<string, unknown> = { ...base }
  for (const [name, test] of Object.entries(over)) tests[name] = overlayTest(base[name], test)
  return tests
}

function overlayTest(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over
  const replaced = replaceLoad(base, over)
  return Object.fromEntries(
    Object.entries(replaced).map(([key, value]) => [key, key in over && isRecord(value) ? mergeValues(base[key], value) : value]),
  )
}

interface TestOverrides {
  readonly quick: boolean
  readonly overlays: readonly Overlay[]
  /** The tests as the plan has them. */
  readonly written: unknown
  readonly replacing: readonly string[] | undefined
}

function resolveTests(
  scope: TestScope,
  fields: Fields,
  { quick, overlays, written, replacing }: TestOverrides,
): { tests: TestSpec[]; unavailable: UnavailableTest[] } {
  const given = fields.raw('tests')
  const tests: TestSpec[] = []
  const unavailable: UnavailableTest[] = []
  if (!isRecord(given) || Object.keys(given).length === 0) {
    fields.wrong('tests', "at least one test such as `{ 'normal load': { users: 100, for: '3m' } }`")
    return { tests, unavailable }
  }
  const wholePlan = (['dependencies', 'nemesis'] as const).find((key) => fields.has(key))
  for (const [name, test] of Object.entries(given)) {
    const path: Path = ['tests', name]
    if (!isRecord(test)) {
      scope.problems.add(path, "a test such as `{ users: 100, for: '3m' }`", test)
      continue
    }
    if (isUnknownOverlay(scope, fields, name, test, overlays)) continue
    // Keys are checked where they are written, before `quick` is applied.
    new Fields(scope.problems, path, test, testKeys)
    if (test['quick'] !== undefined)
      new Fields(
        scope.problems,
        [...path, 'quick'],
        test['quick'],
        testKeys.filter((key) => key !== 'quick'),
      )
    const base = without(test, 'quick')
    // The other form is checked too, without the command line, so that a mistake shows before the day on which it is run.
    const original = isRecord(written) && isRecord(written[name]) ? written[name] : test
    const other = formOf(original, path, !quick)
    resolveTest(scope, name, other.value, other.origins)
    const form = withCommandLine(formOf(test, path, quick), { overlays, path, name, replacing })
    const chosen = resolveTest(scope, name, form.value, form.origins)
    const resolved =
      wholePlan === undefined
        ? chosen
        : { unavailable: { name, suite: suiteOf(base), reason: `this version cannot run \`${wholePlan}\` yet` } }
    if (resolved && 'test' in resolved) tests.push(resolved.test)
    if (resolved && 'unavailable' in resolved) unavailable.push(resolved.unavailable)
  }
  return { tests, unavailable }
}

interface Form {
  readonly value: Readonly<Record<string, unknown>>
  /** Where each key was written. */
  readonly origins: ReadonlyMap<string, Path>
}

function formOf(test: Readonly<Record<string, unknown>>, path: Path, quick: boolean): Form {
  if (quick && isRecord(test['quick'])) return withQuick(test, path)
  const value = without(test, 'quick')
  return { value, origins: new Map(Object.keys(value).map((key) => [key, [...path, key]] as const)) }
}

/** What the user said on the command line for this run wins over `quick`. */
function withCommandLine(
  form: Form,
  { overlays, path, name, replacing }: Omit<TestOverrides, 'quick' | 'written'> & { readonly path: Path; readonly name: string },
): Form {
  let merged: unknown = form.value
  const origins = new Map(form.origins)
  for (const { values } of overlays) {
    const over = isRecord(values['tests']) ? values['tests'][name] : undefined
    if (!isRecord(over)) continue
    merged = overlayTest(merged, without(over, 'quick'))
    for (const key of Object.keys(over)) origins.set(key, [...path, key])
  }
  const value = isRecord(merged) ? merged : form.value
  return { value: replacing === undefined || replacing.length === 0 ? value : without(value, 'objectives'), origins }
}

function without(values: Readonly<Record<string, unknown>>, dropped: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== dropped))
}

function suiteOf(test: Readonly<Record<string, unknown>>): string {
  return typeof test['suite'] === 'string' ? test['suite'] : 'load'
}

/** An overlay for a test that the plan does not have is a typing mistake, unless it says a whole test. */
function isUnknownOverlay(
  scope: TestScope,
  fields: Fields,
  name: string,
  test: Readonly<Record<string, unknown>>,
  overlays: readonly Overlay[],
): boolean {
  const fromOverlay = overlays.some(({ values }) => isRecord(values['tests']) && values['tests'][name] === test)
  if (!fromOverlay || loadKeys.some((key) => test[key] !== undefined)) return false
  const all = fields.raw('tests')
  const others = isRecord(all) ? Object.keys(all).filter((other) => other !== name) : []
  const near = nearest(name, others)
  scope.problems.addText(
    ['tests', name],
    `a test of the plan: ${listWords(others)}`,
    `\`${name}\``,
    near && `Did you mean \`${near}\`?`,
  )
  return true
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

function resolveMetrics(problems: Problems, declared: readonly MetricSpec[]): readonly MetricSpec[] {
  const metrics = new Map<string, MetricSpec>()
  for (const metric of declared) {
    const path = [`metric.${metric.kind}('${metric.name}')`]
    const before = metrics.get(metric.name)
    if (!/^[A-Za-z_][\w-]*(\.[\w-]+)*$/.test(metric.name))
      problems.add(path, 'a name of letters, digits, `_`, `-` and `.`', metric.name)
    else if (
      /^(p\d+|mean|min|max|errors|throughput|checks|dropped|iterations|recovery|lost|capacity|(service|slip|target|host)\..*)$/.test(
        metric.name,
      )
    )
      problems.add(path, 'a name that is not a built-in metric', metric.name)
    else if (before && (before.kind !== metric.kind || before.unit !== metric.unit))
      problems.addText(path, 'one kind and unit for each name', `also metric.${before.kind}('${before.name}')`)
    if (!(['ms', 'bytes', 'count'] as const).includes(metric.unit))
      problems.add(path, "a unit: 'ms', 'bytes' or 'count'", metric.unit)
    metrics.set(metric.name, metric)
  }
  return [...metrics.values()]
}

function resolveScenarios(problems: Problems, value: unknown): readonly ScenarioSpec[] {
  if (value === undefined) return []
  if (!isRecord(value)) {
    problems.add(['scenarios'], 'an object such as `{ browse }`', value)
    return []
  }
  return Object.entries(value).map(([name, item]) => {
    const path: Path = ['scenarios', name]
    if (!isRecord(item) || item['kind'] !== 'scenario') {
      problems.add(path, 'a scenario', item, 'Write scenario(async ({ http }) => { … }).')
      return { name, hasStart: false, hasStop: false }
    }
    const fields = new Fields(problems, path, item, ['kind', 'start', 'run', 'stop'])
    for (const key of ['start', 'run', 'stop'])
      if ((fields.has(key) || key === 'run') && typeof fields.raw(key) !== 'function') fields.wrong(key, 'a function')
    return { name, hasStart: fields.has('start'), hasStop: fields.has('stop') }
  })
}

function failIfAny(
  problems: Problems,
  { file, configs = [], settings = [], target, objectives = [] }: ResolveOptions,
  overlays: readonly Overlay[],
): void {
  // The overlay on top decides what a value is.
  const locate = (path: Path): string | undefined =>
    overlays.map((overlay) => overlay.locate(path)).findLast((place) => place !== undefined)
  const overlaysOnly = overlays.length > 0 && problems.list.every(({ path }) => locate(path) !== undefined)
  const count = problems.list.length === 1 ? 'a value' : `${problems.list.length} values`
  const code = overlaysOnly ? 'CONFIG_INVALID' : 'PLAN_INVALID'
  const what = overlaysOnly
    ? [
        ...configs,
        ...(settings.length > 0 ? ['--set'] : []),
        ...(target === undefined ? [] : ['--target']),
        ...(objectives.length > 0 ? ['--objective'] : []),
      ].join(', ')
    : file === ''
      ? 'The plan'
      : basename(file)
  problems.failIfAny(code, `${what} has ${count} that cannot be used:`, { locate })
}
