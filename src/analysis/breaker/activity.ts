import type { BreakerView } from './view.ts'
import { tenthOf, tenthSec } from './view.ts'

// What a link shows of the state of a breaker. Everything is measured against the calls that the requests of the same time would have made while the
// breaker was closed (kappa of the baseline): requests that wait, and clients that come to a stop, are no open breaker.

/** Chance of no call at all where 12 are expected: e^-12. */
const silentCalls = 12
/** Chance of 9 or fewer where 30 are expected: 7e-6. */
const fewCalls = 30
const fewShare = 0.3
/** Of 20 expected, at least 14 are enough to say that they come again. */
const manyCalls = 20
const manyShare = 0.7
/** Shorter silences come from a busy machine as well. */
const shortestSec = 0.6
/** The calls that open it come in no more than this after the rest, or they are leaks. */
const lastCallsSec = 0.5

export interface Activity {
  readonly view: BreakerView
  /** Calls a client request while closed. */
  readonly kappa: number
}

/** A run of calls with silence on both sides. */
export interface Burst {
  readonly fromSec: number
  readonly toSec: number
  readonly calls: number
}

export function expectedCalls({ view, kappa }: Activity, from: number, to: number): number {
  return kappa * view.requests(from, to)
}

/** When calls stopped, or became few; undefined while they did not. */
export function openedAt(activity: Activity, from: number, to = activity.view.knownSec): number | undefined {
  const { view } = activity
  const [first, last] = [Math.ceil(from / tenthSec - 1e-6), tenthOf(Math.min(to, view.knownSec))]
  let [silent, few] = [first, first]
  for (let i = first; i < last; i++) {
    const fromSec = i * tenthSec
    const least = i + Math.ceil((shortestSec + view.stallSec(fromSec)) / tenthSec)
    silent = extend(activity, i, Math.max(silent, least), last, silentCalls)
    if (silent > last) return undefined
    if (view.calls(fromSec, silent * tenthSec) === 0) return fromSec
    few = extend(activity, i, Math.max(few, least), last, fewCalls)
    if (few > last) continue
    const toSec = few * tenthSec
    if (view.calls(fromSec, toSec) <= fewShare * expectedCalls(activity, fromSec, toSec))
      return afterLast(
        activity,
        change(activity, i, few, (calls, expected) => expected / 2 - calls),
      )
  }
  return undefined
}

/** When calls came again as they do while it is closed. */
export function closedAt(activity: Activity, from: number, to = activity.view.knownSec): number | undefined {
  const { view } = activity
  const [first, last] = [Math.ceil(from / tenthSec - 1e-6), tenthOf(Math.min(to, view.knownSec))]
  let end = first
  for (let i = first; i < last; i++) {
    end = extend(activity, i, Math.max(end, i + Math.ceil(shortestSec / tenthSec)), last, manyCalls)
    if (end > last) return undefined
    const [fromSec, toSec] = [i * tenthSec, end * tenthSec]
    if (view.calls(fromSec, toSec) >= manyShare * expectedCalls(activity, fromSec, toSec))
      return change(activity, i, end, (calls, expected) => calls - expected / 2)
  }
  return undefined
}

/** Runs of calls within a time in which it was open. Calls that follow each other as fast as requests do belong together. */
export function burstsIn(activity: Activity, from: number, to: number): readonly Burst[] {
  const { view } = activity
  const [first, last] = [Math.ceil(from / tenthSec - 1e-6), tenthOf(Math.min(to, view.knownSec))]
  const apart = tenthsApart(activity, from, to)
  const bursts: Burst[] = []
  for (let i = first; i < last; i++) {
    const calls = view.calls(i * tenthSec, (i + 1) * tenthSec)
    if (calls === 0) continue
    const before = bursts.at(-1)
    const toSec = (i + 1) * tenthSec
    if (before !== undefined && i - tenthOf(before.toSec) < apart)
      bursts[bursts.length - 1] = { ...before, toSec, calls: before.calls + calls }
    else bursts.push({ fromSec: i * tenthSec, toSec, calls })
  }
  return bursts
}

/** Calls that are further apart than this do not follow each other as requests do: e^-6. */
function tenthsApart(activity: Activity, from: number, to: number): number {
  const rate = expectedCalls(activity, from, to) / Math.max(tenthSec, to - from)
  return Math.max(2, Math.ceil(6 / Math.max(rate, 0.1) / tenthSec))
}

/** The last calls before it opened still belong to the time before, however few of them came in their tenth. */
function afterLast(activity: Activity, sec: number): number {
  const { view } = activity
  const apart = tenthsApart(activity, sec, sec + 1)
  let at = tenthOf(sec)
  for (let k = at; k < at + apart && k < tenthOf(sec + lastCallsSec); k++)
    if (view.calls(k * tenthSec, (k + 1) * tenthSec) > 0) at = k + 1
  return at * tenthSec
}

/** First edge from `end` on before which `wanted` calls were to be expected since `i`; beyond `last` when that is not yet. */
function extend(activity: Activity, i: number, end: number, last: number, wanted: number): number {
  let j = Math.max(end, i + 1)
  while (j <= last && expectedCalls(activity, i * tenthSec, j * tenthSec) < wanted) j++
  return j
}

/** The start of the stretch up to `end` that speaks most for the change: the greatest sum (a CUSUM backwards). */
function change(activity: Activity, i: number, end: number, score: (calls: number, expected: number) => number): number {
  let [best, at] = [-Infinity, i]
  for (let k = i; k < end; k++) {
    const [fromSec, toSec] = [k * tenthSec, end * tenthSec]
    const sum = score(activity.view.calls(fromSec, toSec), expectedCalls(activity, fromSec, toSec))
    if (sum > best) [best, at] = [sum, k]
  }
  return at * tenthSec
}
