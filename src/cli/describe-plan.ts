import { formatBytes } from '../base/bytes.ts'
import { formatRate } from '../base/rate.ts'
import { formatShare } from '../base/share.ts'
import type { CapacitySpec } from '../model/capacity-spec.ts'
import { isSearchMetric } from '../model/capacity-spec.ts'
import type { FaultScope } from '../model/link-fault.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import type { LoadSpec, Stage } from '../model/load-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import { allowedHosts } from '../plan/index.ts'
import type { LoadedPlan } from '../run/index.ts'
import { describeAttack } from '../run/index.ts'
import { backShare, searchOptions } from '../verdicts/index.ts'
import { longestSearch } from './search-cost.ts'

/** What `--dry-run` prints: what would be started, who would be loaded, how much, and how it would be judged. */
export function describePlan(
  { spec }: LoadedPlan,
  { workers, seed }: { readonly workers: number; readonly seed: number },
): string {
  const lines = [
    `plan ${spec.name} (${spec.file}), fingerprint ${spec.fingerprint.slice(0, 12)}, ${workers} worker${workers === 1 ? '' : 's'}, seed ${seed}`,
    ...Object.entries(spec.services).map(
      ([name, service]) => `starts service ${name}: ${service.kind === 'process' ? service.start.join(' ') : service.kind}`,
    ),
    ...Object.entries(spec.dependencies ?? {}).map(
      ([name, { protocol, host, port }]) => `depends on ${name}: ${protocol} at ${host}:${port}`,
    ),
    ...describeTarget(spec),
    `requests may go to: ${allowedHosts(spec).join(', ') || 'nowhere'}`,
    ...describeDatabases(spec),
    ...spec.tests.flatMap(describeTest),
    'Nothing was started (--dry-run).',
  ]
  return `${lines.join('\n')}\n`
}

function describeDatabases({ services, sql }: PlanSpec): readonly string[] {
  const names = Object.keys(services).filter((name) => {
    const service = services[name]
    return service?.kind === 'postgres' || service?.protocol === 'postgres'
  })
  return names.length === 0
    ? []
    : [`statements of \`sql\` may go to: ${names.join(', ')}, over ${sql.maxConnections} connections a worker`]
}

function describeTarget({ target, services }: PlanSpec): readonly string[] {
  if (target === undefined) {
    const hasServices = Object.keys(services).length > 0
    return [`no target: the scenarios themselves${hasServices ? ', and services that they speak to,' : ''} are what is tested`]
  }
  const { start, cwd, url } = target
  if (start !== undefined)
    return [`starts the target: ${start.join(' ')} (in ${cwd})`, ...(url === undefined ? [] : [`loads ${url}`])]
  return url === undefined ? [] : [`loads ${url}, which it does not start`]
}

function describeTest(test: TestSpec): readonly string[] {
  const { capacity } = test
  const length =
    capacity === undefined
      ? `, ${test.durationSec} s${test.warmupSec > 0 ? `, the first ${test.warmupSec} s not judged` : ''}`
      : ', as long as the search takes'
  return [
    `test ${test.name} (suite ${test.suite})${length}`,
    ...(capacity === undefined ? [] : describeSearch(test, capacity)),
    ...(test.isolate === true ? ['  begins with the data as `setup` has left it'] : []),
    ...describeLimits(test.limits),
    ...describeVariant(test),
    ...describeFaults(test),
    ...(test.attacks ?? []).map((attack) => `  attack ${attack.id} at ${attack.atSec} s: ${describeAttack(attack)}`),
    ...test.loads.map(({ load, mix }) => `  ${describeLoad(load)} by ${describeMix(mix)}`),
    ...test.objectives.map((objective) => `  ${mustHold(test, objective)}: ${objective.text}`),
    ...test.stopWhen.map(({ text }) => `  stops when: ${text}`),
  ]
}

function describeFaults({ faults = [], nemesis, links = [] }: TestSpec): readonly string[] {
  const ids = (nemesis?.faults ?? []).map(({ id }) => id).join(', ')
  return [
    ...faults.map(({ id, atSec, forSec, scope }) => `  fault ${id} at ${atSec} s for ${forSec} s${describeReach(scope)}`),
    ...(nemesis === undefined
      ? []
      : [`  nemesis: every ${nemesis.everySec} s from ${nemesis.fromSec} s one of ${ids} for ${nemesis.forSec} s`]),
    ...(links.length === 0 ? [] : [`  our proxy stands in the link${links.length === 1 ? '' : 's'} ${links.join(', ')}`]),
  ]
}

