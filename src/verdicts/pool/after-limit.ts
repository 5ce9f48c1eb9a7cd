import type { DatabaseFull, PoolStepResult } from '../../model/pool-result.ts'
import { backAt, goodSeconds, slowMs } from '../../analysis/index.ts'
import { formatValue } from '../format-value.ts'
import type { PoolEvidence, Tested } from './evidence.ts'
import { connections, percent, seconds, skipped } from './evidence.ts'

/** Less is too short to call it not recovered. */
const leastSeenSec = 8

/** When requests were answered as before, in seconds from the release. */
export function recoveredAt({ limit, run, view, usual }: PoolEvidence): number | undefined {
  if (limit === undefined || usual === undefined) return undefined
  const from = limit.held.toSec
  const to = run.stages.find(({ stage }) => stage === 'recovery')?.toSec ?? from
  const back = backAt(view, { from, to, usual })
  return back === undefined ? undefined : Math.max(0, back - from)
}

export function recovers(evidence: PoolEvidence): Tested {
  const { limit, run } = evidence
  const id = 'recovery'
  if (limit?.full === undefined) return { id, verdict: 'skipped', evidence: 'the pool was not full' }
  const stage = run.stages.find((one) => one.stage === 'recovery')
  if (stage === undefined) return skipped(evidence, id, 'recovery')
  const sec = recoveredAt(evidence)
  if (sec !== undefined)
    return { id, verdict: 'pass', evidence: `requests were answered as before ${seconds(sec)} after the release` }
  const seenSec = stage.toSec - limit.held.toSec
  if (seenSec < leastSeenSec) return { id, verdict: 'unknown', evidence: `not within ${seconds(seenSec)}, then the load ended` }
  // Where connections are missing, that is what is wrong.
  const isLeak = (lost(evidence) > 0 && isIdle(evidence)) || staysInUse(evidence) > 0
  return {
    ...{ id, verdict: 'fail', ...(isLeak ? {} : { defect: 'NOT_RECOVERED' as const }) },
    evidence: `requests were not answered as before within ${seconds(seenSec)} after the release`,
  }
}

/** Connections that there were at the first time, and not at the second. */
function lost({ limit, again }: PoolEvidence): number {
  if (limit?.full === undefined || again?.full === undefined || again.full.isDatabase) return 0
  return limit.full.connections - again.full.connections
}

/** Connections that did not come into use are open all the same: nobody closed them. */
function isIdle(evidence: PoolEvidence): boolean {
  const { again, view } = evidence
  if (again?.full === undefined) return false
  return view.openAt(again.full.fromSec) - again.full.connections >= 0.5 * lost(evidence)
}

/** Whether all connections that were held came back to the pool, and none stays in use. */
export function givesBack(evidence: PoolEvidence): Tested {
  const { limit, again, view, usual } = evidence
  const id = 'given-back'
  if (limit?.full === undefined || usual === undefined) return { id, verdict: 'skipped', evidence: 'the pool was not full' }
  if (again === undefined) return skipped(evidence, id, 'again')
  const { connections: before } = limit.full
  if (again.full === undefined) {
    const most = Math.max(0, ...view.busyIn(again.held.fromSec, again.held.toSec))
    return {
      id,
      verdict: 'unknown',
      evidence: `${String(most)} of ${String(before)} came into use again before the time was over`,
    }
  }
  const isBack = recoveredAt(evidence) !== undefined
  if (lost(evidence) > 0 && (isBack || isIdle(evidence))) {
    const { connections: now } = again.full
    const open = view.openAt(again.full.fromSec)
    return {
      ...{ id, verdict: 'fail', defect: 'LEAKS' },
      evidence: `of ${connections(before)} ${String(now)} came into use again although requests waited, with ${String(open)} open: ${String(before - now)} were never given back to the pool`,
    }
  }
  if (lost(evidence) > 0)
    return { id, verdict: 'unknown', evidence: `${String(again.full.connections)} of ${String(before)} came into use again` }
  const stays = staysInUse(evidence)
  if (stays > 0)
    return {
      ...{ id, verdict: 'fail', defect: 'LEAKS' },
      evidence: `${connections(stays)} stayed in use after the release, with a statement or a transaction that nobody ends`,
    }
  return { id, verdict: 'pass', evidence: `${connections(again.full.connections)} came into use again, and were free again` }
}

/**
 * More than usual that were in use all the time after the release. Either requests are answered as before; or they are not, and no statement is begun:
 * a pool that is only overloaded is at work.
 */
