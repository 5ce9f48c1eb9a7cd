import type { ValidityCheck } from '../model/run-result.ts'
import type { TestData } from '../analysis/index.ts'
import { interactiveUsers, littleEdgeBound, mismatch } from '../analysis/index.ts'
import { digits } from './format-value.ts'
import { graded } from './graded.ts'
import type { CheckInput } from './validity.ts'
import { sumOf } from './validity-load.ts'

// Identities that hold for every correct measurement, whatever the target does: a mismatch is a defect of the record.

/**
 * Little's law (Little 1961): the time integral of requests in flight against the sum of their times, over the longest constant stretch.
 * A request is in flight from when it asks for a socket, so the parts before the first byte written belong to its time. The edges are
 * allowed for by what was in flight at them; a stretch whose edges are most of it is only shown.
 */
export function littlesLaw({ test, constant }: CheckInput): ValidityCheck | undefined {
  const range = constant ?? test.judged
  const windows = test.generators(range).map(({ window }) => window)
  const seconds = sumOf(windows, (window) => window.lengthSec) / Math.max(1, new Set(windows.map((window) => window.worker)).size)
  const { service, censored, parts, count } = test.total('request', { range })
  const area = sumOf(windows, (window) => window.inFlightSec)
  const before = beforeSending.reduce((sum, part) => sum + (parts[part]?.sum ?? 0), 0)
  const total = (service.sum + censored.sum + before) / 1e6
  if (count === 0 || area <= 0 || seconds <= 0) return undefined
  // What is in flight at the end ends later, and may be the slowest of all.
  const from = test.total('request', { range: { from: range.from, to: Infinity } })
  const edge = littleEdgeBound({
    inFlightAtStart: inFlightAt(test, range.from),
    inFlightAtEnd: inFlightAt(test, range.to),
    maxResponseSec: Math.max(from.response.max, from.censored.max) / 1e6,
    totalSec: total,
  })
  const isJudged = constant !== undefined && edge < 0.5
  return graded({
    id: 'littles-law',
    title: 'Requests in flight against throughput × response time (Little’s law)',
    unit: 'ratio',
    value: mismatch(area, total),
    ...(isJudged ? { warn: edge + 0.005, void: edge + 0.05 } : {}),
    advice: `On average ${digits(area / seconds)} requests were in flight, their times say ${digits(total / seconds)}: answers were lost or timed wrongly. Report it as a defect of proofload.`,
    note: isJudged ? '' : 'Shown only: it is judged in a constant stretch that is long against the slowest request.',
  })
}

const beforeSending = ['queue', 'dns', 'connect', 'tls'] as const

/** When a second began. */
function inFlightAt(test: TestData, sec: number): number {
  return sumOf(
    test.generators({ from: sec - 1, to: sec }).map(({ window }) => window),
    (window) => window.requestsInFlight,
  )
}

/** Interactive response time law, N = X·(R + Z) (Denning & Buzen 1978), for a closed load with a constant number of users. */
export function responseTimeLaw({ test, constant, isOpen }: CheckInput): ValidityCheck | undefined {
  const isClosed = test.spec.loads.every(({ load }) => load.model === 'closed')
  if (isOpen || !isClosed || constant === undefined) return undefined
  const windows = test.generators(constant).map(({ window }) => window)
  const seconds = constant.to - constant.from
  const users = sumOf(windows, (window) => window.usersMean * window.lengthSec) / seconds
  const { count, response } = test.total('scenario', { range: constant })
  if (count === 0 || users <= 0) return undefined
  // An iteration's time has its think time in it: R + Z together. The rest of Z lies outside of iterations, and is known at each moment.
  const outsideSec = sumOf(windows, (window) => window.outsideSec ?? 0)
  const law = interactiveUsers(count / seconds, { responseSec: response.sum / count / 1e6, thinkSec: outsideSec / count })
  const edge = (2 * (response.max / 1e6)) / seconds
  const isJudged = edge < 0.5
  return graded({
    id: 'response-time-law',
    title: 'Users against throughput × (response time + think time)',
    unit: 'ratio',
    value: mismatch(law, users),
    ...(isJudged ? { warn: edge + 0.01, void: edge + 0.05 } : {}),
    advice: `${digits(users)} users were there, the law accounts for ${digits(law)}: users were idle without a reason. Report it as a defect of proofload.`,
    note: isJudged ? '' : 'Shown only: the stretch is short against the longest iteration.',
  })
}

/** Requests: begun = ended + in flight. Arrivals: planned = started + waiting + given up. Over the whole test, warm-up included. */
export function conservation({ test }: CheckInput): ValidityCheck | undefined {
  // A record that breaks off lacks the last second of some workers: nothing to conserve.
  if (test.end === undefined) return undefined
  const windows = test.generators()
  const all = windows.map(({ window }) => window)
  const last = new Map(windows.toSorted((a, b) => a.sec - b.sec).map(({ window }) => [window.worker, window]))
  const ends = [...last.values()]
  const requests =
    sumOf(all, (window) => window.requestsStarted) -
    test.total('request').count -
    sumOf(ends, (window) => window.requestsInFlight)
  const dropped = sumOf(all, (window) => window.dropped.usersCap + window.dropped.generator + window.dropped.target)
  const arrivals =
    sumOf(all, (window) => window.planned) -
    sumOf(all, (window) => window.started) -
    sumOf(ends, (window) => window.queued) -
    dropped
  return graded({
    id: 'conservation',
    title: 'Requests and arrivals that are unaccounted for',
    unit: 'count',
    value: Math.abs(requests) + Math.abs(arrivals),
    void: 0,
    advice: `Begun minus ended and in flight leaves ${digits(requests)} requests; planned minus started, waiting and given up leaves ${digits(arrivals)} arrivals. Report it as a defect of proofload.`,
  })
}
