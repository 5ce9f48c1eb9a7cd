import type { FullPool, PoolEndpoint } from '../../model/pool-result.ts'
import type { Fullness, PoolView, Range, TestData, Usual } from '../../analysis/index.ts'
import { binomialCdf } from '../../analysis/index.ts'

export interface FullPoolOptions {
  readonly test: TestData
  readonly view: PoolView
  readonly usual: Usual
  readonly full: Fullness
  /** When the connections were released. */
  readonly toSec: number
  readonly clientTimeoutSec: number
}

/** Fewer requests say nothing. */
const least = 5
/** An error that comes sooner is no wait for a connection. */
const atOnceMs = 250
/** Answers that had waited come within this after the release. */
const afterSec = 3
/** Fewer answers than usual mean something when chance makes so few of them less often than this. */
const byChance = 0.001

/** What clients met while every connection was in use: those that wait for one, and those that need none. */
export function fullPool(options: FullPoolOptions): FullPool {
  const { test, usual, full, toSec, clientTimeoutSec } = options
  const range: Range = { from: Math.ceil(full.fromSec), to: Math.max(Math.ceil(full.fromSec), Math.floor(toSec)) }
  const endpoints = test.series('request').map((name) => endpointOf(name, range, options))
  const hit = endpoints.filter(({ outcome }) => outcome !== 'goes on').map(({ name }) => name)
  // At first nobody has waited for as long as the target lets them.
  const tail: Range = { from: Math.max(range.from, range.to - Math.max(3, Math.ceil((range.to - range.from) / 3))), to: range.to }
  const isLong = toSec - full.fromSec >= Math.min(clientTimeoutSec, 4.5)
  const waits = waitsOf(test, hit, range)
  return {
    fromSec: full.fromSec,
    toSec,
    failure: failureOf({ ...endedIn(hit, tail, options), waitMs: waits.p50, usualMs: usual.p95Ms, isLong }),
    waitP50Ms: waits.p50,
    waitP95Ms: waits.p95,
    ...endedIn(hit, range, options),
    endpoints,
  }
}

/** Of requests that were begun or ended within: those that an error answered, and those that nothing did. */
function endedIn(
  names: readonly string[],
  range: Range,
  { test, view, full, usual }: FullPoolOptions,
): Pick<FullPool, 'errors' | 'unanswered'> {
  const totals = names.map((name) => {
    const { failedResponse, censored } = test.total('request', { name, range })
    return { errors: failedResponse.count, censored: censored.count }
  })
  const sum = (of: (total: (typeof totals)[number]) => number): number => totals.reduce((all, one) => all + of(one), 0)
  const seconds = view.secondsIn(range.from - 1, range.to)
  const grown = (seconds.at(-1)?.inFlight ?? 0) - (seconds[0]?.inFlight ?? 0)
  const errors = sum((one) => one.errors)
  // Who gave up is in flight no longer: what is on the connections that we hold is in neither sum.
  const unanswered = Math.max(0, sum(({ censored }) => censored) + grown)
  // Users who all wait ask for nothing more.
  const waiting = errors < least ? (seconds.at(-1)?.inFlight ?? 0) - full.connections - usual.others : 0
  return { errors, unanswered: Math.max(unanswered, waiting) }
}

interface Failing {
  readonly errors: number
  readonly unanswered: number
  readonly waitMs: number | null
  readonly usualMs: number
  readonly isLong: boolean
}

function failureOf({ errors, unanswered, waitMs, usualMs, isLong }: Failing): FullPool['failure'] {
  if (!isLong || errors + unanswered < least) return 'unknown'
  if (unanswered > 0.5 * errors) return 'hang'
  return waitMs !== null && waitMs > Math.max(atOnceMs, 3 * usualMs) ? 'time-out' : 'refused'
}

/** Waits of what was answered with an error. */
function waitsOf(
  test: TestData,
  names: readonly string[],
  range: Range,
): { readonly p50: number | null; readonly p95: number | null } {
  const buckets = new Map<number, number>()
  for (const name of names)
    for (const [value, count] of test.total('request', { name, range }).failedResponse.buckets())
      buckets.set(value, (buckets.get(value) ?? 0) + count)
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  const at = (q: number): number | null => {
    let seen = 0
    for (const [value, count] of sorted) {
      seen += count
      if (seen >= q * total) return value / 1000
    }
    return null
  }
  return { p50: at(0.5), p95: at(0.95) }
}

const lengthOf = ({ from, to }: Range): number => Math.max(1, to - from)

function endpointOf(name: string, range: Range, { test, usual, toSec }: FullPoolOptions): PoolEndpoint {
  const before: Range = { from: Math.ceil(usual.fromSec), to: Math.floor(usual.toSec) }
  const usually = test.total('request', { name, range: before }).count
  const usualPerSec = usually / lengthOf(before)
  const lengthSec = lengthOf(range)
  const { count, failed, failedResponse, censored } = test.total('request', { name, range })
  const [good, errors, unanswered] = [count - failed, failedResponse.count, censored.count]
  // Who waits for answers before they ask again, ask less when they wait.
  const isOpen = test.spec.loads.every(({ load }) => load.model === 'open' || load.model === 'trace')
  const expected = usualPerSec * lengthSec
  // What had waited comes when there are connections again.
  const after: Range = { from: Math.floor(toSec), to: Math.floor(toSec) + afterSec }
  const late = test.total('request', { name, range: after })
  const waitedMs = Math.max(late.response.max, late.censored.max) / 1000
  const hasWaited = waitedMs >= 500 * Math.min(lengthSec, 4)
  const isFewer = (): boolean => {
    if (good >= 0.7 * expected) return false
    // Of independent arrivals each falls into the one stretch or the other by their lengths.
    return hasWaited || binomialCdf(good, usually + good, lengthSec / (lengthSec + lengthOf(before))) < byChance
  }
  const outcome = (): PoolEndpoint['outcome'] => {
    if (count >= least && good >= 0.9 * count && !(isOpen && isFewer())) return 'goes on'
    if (errors >= least && errors >= 0.5 * count) return 'fails'
    if (unanswered >= least && unanswered >= 0.5 * count) return 'waits'
    if (count >= least && (!isOpen || count >= 0.3 * expected)) return 'partly'
    // Nothing has come back: was it asked at all?
    return expected >= least && hasWaited ? 'waits' : 'unknown'
  }
  return { name, outcome: outcome(), usualPerSec, goodPerSec: good / lengthSec }
}