function staysInUse({ again, view, usual, run }: PoolEvidence): number {
  if (again === undefined || usual === undefined) return 0
  const recovery = run.stages.find(({ stage }) => stage === 'recovery')
  const back = backAt(view, { from: again.held.toSec, to: again.stage.toSec, usual })
  // In the first of the good seconds there may still be work that had piled up.
  const from = back === undefined ? (recovery?.toSec ?? 0) - goodSeconds + 1 : back + 1
  const to = from + goodSeconds - 1
  const callsPerSec = (start: number, end: number): number => view.calls(start, end) / (end - start)
  if (back === undefined && callsPerSec(from, to) > 0.1 * callsPerSec(usual.fromSec, usual.toSec)) return 0
  const floor = (start: number, end: number): number => Math.min(...view.busyIn(start, end))
  const more = floor(from, to) - floor(usual.fromSec, usual.toSec)
  // The mean of a Poisson number over a time T, with correlation over the time W that each holds: variance about 2aW / T.
  const deviation = Math.sqrt((2 * usual.busy * (usual.busy / Math.max(usual.perSec, 1e-9))) / (to - from))
  const isMore = view.meanBusy(from, to) >= usual.busy + Math.max(1, 0.25 * usual.busy, 4 * deviation)
  return Number.isFinite(more) && more >= 1 && isMore ? more : 0
}

/** What is left of the load when some of the connections are held. */
export function stepsOf({ run, test, view, usual, limit }: PoolEvidence): readonly PoolStepResult[] {
  const all = limit?.full?.connections
  const stage = run.stages.find((one) => one.stage === 'steps')
  if (stage === undefined || usual === undefined || all === undefined) return []
  return stage.held.flatMap(({ connections: held = 0, fromSec, toSec }) => {
    const from = Math.ceil(fromSec + 0.5)
    const list = view.secondsIn(from, toSec)
    if (list.length < 2) return []
    const sum = (of: (second: (typeof list)[number]) => number): number => list.reduce((total, one) => total + of(one), 0)
    const expected = usual.perSec * (1 - usual.failedShare) * list.length
    const good = sum(({ count, failed }) => count - failed)
    const { response } = test.total('request', { range: { from, to: Math.floor(toSec) } })
    const p95 = response.quantile(0.95)
    const p95Ms = p95 === null ? null : p95 / 1000
    // What is on the connections that are held is late for that, and for nothing else.
    const enough = good + held >= expected - 3 * Math.sqrt(expected)
    const failed = sum((one) => one.failed - usual.failedShare * one.count)
    const isBorne = enough && failed <= held + Math.max(2, 0.02 * expected) && p95Ms !== null && p95Ms <= slowMs(usual)
    return [{ held, left: all - held, fromSec, toSec, goodput: expected === 0 ? 0 : good / expected, p95Ms, isBorne }]
  })
}

export function bearsWith(evidence: PoolEvidence, steps: readonly PoolStepResult[]): Tested {
  const id = 'size'
  if (steps.length === 0) return skipped(evidence, id, 'steps')
  const told = steps.map(
    ({ left, goodput, p95Ms, isBorne }) =>
      `${String(left)} left: ${isBorne ? 'borne' : `not borne (goodput ${percent(goodput)}, p95 ${p95Ms === null ? 'unknown' : formatValue(p95Ms, 'ms')})`}`,
  )
  return { id, verdict: steps.some(({ isBorne }) => isBorne) ? 'pass' : 'unknown', evidence: told.join('; ') }
}

/** The database has no connection left for anybody new. */
export function databaseFullOf({ run, view, usual }: PoolEvidence): DatabaseFull | null {
  const taken = run.stages.find(({ stage }) => stage === 'database')?.taken
  if (taken === undefined || usual === undefined) return null
  const { fromSec, toSec, isProven, evidence } = taken
  const list = view.secondsIn(fromSec, toSec)
  const count = list.reduce((sum, one) => sum + one.count, 0)
  const failed = list.reduce((sum, one) => sum + one.failed, 0)
  const refused = view.tooMany(fromSec, toSec)
  return { fromSec, toSec, isProven, errorShare: count === 0 ? 1 : failed / count, refused, evidence }
}

export function bearsFullDatabase(evidence: PoolEvidence, full: DatabaseFull | null): Tested {
  const id = 'database-full'
  if (full === null || evidence.usual === undefined) return skipped(evidence, id, 'database')
  const { errorShare, refused, isProven } = full
  if (!isProven) return { id, verdict: 'unknown', evidence: `it was not seen to be full: ${full.evidence}` }
  const asked = refused === 0 ? 'no new connection was asked for' : `${connections(refused)} refused`
  const failed = errorShare === 0 ? 'no request' : `${percent(errorShare)} of the requests`
  const facts = `${failed} failed in ${seconds(full.toSec - full.fromSec)}, ${asked}`
  const isBorne = errorShare <= evidence.usual.failedShare + 0.02
  return {
    id,
    verdict: isBorne ? 'pass' : 'fail',
    evidence: isBorne ? `it went on with the connections that it has: ${facts}` : facts,
  }
}
