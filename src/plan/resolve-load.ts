import { formatRate, rateExamples, readRate } from '../base/rate.ts'
import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { LoadSpec, Stage } from '../model/load-spec.ts'
import { Fields } from './fields.ts'

/** Of an open load, when the plan names no other. */
const defaultMaxUsers = 10_000
/** Longest time of `iterations`, when the plan names no other. */
const defaultIterationsLimitMs = 600_000

export const loadKeys = ['users', 'arrivals', 'steps', 'iterations', 'trace', 'watch', 'load', 'capacity'] as const
export type LoadKey = (typeof loadKeys)[number]

/** Reads the file of a trace; injected, because its grammar belongs to the schedules. */
export type ReadTrace = (path: string) => { readonly timesSec: readonly number[]; readonly problems: readonly string[] }

/** A level as written and as a number: users, or arrivals per second. */
interface LevelKind {
  readonly read: (value: unknown) => number | undefined
  readonly expected: string
  readonly format: (level: number) => string
}

export function readUsers(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

const users: LevelKind = {
  read: readUsers,
  expected: 'a whole number of users',
  format: (level) => `${level} user${level === 1 ? '' : 's'}`,
}
const arrivals: LevelKind = { read: readRate, expected: rateExamples, format: formatRate }

/** The load that `users`, `arrivals` or `steps` (with `for` and `maxUsers`) describe; undefined after a problem. */
export function resolveLoad(fields: Fields, key: 'users' | 'arrivals' | 'steps' | 'iterations' | 'watch'): LoadSpec | undefined {
  switch (key) {
    case 'users': {
      const stages = levelOrStages(fields, { key, value: fields.raw(key), at: fields.at(key), kind: users })
      return stages && { model: 'closed', stages }
    }
    case 'arrivals':
      return resolveArrivals(fields)
    case 'steps':
      return resolveSteps(fields)
    case 'iterations':
      return resolveIterations(fields)
    case 'watch': {
      if (fields.raw('watch') !== true) fields.wrong('watch', '`true`')
      const durationMs = requiredFor(fields, 'watch')
      return durationMs === undefined ? undefined : { model: 'watch', durationSec: durationMs / 1000 }
    }
  }
}

export function resolveTrace(fields: Fields, path: string, readTrace: ReadTrace): LoadSpec | undefined {
  const { timesSec, problems } = readTrace(path)
  for (const problem of problems.slice(0, 5))
    fields.problems.addText(fields.at('trace'), `a file of times, one a line, in ${path}`, problem)
  if (problems.length === 0 && timesSec.length === 0)
    fields.problems.addText(fields.at('trace'), `a file of times, one a line, in ${path}`, 'an empty file')
  const last = timesSec.at(-1)
  if (problems.length > 0 || last === undefined) return undefined
  // A load as long as its last arrival: that arrival is still inside.
  return { model: 'trace', path, arrivals: timesSec.length, durationSec: last + 0.001, maxUsers: maxUsersOf(fields) }
}

function resolveArrivals(fields: Fields): LoadSpec | undefined {
  const value = fields.raw('arrivals')
  const at = fields.at('arrivals')
  if (!isRecord(value)) {
    const stages = levelOrStages(fields, { key: 'arrivals', value, at, kind: arrivals })
    return stages && { model: 'open', process: 'poisson', stages, maxUsers: maxUsersOf(fields) }
  }
  const inner = new Fields(fields.problems, at, value, ['rate', 'stages', 'process', 'maxUsers'])
  const process = inner.oneOf('process', ['poisson', 'uniform']) ?? 'poisson'
  const most = inner.count('maxUsers', 1) ?? maxUsersOf(fields)
  if (inner.has('rate') === inner.has('stages')) {
    fields.problems.addText(at, 'exactly one of `rate` and `stages`', inner.has('rate') ? 'both' : 'neither')
    return undefined
  }
  const key = inner.has('rate') ? 'rate' : 'stages'
  const stages = levelOrStages(fields, { key: 'arrivals', value: inner.raw(key), at: inner.at(key), kind: arrivals })
  return stages && { model: 'open', process, stages, maxUsers: most }
}

export function maxUsersOf(fields: Fields): number {
  return fields.count('maxUsers', 1) ?? defaultMaxUsers
}

interface LevelSource {
  readonly key: string
  readonly value: unknown
  readonly at: Path
  readonly kind: LevelKind
}

/** A constant level for `for`, or a list of ramps and holds. */
function levelOrStages(fields: Fields, source: LevelSource): readonly Stage[] | undefined {
  const { key, value, at, kind } = source
  if (Array.isArray(value)) {
    if (fields.has('for')) fields.wrong('for', 'no `for` beside stages, which give the length themselves')
    return resolveStages(fields.problems, at, value, kind)
  }
  const level = kind.read(value)
  const durationMs = requiredFor(fields, key)
  if (level === undefined || level === 0) {
    fields.problems.add(at, `${kind.expected} above zero, or a list of stages`, value)
    return undefined
  }
  return durationMs === undefined ? undefined : [{ from: level, to: level, durationSec: durationMs / 1000 }]
}

function requiredFor(fields: Fields, key: string): number | undefined {
  if (!fields.has('for')) fields.problems.addText(fields.at('for'), `a duration such as '30s' beside \`${key}\``, 'nothing')
  return fields.durationMs('for')
}

function resolveStages(problems: Problems, path: Path, list: readonly unknown[], kind: LevelKind): readonly Stage[] | undefined {
  if (list.length === 0) {
    problems.addText(path, 'at least one stage such as `{ to, over }` or `{ hold }`', 'an empty list')
    return undefined
  }
  const before = problems.list.length
  const stages: Stage[] = []
  let level = 0
  for (const [index, item] of list.entries()) {
    const at = [...path, index]
    const fields = new Fields(problems, at, item, ['to', 'over', 'hold', 'from', 'name'])
    const name = fields.string('name')
    if (fields.has('hold') === fields.has('to')) {
      problems.add(at, 'a stage such as `{ to, over }` or `{ hold }`', item)
      continue
    }
    if (fields.has('hold')) {
      if (index === 0) problems.add(at, 'a first stage with `to` (`hold` keeps the level reached before)', item)
      const durationSec = (fields.durationMs('hold') ?? 0) / 1000
      stages.push({ from: level, to: level, durationSec, phase: name ?? kind.format(level) })
      continue
    }
    const to = kind.read(fields.raw('to'))
    if (to === undefined) fields.wrong('to', kind.expected)
    const from = fields.has('from') ? kind.read(fields.raw('from')) : level
    if (from === undefined) fields.wrong('from', kind.expected)
    if (!fields.has('over')) problems.addText(fields.at('over'), "a duration such as '30s' beside `to`", 'nothing')
    const durationSec = (fields.durationMs('over', 'zero') ?? 0) / 1000
    // A jump takes no time: the next stage starts at its level.
    if (durationSec > 0)
      stages.push({ from: from ?? level, to: to ?? 0, durationSec, phase: name ?? `ramp to ${kind.format(to ?? 0)}` })
    level = to ?? 0
  }
  if (problems.list.length > before) return undefined
  if (stages.length === 0 || stages.every((stage) => stage.from === 0 && stage.to === 0)) {
    problems.addText(path, 'stages that make a load', 'none above zero')
    return undefined
  }
  return withDistinctPhases(stages)
}

function resolveSteps(fields: Fields): LoadSpec | undefined {
  const inner = new Fields(fields.problems, fields.at('steps'), fields.raw('steps'), ['users', 'arrivals', 'each'])
  if (fields.has('for')) fields.wrong('for', 'no `for` beside `steps`, whose `each` gives the length')
  if (!inner.has('each')) fields.problems.addText(inner.at('each'), "a duration such as '30s'", 'nothing')
  const eachMs = inner.durationMs('each')
  if (inner.has('users') === inner.has('arrivals')) {
    fields.problems.addText(fields.at('steps'), 'exactly one of `users` and `arrivals`', inner.has('users') ? 'both' : 'neither')
    return undefined
  }
  const key = inner.has('users') ? 'users' : 'arrivals'
  const kind = key === 'users' ? users : arrivals
  const list = inner.raw(key)
  if (!Array.isArray(list) || list.length === 0) {
    inner.wrong(key, key === 'users' ? 'a list such as [100, 200]' : "a list such as ['50/s', '100/s']")
    return undefined
  }
  const levels = list.map((value: unknown, index) => {
    const level = kind.read(value)
    if (level === undefined || level === 0) fields.problems.add([...inner.at(key), index], `${kind.expected} above zero`, value)
    return level
  })
  if (eachMs === undefined || !levels.every((level) => level !== undefined && level > 0)) return undefined
  const stages = withDistinctPhases(
    levels.flatMap((level) =>
      level === undefined ? [] : [{ from: level, to: level, durationSec: eachMs / 1000, phase: kind.format(level) }],
    ),
  )
  return key === 'users'
    ? { model: 'closed', stages }
    : { model: 'open', process: 'poisson', stages, maxUsers: maxUsersOf(fields) }
}

function resolveIterations(fields: Fields): LoadSpec | undefined {
  const iterations = fields.count('iterations', 1)
  if (!fields.has('users')) fields.problems.addText(fields.at('users'), 'the number of users who share the iterations', 'nothing')
  const count = fields.count('users', 1)
  const limitMs = fields.durationMs('for') ?? defaultIterationsLimitMs
  return iterations === undefined || count === undefined
    ? undefined
    : { model: 'iterations', users: count, iterations, limitSec: limitMs / 1000 }
}

/** `100 users`, then `100 users (2)`: a phase is found by its name. */
function withDistinctPhases(stages: readonly Stage[]): readonly Stage[] {
  const seen = new Map<string, number>()
  return stages.map((stage) => {
    if (stage.phase === undefined) return stage
    const times = (seen.get(stage.phase) ?? 0) + 1
    seen.set(stage.phase, times)
    return times === 1 ? stage : { ...stage, phase: `${stage.phase} (${times})` }
  })
}

export function loadSeconds(load: LoadSpec): number {
  switch (load.model) {
    case 'closed':
    case 'open':
      return load.stages.reduce((sum, stage) => sum + stage.durationSec, 0)
    case 'iterations':
      return load.limitSec
    case 'trace':
    case 'watch':
      return load.durationSec
  }
}
