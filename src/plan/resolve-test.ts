import { isAbsolute, resolve } from 'node:path'
import type { Path, Problems } from '../base/check.ts'
import { isRecord, listWords, nearest } from '../base/check.ts'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { MetricSpec, PhaseSpec, TestSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import type { LoadKey, ReadTrace } from './resolve-load.ts'
import { loadKeys, loadSeconds, resolveLoad, resolveTrace } from './resolve-load.ts'
import { overrideObjectives } from './resolve-objectives.ts'

const defaultGracefulStopMs = 10_000
const notYet = ['capacity', 'faults', 'nemesis'] as const
const sideKeys = ['users', 'arrivals', 'steps', 'iterations', 'for', 'maxUsers'] as const

const ownKeys = [
  'suite',
  ...loadKeys,
  'faults',
  'nemesis',
  'for',
  'warmup',
  'gracefulStop',
  'objectives',
  'stopWhen',
  'fresh',
  'maxUsers',
  'scenarios',
  'mix',
] as const
export const testKeys: readonly string[] = [...ownKeys, 'quick']

/** What every test of a plan shares. */
export interface TestScope {
  readonly problems: Problems
  readonly dir: string
  readonly scenarioNames: readonly string[]
  readonly mix: Readonly<Record<string, number>> | undefined
  readonly objectives: readonly ObjectiveSpec[]
  readonly stopWhen: readonly ObjectiveSpec[]
  readonly metrics: readonly MetricSpec[]
  readonly prefixes: readonly string[]
  readonly readTrace: ReadTrace
}

/** A test that asks for something this version does not do yet. */
export interface UnavailableTest {
  readonly name: string
  readonly suite: string
  readonly reason: string
}

export type ResolvedTest = { readonly test: TestSpec } | { readonly unavailable: UnavailableTest } | undefined

/** Resolves one test; `value` has its `quick` part applied, and `origins` says which keys came from there. */
export function resolveTest(scope: TestScope, name: string, value: unknown, origins: ReadonlyMap<string, Path>): ResolvedTest {
  const { problems } = scope
  const path: Path = ['tests', name]
  const before = problems.list.length
  const fields = new Fields(problems, path, value, testKeys, origins)
  const suite = fields.string('suite') ?? 'load'
  const phaseless = { metrics: scope.metrics, prefixes: scope.prefixes }
  const objectives = overrideObjectives({
    problems,
    path: fields.at('objectives'),
    value: fields.raw('objectives'),
    inherited: scope.objectives,
    context: { ...phaseless, stopWhen: false },
  })
  const stopWhen = overrideObjectives({
    problems,
    path: fields.at('stopWhen'),
    value: fields.raw('stopWhen'),
    inherited: scope.stopWhen,
    context: { ...phaseless, stopWhen: true },
  })
  const missing = notYet.find((key) => fields.has(key))
  if (missing !== undefined) return { unavailable: { name, suite, reason: `this version cannot run \`${missing}\` yet` } }

  const key = loadKeyOf(fields)
  const loads = key === undefined ? undefined : assignLoads(scope, fields, key)
  const fresh = fields.boolean('fresh') ?? suite === 'stress'
  const gracefulStopMs = fields.durationMs('gracefulStop', 'zero') ?? defaultGracefulStopMs
  const warmupSec = (fields.durationMs('warmup', 'zero') ?? 0) / 1000
  if (key === undefined || key === 'capacity' || loads === undefined) return undefined
  const durationSec = Math.max(...loads.map(({ load }) => loadSeconds(load)))
  if (warmupSec >= durationSec)
    fields.wrong('warmup', `less than the length of the load (${durationSec} s), which it is a part of`)
  const phases = phasesOf(loads, warmupSec, durationSec)
  const judged = key === 'watch' && !fields.has('objectives') ? objectives.filter(isOfProbe) : objectives
  const kept = checkPhases({ fields, key: 'objectives', list: judged, inherited: scope.objectives, phases })
  const stops = checkPhases({ fields, key: 'stopWhen', list: stopWhen, inherited: scope.stopWhen, phases })
  if (problems.list.length > before) return undefined
  return {
    test: {
      name,
      suite,
      kind: key,
      loads,
      durationSec,
      warmupSec,
      gracefulStopSec: gracefulStopMs / 1000,
      phases,
      objectives: kept,
      stopWhen: stops,
      fresh,
    },
  }
}

/** A test without requests is not judged by the plan's objectives on requests. */
function isOfProbe({ metric }: ObjectiveSpec): boolean {
  return metric.name.includes('.') && !/^(service|slip)\./.test(metric.name)
}

/** The one key that gives the load: `users` beside `iterations` belongs to it. */
function loadKeyOf(fields: Fields): LoadKey | undefined {
  const given = loadKeys.filter((key) => fields.has(key) && !(key === 'users' && fields.has('iterations')))
  const [key] = given
  if (given.length === 1) return key
  const expected = `exactly one load: ${listWords(loadKeys)}`
  fields.problems.addText(fields.path, expected, given.length === 0 ? 'none' : listWords(given))
  return undefined
}

function assignLoads(scope: TestScope, fields: Fields, key: LoadKey): readonly LoadAssignment[] | undefined {
  if (key === 'load') return sideBySide(scope, fields)
  const mix = mixOf(scope, fields)
  if (key === 'watch') {
    const load = resolveLoad(fields, 'watch')
    return load && [{ load, mix: {} }]
  }
  if (scope.scenarioNames.length === 0)
    fields.problems.addText(['scenarios'], 'at least one scenario for the load to drive', 'none')
  let load: LoadSpec | undefined
  if (key === 'trace') {
    const path = fields.string('trace', 'the path of a file of times')
    load =
      path === undefined ? undefined : resolveTrace(fields, isAbsolute(path) ? path : resolve(scope.dir, path), scope.readTrace)
  } else if (key !== 'capacity') load = resolveLoad(fields, key)
  return load && mix && [{ load, mix }]
}

function sideBySide(scope: TestScope, fields: Fields): readonly LoadAssignment[] | undefined {
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

/** The shares of the scenarios in this test; a share of zero leaves its scenario out. */
function mixOf(scope: TestScope, fields: Fields): Readonly<Record<string, number>> | undefined {
  const own = fields.has('mix') ? readMix(fields.problems, fields.at('mix'), fields.raw('mix'), scope.scenarioNames) : scope.mix
  const only = fields.strings('scenarios', 'a list of names of scenarios')
  for (const [index, name] of (only ?? []).entries()) {
    if (scope.scenarioNames.includes(name)) continue
    const near = nearest(name, scope.scenarioNames)
    fields.problems.add(
      [...fields.at('scenarios'), index],
      `one of ${listWords(scope.scenarioNames)}`,
      name,
      near && `Did you mean \`${near}\`?`,
    )
  }
  const names = only ?? scope.scenarioNames
  const mix = own ?? Object.fromEntries(scope.scenarioNames.map((name) => [name, 1]))
  const chosen = Object.fromEntries(Object.entries(mix).filter(([name, share]) => share > 0 && names.includes(name)))
  if (Object.keys(chosen).length > 0 || fields.has('watch')) return chosen
  // Scenarios that the plan's mix does not mention, picked by name.
  if (only !== undefined && !fields.has('mix')) return Object.fromEntries(only.map((name) => [name, 1]))
  if (scope.scenarioNames.length > 0)
    fields.problems.addText(fields.at('mix'), 'a share above zero for at least one scenario', 'none')
  return undefined
}

export function readMix(
  problems: Problems,
  path: Path,
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const fields = new Fields(problems, path, value, names)
  const mix: Record<string, number> = {}
  for (const name of names) {
    const share = fields.raw(name)
    if (share === undefined) continue
    if (typeof share === 'number' && Number.isFinite(share) && share >= 0) mix[name] = share
    else fields.wrong(name, 'a share, 0 or more')
  }
  return mix
}

/** `warmup`, then one phase for each named stage, or `load` where stages have no names. */
function phasesOf(loads: readonly LoadAssignment[], warmupSec: number, durationSec: number): readonly PhaseSpec[] {
  const phases: PhaseSpec[] = warmupSec > 0 ? [{ name: 'warmup', fromSec: 0, toSec: warmupSec }] : []
  const only = loads.length === 1 ? loads[0]?.load : undefined
  const stages = only?.model === 'closed' || only?.model === 'open' ? only.stages : []
  let at = 0
  for (const stage of stages) {
    const from = Math.max(at, warmupSec)
    at += stage.durationSec
    if (stage.phase !== undefined && at > from) phases.push({ name: stage.phase, fromSec: from, toSec: at })
  }
  if (!stages.some((stage) => stage.phase !== undefined)) phases.push({ name: 'load', fromSec: warmupSec, toSec: durationSec })
  return phases
}

/** A phase that the test does not have is a mistake in its own list; of the plan's list, that objective is for other tests. */
function checkPhases(options: {
  readonly fields: Fields
  readonly key: string
  readonly list: readonly ObjectiveSpec[]
  readonly inherited: readonly ObjectiveSpec[]
  readonly phases: readonly PhaseSpec[]
}): readonly ObjectiveSpec[] {
  const names = options.phases.map((phase) => phase.name)
  return options.list.filter((objective) => {
    const { during } = objective
    if (during === undefined || names.includes(during)) return true
    if (!options.inherited.includes(objective)) {
      const near = nearest(during, names)
      const { fields, key } = options
      fields.problems.addText(
        fields.at(key),
        `a phase of this test: ${listWords(names)}`,
        `\`during ${during}\``,
        near && `Did you mean \`${near}\`?`,
      )
    }
    return false
  })
}

/** The test with its `quick` keys in place: another load replaces the load, and a `for` that the new load does not take. */
export function withQuick(
  test: Readonly<Record<string, unknown>>,
  path: Path,
): { readonly value: Readonly<Record<string, unknown>>; readonly origins: ReadonlyMap<string, Path> } {
  const { quick, ...base } = test
  if (!isRecord(quick)) return { value: base, origins: new Map() }
  const value = replaceLoad(base, quick)
  const keys = new Set([...Object.keys(quick), ...Object.keys(value)])
  return {
    value,
    origins: new Map([...keys].map((key) => [key, quick[key] === undefined ? [...path, key] : [...path, 'quick', key]])),
  }
}

/** `over` on top of `base`, where a new kind of load takes the place of the old one. */
export function replaceLoad(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const newLoad = loadKeys.some((key) => over[key] !== undefined)
  // More users for the same `iterations`, or more iterations for the same users, is not another load.
  const sameIterations =
    base['iterations'] !== undefined &&
    loadKeys.every((key) => over[key] === undefined || key === 'users' || key === 'iterations')
  if (!newLoad || sameIterations) return { ...base, ...over }
  const dropped: readonly string[] = [...loadKeys, ...(takesFor(over) ? [] : ['for'])]
  return { ...Object.fromEntries(Object.entries(base).filter(([key]) => !dropped.includes(key))), ...over }
}

function takesFor(load: Readonly<Record<string, unknown>>): boolean {
  const staged = (value: unknown): boolean => Array.isArray(value) || (isRecord(value) && value['stages'] !== undefined)
  return load['steps'] === undefined && load['trace'] === undefined && !staged(load['users']) && !staged(load['arrivals'])
}
