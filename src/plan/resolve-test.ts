import { isAbsolute, resolve } from 'node:path'
import type { Path } from '../base/check.ts'
import { listWords } from '../base/check.ts'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import type { LoadKey } from './resolve-load.ts'
import { loadKeys, loadSeconds, resolveLoad, resolveTrace } from './resolve-load.ts'
import { resolveCapacity } from './resolve-capacity.ts'
import { faultNotYet, resolveFaults, withFaultPhases } from './resolve-faults.ts'
import { limitsOf } from './resolve-limits.ts'
import { mixOf } from './resolve-mix.ts'
import { overrideObjectives } from './resolve-objectives.ts'
import { searchKeys } from './resolve-overload.ts'
import { checkPhases, phasesOf } from './resolve-phases.ts'
import { searchObjectives } from './resolve-search-objectives.ts'
import { sideBySide } from './resolve-side-by-side.ts'
import type { TestScope } from './test-scope.ts'

const defaultGracefulStopMs = 10_000
const notYet = ['nemesis'] as const

const ownKeys = [
  'suite',
  ...loadKeys,
  ...searchKeys,
  'limits',
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
  const later = faultNotYet(fields.raw('faults'))
  const missing = later === undefined ? notYet.find((key) => fields.has(key)) : `fault.${later}`
  if (missing !== undefined) return { unavailable: { name, suite, reason: `this version cannot run \`${missing}\` yet` } }

  const key = loadKeyOf(fields)
  const course = key === undefined ? undefined : courseOf(scope, fields, { key, origins })
  const limits = limitsOf(fields, scope.target)
  const fresh = fields.boolean('fresh') ?? (suite === 'stress' || fields.has('limits'))
  const gracefulStopMs = fields.durationMs('gracefulStop', 'zero') ?? defaultGracefulStopMs
  if (key === undefined || course === undefined) return undefined
  const { phases } = course
  const judged = key === 'watch' && !fields.has('objectives') ? objectives.filter(isOfProbe) : objectives
  const inherited = scope.objectives
  const kept = checkPhases({ fields, key: 'objectives', list: judged, inherited, phases })
  const spoken = searchObjectives({ fields, list: kept, inherited, search: course.capacity })
  const stops = checkPhases({ fields, key: 'stopWhen', list: stopWhen, inherited: scope.stopWhen, phases })
  if (problems.list.length > before) return undefined
  return {
    test: {
      name,
      suite,
      kind: key,
      ...course,
      gracefulStopSec: gracefulStopMs / 1000,
      objectives: spoken,
      stopWhen: stops,
      fresh,
      ...(limits === undefined ? {} : { limits }),
    },
  }
}

type Course = Pick<TestSpec, 'loads' | 'capacity' | 'durationSec' | 'warmupSec' | 'phases' | 'faults'>

/** What is done over time: loads of a known length, or a search that finds its own. */
function courseOf(
  scope: TestScope,
  fields: Fields,
  { key, origins }: { readonly key: LoadKey; readonly origins: ReadonlyMap<string, Path> },
): Course | undefined {
  if (key === 'capacity') {
    if (fields.has('faults')) fields.wrong('faults', 'no `faults` in a capacity search: a fault needs a load of known length')
    const capacity = resolveCapacity(scope, fields, origins)
    return capacity && { loads: [], capacity, durationSec: 0, warmupSec: 0, phases: [] }
  }
  for (const only of searchKeys)
    if (fields.has(only)) fields.wrong(only, `no \`${only}\` without \`capacity\`, which it belongs to`)
  const loads = assignLoads(scope, fields, key)
  const warmupSec = (fields.durationMs('warmup', 'zero') ?? 0) / 1000
  if (loads === undefined) return undefined
  const durationSec = Math.max(...loads.map(({ load }) => loadSeconds(load)))
  if (warmupSec >= durationSec)
    fields.wrong('warmup', `less than the length of the load (${durationSec} s), which it is a part of`)
  const faults = resolveFaults(fields.at('faults'), fields.raw('faults'), {
    problems: scope.problems,
    dir: scope.dir,
    durationSec,
  })
  const phases = withFaultPhases(phasesOf(loads, warmupSec, durationSec), faults, { warmupSec, durationSec })
  return { loads, durationSec, warmupSec, phases, ...(faults === undefined ? {} : { faults }) }
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

function assignLoads(scope: TestScope, fields: Fields, key: Exclude<LoadKey, 'capacity'>): readonly LoadAssignment[] | undefined {
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
  } else load = resolveLoad(fields, key)
  return load && mix && [{ load, mix }]
}
