import type { PoolEndpoint } from '../../model/pool-result.ts'
import { formatValue } from '../format-value.ts'
import type { PoolEvidence, Tested } from './evidence.ts'
import { connections, seconds, skipped } from './evidence.ts'

/** Whether the pool has a limit of its own, below that of the database. */
export function hasLimit(evidence: PoolEvidence): Tested {
  const { limit, view, run } = evidence
  const id = 'limit'
  if (limit === undefined) return skipped(evidence, id, 'limit')
  const { full, held } = limit
  if (full === undefined) {
    const most = Math.max(0, ...view.busyIn(held.fromSec, held.toSec))
    const text = `${connections(most)} came into use in ${seconds(held.toSec - held.fromSec)}, and no request was seen to wait for one more: the load is too small, the pool larger, or the time too short`
    return { id, verdict: 'unknown', evidence: text }
  }
  if (!full.isDatabase)
    return { id, verdict: 'pass', evidence: `${connections(full.connections)}, after ${seconds(full.fromSec - held.fromSec)}` }
  const { room } = run
  const of = room === undefined ? '' : `; it has ${String(room.max)}, ${String(room.reserved)} of them reserved`
  return {
    ...{ id, verdict: 'fail', defect: 'NO_LIMIT' },
    evidence: `the database refused more (53300) when ${connections(full.connections)} were in use${of}: the pool takes all that there are, also from others`,
  }
}

/** Whether who finds no connection is told so, and in time. */
export function refuses(evidence: PoolEvidence): Tested {
  const { full, clientTimeoutSec } = evidence
  const id = 'refusal'
  if (full === null) return { id, verdict: 'skipped', evidence: 'the pool was not full' }
  const { failure, errors, unanswered, waitP50Ms, waitP95Ms, fromSec, toSec } = full
  const held = seconds(toSec - fromSec)
  if (failure === 'unknown') {
    const few = `${String(errors)} errors and ${String(unanswered)} requests without an answer in ${held}`
    return { id, verdict: 'unknown', evidence: `too few to say: ${few}` }
  }
  if (failure === 'hang') {
    const until =
      toSec - fromSec > clientTimeoutSec ? `the clients’ time-out of ${seconds(clientTimeoutSec)}` : `the release after ${held}`
    const other = errors === 0 ? '' : `, ${String(errors)} had an error`
    return {
      ...{ id, verdict: 'fail', defect: 'HANGS' },
      evidence: `${String(Math.round(unanswered))} requests had no answer until ${until}${other}: waiting for a connection has no limit of time`,
    }
  }
  const how = failure === 'refused' ? 'refused at once' : `given up after a wait of ${formatValue(waitP50Ms ?? 0, 'ms')}`
  const text = `${String(errors)} requests were ${how} (p95 ${formatValue(waitP95Ms ?? 0, 'ms')})`
  const limitMs = waitLimitMs(evidence)
  if ((waitP95Ms ?? 0) <= limitMs) return { id, verdict: 'pass', evidence: text }
  return {
    ...{ id, verdict: 'fail', defect: 'SLOW_FAIL' },
    evidence: `${text}: later than ${formatValue(limitMs, 'ms')}, ${limitMs < 500 * clientTimeoutSec ? 'the longest that the objectives allow' : 'half of the time after which clients give up'}`,
  }
}

/** The longest that the objectives allow to any request, and half of the time after which clients give up. */
function waitLimitMs({ test, clientTimeoutSec }: PoolEvidence): number {
  const allowed = test.spec.objectives.flatMap(({ metric, op, unit, value }) =>
    unit === 'ms' && op.startsWith('<') && /^(p\d|max$)/.test(metric.name) ? [value] : [],
  )
  return Math.min(500 * clientTimeoutSec, ...(allowed.length === 0 ? [] : [Math.max(...allowed)]))
}

/** Of one, and of several. */
const outcomes: Readonly<Record<PoolEndpoint['outcome'], readonly [one: string, several: string]>> = {
  'goes on': ['goes on', 'go on'],
  fails: ['fails', 'fail'],
  waits: ['waits', 'wait'],
  partly: ['is answered in part', 'are answered in part'],
  unknown: ['was hardly asked', 'were hardly asked'],
}

/** What becomes of the other endpoints. */
export function sparesOthers({ full }: PoolEvidence): Tested {
  const id = 'collateral'
  if (full === null) return { id, verdict: 'skipped', evidence: 'the pool was not full' }
  const told = Object.entries(outcomes).flatMap(([outcome, words]) => {
    const names = full.endpoints.filter((one) => one.outcome === outcome).map(({ name }) => name)
    return names.length === 0 ? [] : [`${names.join(', ')} ${words[names.length === 1 ? 0 : 1]}`]
  })
  const evidence = told.join('; ')
  if (full.endpoints.some(({ outcome }) => outcome === 'goes on')) return { id, verdict: 'pass', evidence }
  return { id, verdict: 'unknown', evidence: `${evidence}: all of them need the database, or nothing is served beside it` }
}
