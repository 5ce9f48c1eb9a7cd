import type { Path } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import { loadKeys } from './resolve-load.ts'
import { searchKeys } from './resolve-overload.ts'

/** A test as one run takes it: with its `quick` part applied, or without. */
export interface Form {
  readonly value: Readonly<Record<string, unknown>>
  /** Where each key was written; `capacity.within` where `quick` or the command line replaced a part of the search. */
  readonly origins: ReadonlyMap<string, Path>
}

export function formOf(test: Readonly<Record<string, unknown>>, path: Path, quick: boolean): Form {
  if (quick && isRecord(test['quick'])) return withQuick(test, path)
  const value = without(test, 'quick')
  return { value, origins: new Map(Object.keys(value).map((key) => [key, [...path, key]] as const)) }
}

/** The test with its `quick` keys in place: another load replaces the load, and a `for` that the new load does not take. */
function withQuick(test: Readonly<Record<string, unknown>>, path: Path): Form {
  const { quick, ...base } = test
  if (!isRecord(quick)) return { value: base, origins: new Map() }
  const replaced = replaceLoad(base, quick)
  const keys = new Set([...Object.keys(quick), ...Object.keys(replaced)])
  const origins = new Map<string, Path>(
    [...keys].map((key) => [key, quick[key] === undefined ? [...path, key] : [...path, 'quick', key]]),
  )
  const [search, part] = [base['capacity'], quick['capacity']]
  if (!isRecord(search) || !isRecord(part)) return { value: replaced, origins }
  // A quick search is the same search with something changed: `quick: { capacity: { within: '20%' } }`.
  for (const key of Object.keys(search)) origins.set(`capacity.${key}`, [...path, 'capacity', key])
  for (const key of Object.keys(part)) origins.set(`capacity.${key}`, [...path, 'quick', 'capacity', key])
  return { value: { ...replaced, capacity: { ...search, ...part } }, origins }
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
  const dropped: readonly string[] = [
    ...loadKeys,
    ...(takesFor(over) ? [] : ['for']),
    ...(over['capacity'] === undefined ? searchKeys : ['warmup']),
  ]
  return { ...Object.fromEntries(Object.entries(base).filter(([key]) => !dropped.includes(key))), ...over }
}

/** Whether `for` gives the length of this load; stages, steps and traces have their own, and a search finds it. */
export function takesFor(load: Readonly<Record<string, unknown>>): boolean {
  const staged = (value: unknown): boolean => Array.isArray(value) || (isRecord(value) && value['stages'] !== undefined)
  return (
    ['steps', 'trace', 'capacity'].every((key) => load[key] === undefined) && !staged(load['users']) && !staged(load['arrivals'])
  )
}

export function without(values: Readonly<Record<string, unknown>>, dropped: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== dropped))
}
