import { isAbsolute, resolve } from 'node:path'
import type { Path } from '../base/check.ts'
import { listWords } from '../base/check.ts'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { attackObjectives, resolveAttacks } from './attacks/index.ts'
import { faultObjectives, linksOf, resolveFaults, resolveNemesis, withFaultPhases } from './faults/index.ts'
import { Fields } from './fields.ts'
import type { LoadKey } from './resolve-load.ts'
import { loadKeys, loadSeconds, resolveLoad, resolveTrace } from './resolve-load.ts'
import { resolveCapacity } from './resolve-capacity.ts'
import { isIsolated } from './resolve-isolation.ts'
import { limiterObjectives } from './limiter-objectives.ts'
import { limitsOf } from './resolve-limits.ts'
import { mixOf } from './resolve-mix.ts'
import { overrideObjectives } from './resolve-objectives.ts'
import { searchKeys } from './resolve-overload.ts'
import { checkPhases, phasesOf } from './resolve-phases.ts'
import { searchObjectives } from './resolve-search-objectives.ts'
import { sideBySide } from './resolve-side-by-side.ts'
import { asVariant, variantKeys, variantsOf } from './resolve-variants.ts'
import type { TestScope } from './test-scope.ts'

const defaultGracefulStopMs = 10_000

const ownKeys = [
  'suite',
  ...loadKeys,
  ...searchKeys,
  'limits',
  'faults',
  'attacks',
  'nemesis',
  'for',
  'warmup',
  'gracefulStop',
  'objectives',
  'stopWhen',
  'fresh',
  'isolate',
  'maxUsers',
  'scenarios',
  'mix',
  ...variantKeys,
] as const
export const testKeys: readonly string[] = [...ownKeys, 'quick']

/** Resolves one test into itself, or into one a variant and round; `value` has its `quick` part applied, and `origins` says which keys came from there. */
export function resolveTest(
  scope: TestScope,
  name: string,
  value: unknown,
  origins: ReadonlyMap<string, Path>,
): readonly TestSpec[] {
  const { problems } = scope
  const path: Path = ['tests', name]
  const before = problems.list.length
  const fields = new Fields(problems, path, value, testKeys, origins)
  const key = loadKeyOf(fields)
  const suite = fields.string('suite') ?? defaultSuite(key)
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
  const course = key === undefined ? undefined : courseOf(scope, fields, { key, origins, suite })
  const limits = limitsOf(fields, scope.target)
  const isolate = isIsolated(fields, scope.isolation)
  const fresh = isolate || (fields.boolean('fresh') ?? (suite === 'stress' || fields.has('limits')))
  const gracefulStopMs = fields.durationMs('gracefulStop', 'zero') ?? defaultGracefulStopMs
  const variants = variantsOf(scope, name, fields)
  if (key === undefined || course === undefined) return []
  const { phases, faults, nemesis, durationSec } = course
  const judged = key === 'watch' && !fields.has('objectives') ? objectives.filter(isOfProbe) : objectives
  const inherited = scope.objectives
  const kept = checkPhases({ fields, key: 'objectives', list: judged, inherited, phases })
  const times = faults === undefined && course.attacks === undefined ? undefined : [...(faults ?? []), ...(course.attacks ?? [])]
  const broken = { fields, faults: times, nemesis, durationSec, places: scope.places }
  const ofLimiters = limiterObjectives({ fields, list: kept, inherited, durationSec, limiters: scope.limiters })
  const ofFaults = faultObjectives({ ...broken, key: 'objectives', list: ofLimiters, inherited })
  const ofAttacks = attackObjectives({ fields, list: ofFaults, inherited, attacks: course.attacks, warmupSec: course.warmupSec })
  const spoken = searchObjectives({ fields, list: ofAttacks, inherited, search: course.capacity })
  const phased = checkPhases({ fields, key: 'stopWhen', list: stopWhen, inherited: scope.stopWhen, phases })
  const stops = faultObjectives({ ...broken, key: 'stopWhen', list: phased, inherited: scope.stopWhen })
  const links = linksOf({ faults, nemesis, objectives: [...spoken, ...stops] })
  if (problems.list.length > before) return []
  const test: TestSpec = {
    name,
    suite,
    kind: key,
    ...course,
    gracefulStopSec: gracefulStopMs / 1000,
    objectives: spoken,
    stopWhen: stops,
    fresh,
    ...(isolate ? { isolate } : {}),
    ...(limits === undefined ? {} : { limits }),
    ...(links.length === 0 ? {} : { links }),
  }
  return variants?.map((variant) => asVariant(test, variant)) ?? [test]
}

/** To look without a load is to watch how it performs. */
export function defaultSuite(key: string | undefined): string {
  return key === 'watch' ? 'performance' : 'load'
}

type Course = Pick<TestSpec, 'loads' | 'capacity' | 'durationSec' | 'warmupSec' | 'phases' | 'faults' | 'nemesis' | 'attacks'>

/** What is done over time: loads of a known length, or a search that finds its own. */
function courseOf(
  scope: TestScope,
  fields: Fields,
  { key, origins, suite }: { readonly key: LoadKey; readonly origins: ReadonlyMap<string, Path>; readonly suite: string },
): Course | undefined {
  if (key === 'capacity') {
    for (const only of ['faults', 'nemesis', 'attacks'] as const)
      if (fields.has(only)) fields.wrong(only, `no \`${only}\` in a capacity search: a fault needs a load of known length`)
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
  const { problems, dir, places } = scope
  const context = { problems, dir, durationSec, places }
  const faults = resolveFaults(fields.at('faults'), fields.raw('faults'), context)
  const attacks = resolveAttacks(fields.at('attacks'), fields.raw('attacks'), { problems, durationSec, ...scope.attacks })
  const own = fields.has('nemesis') || suite !== 'soak'
  const nemesis = own
    ? resolveNemesis(fields.at('nemesis'), fields.raw('nemesis'), context)
    : resolveNemesis(['nemesis'], scope.nemesis, context)
  const times = [...(faults ?? []), ...(attacks ?? [])]
  const phases = withFaultPhases(phasesOf(loads, warmupSec, durationSec), times.length === 0 ? undefined : times, {
    warmupSec,
    durationSec,
  })
  return {
    loads,
    durationSec,
    warmupSec,
    phases,
    ...(faults === undefined ? {} : { faults }),
    ...(nemesis === undefined ? {} : { nemesis }),
    ...(attacks === undefined ? {} : { attacks }),
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
