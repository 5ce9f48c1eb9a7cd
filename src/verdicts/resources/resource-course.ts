import type { FailureKind } from '../../model/sample.ts'
import type { ProbePoint, Range, RunData, SecondRow, TestData } from '../../analysis/index.ts'
import { runsInProcess } from '../in-process.ts'

/** A stretch of the load in seconds from its start. */
export interface Stretch {
  readonly fromSec: number
  readonly toSec: number
}

/** Where the record of one test begins and ends for a resource, on the run clock: the rest before it and the rest after it belong to it. */
interface Window {
  readonly fromSec: number
  readonly toSec: number
}

/** Longest rest before and after a test that its readings are taken from. */
const restSec = 10

export function windowOf(data: RunData, test: TestData): Window {
  const started = test.startSec
  const ended = test.endSec ?? data.lastSec
  const isStart = (kind: string): boolean => kind === 'target-ready' || kind === 'test-ended'
  const before = data.events.filter(({ t, kind }) => t <= started && isStart(kind)).at(-1)?.t ?? 0
  const after = data.events.find(
    ({ t, kind }) => t > ended && (kind === 'target-ready' || kind === 'test-started' || kind === 'run-ended'),
  )?.t
  return { fromSec: Math.max(before, started - restSec), toSec: Math.min(after ?? Infinity, ended + restSec) }
}

/** Readings of a probe around the test, in seconds from the start of its load. */
export function levelsOf(data: RunData, test: TestData, probe: string): readonly ProbePoint[] {
  const { fromSec, toSec } = windowOf(data, test)
  const start = test.loadStartSec ?? test.startSec
  return data.probe(probe, fromSec, toSec).map(({ t, value }) => ({ t: t - start, value }))
}

/** Whether the first process of the target ended meanwhile; null where no process of it is watched. */
export function survivedIn(data: RunData, test: TestData): boolean | null {
  // The process under test is the one that wrote the end of the test.
  if (runsInProcess({ data, test })) return test.end === undefined ? null : true
  if (levelsOf(data, test, 'target.processes').length === 0 && levelsOf(data, test, 'target.memory').length === 0) return null
  const { fromSec, toSec } = windowOf(data, test)
  // The end by our own hand has no such event.
  return !data.events.some(({ t, kind }) => kind === 'target-ended' && t >= fromSec && t <= toSec)
}

/** Errors of the operating system that the target wrote to its output during the test, by name and number. */
export function systemErrorsOf(data: RunData, test: TestData): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  const { fromSec, toSec } = windowOf(data, test)
  for (const { t, fact, value } of data.facts) {
    if (fact !== 'resource-errors' || t < fromSec || t > toSec + restSec) continue
    if (typeof value !== 'object' || value === null || !('test' in value) || value.test !== test.name) continue
    if ('errors' in value && typeof value.errors === 'object' && value.errors !== null)
      for (const [name, count] of Object.entries(value.errors)) if (typeof count === 'number') counts[name] = count
  }
  const died = data.events.findLast(({ t, kind }) => kind === 'target-ended' && t >= fromSec && t <= toSec)
  const last = died?.kind === 'target-ended' ? died.lastLines.join('\n') : ''
  if (/heap out of memory|OutOfMemoryError|bad_alloc/.test(last)) counts['ENOMEM'] = (counts['ENOMEM'] ?? 0) + 1
  return counts
}

/** What is usual for a test before anything was taken from it. */
export interface Usual {
  readonly failureShare: number
  /** Highest 95th percentile of its seconds; null: too few of them. */
  readonly p95Ms: number | null
}

/** Fewer seconds than this say nothing about what is usual. */
const leastSeconds = 3

export function usualOf(rows: readonly SecondRow[]): Usual {
  const busy = rows.filter(({ count }) => count > 0)
  const count = busy.reduce((sum, row) => sum + row.count, 0)
  const failed = busy.reduce((sum, row) => sum + row.failed, 0)
  if (busy.length < leastSeconds) return { failureShare: 0, p95Ms: null }
  return { failureShare: failed / count, p95Ms: Math.max(...busy.map(({ p95Ms }) => p95Ms ?? 0)) }
}