/** Whom a fault meets. */
function describeReach({ where, share, first, every }: FaultScope = {}): string {
  const what = where ?? 'what crosses'
  if (share !== undefined) return `, of ${formatShare(share)} of ${what}`
  if (first !== undefined) return `, of the first ${first} of ${what}`
  if (every !== undefined) return `, of one in ${every} of ${what}`
  return where === undefined ? '' : `, of ${where}`
}

function describeLimits(limits: LimitsSpec = {}): readonly string[] {
  const { memoryBytes, files, cpus, fileSizeBytes, processes } = limits
  const words = [
    ...(memoryBytes === undefined ? [] : [`${formatBytes(memoryBytes)} of memory`]),
    ...(cpus === undefined ? [] : [`${cpus} cores`]),
    ...(files === undefined ? [] : [`${files} open files`]),
    ...(fileSizeBytes === undefined ? [] : [`files of ${formatBytes(fileSizeBytes)}`]),
    ...(processes === undefined ? [] : [`${processes} processes`]),
  ]
  return words.length === 0 ? [] : [`  limits on the target: ${words.join(', ')}`]
}

function describeVariant({ variant }: TestSpec): readonly string[] {
  if (variant === undefined) return []
  const env = Object.entries(variant.env).map(([name, value]) => `${name}=${value}`)
  return [
    `  variant ${variant.name}, round ${variant.round} of ${variant.rounds}: the target with ${env.join(', ') || 'nothing changed'}`,
  ]
}

/** A search judges each trial by the objectives, and its own answer by those that speak of it. */
function mustHold({ capacity }: TestSpec, { metric }: ObjectiveSpec): string {
  return capacity === undefined || isSearchMetric(metric.name) ? 'must hold' : 'must hold in a trial'
}

function describeSearch(test: TestSpec, capacity: CapacitySpec): readonly string[] {
  const { unit, process, maxUsers, minTrialSec, settleLimitSec, overload, overloadSec, peak } = capacity
  const level = (load: number): string => (unit === 'users' ? `${load} user${load === 1 ? '' : 's'}` : formatRate(load))
  const model = unit === 'users' ? 'closed model' : `open model (${process}), at most ${maxUsers} users at once`
  const within = capacity.quick ? 2 * capacity.within : capacity.within
  const { trials, loadSec, longestTrialSec } = longestSearch(searchOptions(test, capacity))
  // As long as the search looks at what the overload left behind.
  const beyondSec = overload.length === 0 ? 0 : overload.length * overloadSec + Math.max(settleLimitSec, 2 * overloadSec)
  const betweenSec = (test.gracefulStopSec + settleLimitSec) * (trials + overload.length)
  return [
    `  searches the capacity from ${level(capacity.from)} to ${level(capacity.to)}, to within ${formatShare(within)}: ${model}, by ${describeMix(capacity.mix)}`,
    `  trials of ${minTrialSec} s to ${longestTrialSec} s, after each up to ${test.gracefulStopSec} s for its iterations to end and ${settleLimitSec} s of settling`,
    ...(overload.length === 0
      ? []
      : [`  then ${overload.join(', ')} times the capacity for ${overloadSec} s each, and ${backShare} of it`]),
    ...(peak === undefined ? [] : [`  expected peak: ${level(peak)}`]),
    `  at worst about ${minutes(loadSec + beyondSec + betweenSec)}: ${trials} trials, ${minutes(loadSec + beyondSec)} of load, the rest between them`,
  ]
}

function minutes(sec: number): string {
  return sec < 120 ? `${Math.ceil(sec)} s` : `${Math.ceil(sec / 60)} min`
}

function describeMix(mix: Readonly<Record<string, number>>): string {
  const sum = Object.values(mix).reduce((a, b) => a + b, 0)
  return Object.entries(mix)
    .map(([name, share]) => `${name} ${((100 * share) / sum).toFixed(0)} %`)
    .join(', ')
}

function describeLoad(load: LoadSpec): string {
  switch (load.model) {
    case 'closed':
      return `closed model: ${describeStages(load.stages, 'users')}`
    case 'open':
      return `open model (${load.process}): ${describeStages(load.stages, 'arrivals/s')}, at most ${load.maxUsers} users at once`
    case 'iterations':
      return `${load.iterations} iterations by ${load.users} users, at most ${load.limitSec} s`
    case 'trace':
      return `${load.arrivals} arrivals at the times in ${load.path}`
    case 'watch':
      return 'no load, only looking'
  }
}

function describeStages(stages: readonly Stage[], unit: string): string {
  return stages
    .map(({ from, to, durationSec }) =>
      from === to ? `${to} ${unit} for ${durationSec} s` : `${from} to ${to} ${unit} over ${durationSec} s`,
    )
    .join(', ')
}
