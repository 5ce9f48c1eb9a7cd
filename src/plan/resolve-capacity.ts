import type { Path } from '../base/check.ts'
import { checkKeys, describeValue, isRecord } from '../base/check.ts'
import { rateExamples, readRate } from '../base/rate.ts'
import { formatShare, readShare, shareExamples } from '../base/share.ts'
import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { LoadUnit } from '../model/load-spec.ts'
import { Fields } from './fields.ts'
import { maxUsersOf, readUsers } from './resolve-load.ts'
import { mixOf } from './resolve-mix.ts'
import { resolveOverload } from './resolve-overload.ts'
import type { TestScope } from './test-scope.ts'

const capacityKeys = ['from', 'to', 'within', 'minTrial', 'maxTrial', 'settle', 'quick', 'process', 'maxUsers'] as const

const defaultWithin = 0.05
const narrowest = 0.001
const widest = 0.5
const defaultMinTrialSec = 10
const defaultMaxTrialSec = 120
/** A trial is judged in windows of a second, and needs more than one. */
const shortestTrialSec = 2
const defaultSettleSec = 30

/** The search that `capacity`, `overload`, `overloadFor` and `peak` of a test describe; undefined after a problem. */
export function resolveCapacity(scope: TestScope, fields: Fields, origins: ReadonlyMap<string, Path>): CapacitySpec | undefined {
  const before = scope.problems.list.length
  const inner = capacityFields(fields, origins)
  checkNeighbours(fields)
  if (scope.scenarioNames.length === 0)
    scope.problems.addText(['scenarios'], 'at least one scenario for the load to drive', 'none')
  const mix = mixOf(scope, fields)
  const range = readRange(inner)
  const within = readWithin(inner) ?? defaultWithin
  const { minTrialSec, maxTrialSec } = readTrials(inner)
  const settleMs = inner.durationMs('settle', 'zero')
  const quick = inner.boolean('quick') ?? false
  const process = inner.oneOf('process', ['poisson', 'uniform']) ?? 'poisson'
  const maxUsers = inner.count('maxUsers', 1) ?? maxUsersOf(fields)
  const beyond = resolveOverload(fields, { unit: range?.unit, minTrialSec })
  if (range === undefined || mix === undefined || scope.problems.list.length > before) return undefined
  return {
    ...range,
    within,
    mix,
    process,
    maxUsers,
    minTrialSec,
    maxTrialSec,
    quick,
    settleLimitSec: settleMs === undefined ? defaultSettleSec : settleMs / 1000,
    ...beyond,
  }
}

/** Each key at the place where it was written: `quick` may replace some of them. */
function capacityFields(fields: Fields, origins: ReadonlyMap<string, Path>): Fields {
  const value = fields.raw('capacity')
  const at = fields.at('capacity')
  if (!isRecord(value)) {
    fields.problems.add(at, "an object such as `{ from: '50/s', to: '2000/s' }`", value)
    return new Fields(fields.problems, at, undefined, capacityKeys)
  }
  const places = new Map(Object.keys(value).map((key) => [key, origins.get(`capacity.${key}`) ?? [...at, key]] as const))
  for (const [key, path] of places) checkKeys(fields.problems, path.slice(0, -1), { [key]: value[key] }, capacityKeys)
  return new Fields(fields.problems, at, value, capacityKeys, places.size === 0 ? new Map([['', at]]) : places)
}

/** What gives other loads their length has no place beside a search, which finds the length of each trial itself. */
function checkNeighbours(fields: Fields): void {
  const cures = {
    for: 'The search decides how long it lasts; `minTrial` and `maxTrial` in `capacity` bound each of its trials.',
    warmup: 'Each trial leaves out its own beginning, and `settle` in `capacity` bounds the pause between two of them.',
  }
  for (const key of ['for', 'warmup'] as const)
    if (fields.has(key)) fields.wrong(key, `no \`${key}\` beside \`capacity\``, cures[key])
}

interface SearchRange {
  readonly unit: LoadUnit
  readonly from: number
  readonly to: number
}

/** Rates search arrivals, whole numbers search users. */
function readRange(inner: Fields): SearchRange | undefined {
  const missing = (['from', 'to'] as const).filter((key) => !inner.has(key))
  for (const key of missing)
    inner.problems.addText(inner.at(key), "a rate such as '50/s', or a whole number of users", 'nothing', cureOf[key])
  const from = readLevel(inner, 'from')
  const to = readLevel(inner, 'to')
  if (from === undefined || to === undefined) return undefined
  if (from.unit !== to.unit) {
    inner.problems.addText(
      inner.at('to'),
      from.unit === 'perSec' ? `${rateExamples}, as \`from\` is one` : 'a whole number of users, as `from` is one',
      describeValue(inner.raw('to')),
      'Rates search arrivals, whole numbers search users.',
    )
    return undefined
  }
  if (to.level <= from.level) {
    inner.wrong('to', `more than \`from\` (${String(inner.raw('from'))})`)
    return undefined
  }
  return { unit: from.unit, from: from.level, to: to.level }
}

const cureOf = {
  from: 'The search begins there: a load that the target is sure to bear.',
  to: 'The search never goes beyond it.',
}

function readLevel(inner: Fields, key: 'from' | 'to'): { readonly unit: LoadUnit; readonly level: number } | undefined {
  const value = inner.raw(key)
  if (value === undefined) return undefined
  const unit = typeof value === 'number' ? 'users' : 'perSec'
  const level = unit === 'users' ? readUsers(value) : readRate(value)
  if (level !== undefined && level > 0) return { unit, level }
  inner.wrong(key, unit === 'users' ? 'a whole number of users above zero' : `${rateExamples}, above zero`, levelHint(value))
  return undefined
}

function levelHint(value: unknown): string | undefined {
  if (typeof value === 'number') return value > 0 ? `Arrivals are written as a rate: '${value}/s'.` : undefined
  return typeof value === 'string' && /^\s*\d+\s*$/.test(value)
    ? `Write '${value.trim()}/s' for arrivals, or ${value.trim()} without quotes for users.`
    : undefined
}

function readWithin(inner: Fields): number | undefined {
  const value = inner.raw('within')
  if (value === undefined) return undefined
  const within = readShare(value)
  if (within !== undefined && within >= narrowest && within <= widest) return within
  inner.wrong(
    'within',
    `${shareExamples}, from ${formatShare(narrowest)} to ${formatShare(widest)}`,
    typeof value === 'number' && value > 0 && value < 1 ? `Did you mean '${formatShare(value)}'?` : undefined,
  )
  return undefined
}

function readTrials(inner: Fields): { readonly minTrialSec: number; readonly maxTrialSec: number } {
  const shortest = inner.durationMs('minTrial')
  if (shortest !== undefined && shortest < 1000 * shortestTrialSec) inner.wrong('minTrial', `at least ${shortestTrialSec} s`)
  const minTrialSec = shortest === undefined ? defaultMinTrialSec : shortest / 1000
  const longest = inner.durationMs('maxTrial')
  if (longest !== undefined && longest < 1000 * minTrialSec)
    inner.wrong('maxTrial', `at least as long as \`minTrial\` (${minTrialSec} s)`)
  return { minTrialSec, maxTrialSec: longest === undefined ? Math.max(defaultMaxTrialSec, minTrialSec) : longest / 1000 }
}