/** D6: errors within those of before, latency within a tenth of the worst second before. Ours: one request in a hundred is no more errors. */
export function isGood({ count, failed, p95Ms }: SecondRow, usual: Usual): boolean {
  if (count === 0) return false
  if (failed / count > usual.failureShare + 0.01) return false
  return usual.p95Ms === null || p95Ms === null || p95Ms <= 1.1 * usual.p95Ms
}

/** D6: good again is five good seconds in a row. */
const goodRun = 5

/** Seconds from the release until it is good again; 0: nothing was bad. `seen` is false where the load ended too early to tell. */
export function recoveryOf(
  rows: readonly SecondRow[],
  { hot, usual }: { readonly hot: Stretch; readonly usual: Usual },
): { readonly sec: number | null; readonly seen: boolean } {
  const during = rows.filter(({ sec }) => sec >= Math.floor(hot.fromSec))
  if (during.length > 0 && during.every((row) => isGood(row, usual))) return { sec: 0, seen: true }
  const release = Math.ceil(hot.toSec)
  const after = rows.filter(({ sec }) => sec >= release)
  for (let i = 0; i + goodRun <= after.length; i++) {
    const five = after.slice(i, i + goodRun)
    if (five.every((row) => isGood(row, usual))) return { sec: Math.max(0, (five[0]?.sec ?? release) - release), seen: true }
  }
  // Bad until shortly before the end may yet have become good.
  const lastBad = after.findLast((row) => !isGood(row, usual))
  return { sec: null, seen: after.length >= 2 * goodRun && lastBad !== undefined && lastBad.sec >= (after.at(-1)?.sec ?? 0) - 1 }
}

export interface Failures {
  readonly share: number
  /** Most frequent failure, with its status where it is one. */
  readonly kind: string | null
}

export function failuresIn(test: TestData, stretch: Stretch, name?: string): Failures {
  const range = rangeOf(stretch)
  const { count, failed, failures, statuses } = test.total('request', { range, ...(name === undefined ? {} : { name }) })
  const kinds = Object.entries(failures) as [FailureKind, number][] // the keys of that record
  const kind = mostOf(kinds)
  const status = mostOf(Object.entries(statuses).filter(([code]) => Number(code) >= 400))
  const said = kind === 'status' && status !== null ? `status ${status}` : kind
  return { share: count === 0 ? 0 : failed / count, kind: failed === 0 ? null : said }
}

/** Of functions in process, which have no requests: iterations by an exception or a failed check. */
export function iterationFailuresIn(test: TestData, stretch: Stretch): Failures {
  const { count, failed, exceptions } = test.total('scenario', { range: rangeOf(stretch) })
  const kind = 2 * exceptions > failed ? 'exception' : 'failed check'
  return { share: count === 0 ? 0 : failed / count, kind: failed === 0 ? null : kind }
}

function rangeOf({ fromSec, toSec }: Stretch): Range {
  return { from: Math.floor(fromSec), to: Math.max(Math.floor(fromSec) + 1, Math.ceil(toSec)) }
}

function mostOf(counts: readonly (readonly [string, number])[]): string | null {
  let most: readonly [string, number] | undefined
  for (const one of counts) if (one[1] > (most?.[1] ?? 0)) most = one
  return most?.[0] ?? null
}

/** Ours: an endpoint fails with the others where one request in twenty more than before does. */
const collateralShare = 0.05

/** Endpoints besides the worst that fail meanwhile and did not before. */
export function collateralOf(test: TestData, hot: Stretch, before: Stretch): readonly string[] {
  const added = test
    .series('request')
    .map((name) => ({ name, more: failuresIn(test, hot, name).share - failuresIn(test, before, name).share }))
    .filter(({ more }) => more > collateralShare)
    .sort((a, b) => b.more - a.more)
  return added.slice(1).map(({ name }) => name)
}
