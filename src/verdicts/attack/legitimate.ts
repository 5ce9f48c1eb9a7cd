import type { Range, TestData } from '../../analysis/index.ts'
import { deniedSec, deniedShare } from '../../analysis/index.ts'
import { studentQuantile } from '../../analysis/index.ts'
import type { LegitimateStretch, LegitimateUsers } from '../../model/attack-result.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'
import type { RecoveryPoint, RecoveryResult } from '../../model/recovery-result.ts'
import { latencyOf } from '../latency.ts'

/** Ours: fewer seconds have no interval. */
const leastSeconds = 3

/** What an attack did to the users who are there by right: the load of the test. */
export function legitimateUsers(
  test: TestData,
  spec: AttackSpec,
  { at, until, recovery }: { readonly at: number; readonly until: number; readonly recovery: RecoveryResult | undefined },
): LegitimateUsers {
  const { judged } = test
  const baseline = recovery?.baseline
  const before = stretchOf(test, { from: baseline?.fromSec ?? judged.from, to: baseline?.toSec ?? Math.floor(at) })
  const duringRange = { from: Math.floor(at), to: Math.ceil(until) }
  const during = stretchOf(test, duringRange)
  const after = stretchOf(test, {
    from: Math.ceil(until),
    to: Math.min(judged.to, Math.ceil(until + (recovery?.horizonSec ?? 0))),
  })
  const blocked = blockedIn(test, spec, duringRange)
  const usual = before === null ? { blocked: 0, count: 0 } : blockedIn(test, spec, { from: before.fromSec, to: before.toSec })
  const share = (one: { readonly blocked: number; readonly count: number }): number =>
    one.count === 0 ? 0 : one.blocked / one.count
  return {
    ...{ before, during, after, blocked: blocked.blocked },
    blockedShare: blocked.count === 0 ? null : Math.max(0, share(blocked) - share(usual)),
    goodput: goodputOf(pointsOf(recovery, duringRange)),
    p95Ratio:
      before?.p95Ms === undefined || before.p95Ms === null || before.p95Ms <= 0 || during?.p95Ms == null
        ? null
        : during.p95Ms / before.p95Ms,
  }
}

/** Seconds of the attack, by the arrival of what was asked for. */
export function pointsOf(recovery: RecoveryResult | undefined, { from, to }: Range): readonly RecoveryPoint[] {
  return recovery?.baseline == null ? [] : recovery.curve.filter(({ sec }) => sec >= from && sec < to)
}

/** Denied: three seconds in a row with less than half of what would have been good. */
export function worstShare(points: readonly RecoveryPoint[]): number | null {
  let worst: number | null = null
  const length = Math.min(deniedSec, points.length)
  for (let i = 0; length > 0 && i + length <= points.length; i++) {
    const some = points.slice(i, i + length)
    const expected = some.reduce((sum, point) => sum + point.expected, 0)
    const good = some.reduce((sum, point) => sum + point.goodput, 0)
    if (expected > 0) worst = Math.min(worst ?? Infinity, good / expected)
  }
  return worst
}

export function isDenied(points: readonly RecoveryPoint[]): boolean | null {
  const worst = points.length < deniedSec ? null : worstShare(points)
  return worst === null ? null : worst < deniedShare
}

/** Mean of the share kept in each second, with Student's interval. */
export function goodputOf(points: readonly RecoveryPoint[]): LegitimateUsers['goodput'] {
  const telling = points.filter(({ expected }) => expected > 0)
  if (telling.length < leastSeconds) return null
  const expected = telling.reduce((sum, point) => sum + point.expected, 0)
  const share = telling.reduce((sum, { goodput }) => sum + goodput, 0) / expected
  const shares = telling.map((point) => point.goodput / point.expected)
  const n = shares.length
  const mean = shares.reduce((sum, one) => sum + one, 0) / n
  const spread = Math.sqrt(shares.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1))
  const half = (studentQuantile(0.975, n - 1) * spread) / Math.sqrt(n)
  return { share, low: Math.max(0, share - half), high: share + half, worst: worstShare(telling) ?? share }
}

function stretchOf(test: TestData, { from, to }: Range): LegitimateStretch | null {
  const seconds = test.secondsIn({ from, to })
  if (seconds <= 0) return null
  const { count, failed, response } = test.total('request', { range: { from, to } })
  return {
    ...{ fromSec: from, toSec: to, goodPerSec: (count - failed) / seconds, errorRate: count === 0 ? 0 : failed / count },
    p95Ms: latencyOf(response).p95,
  }
}

/** Answers to the load with a status that says "blocked". */
function blockedIn(test: TestData, { blocked }: AttackSpec, range: Range): { readonly blocked: number; readonly count: number } {
  const { count } = test.total('request', { range })
  let found = 0
  for (const name of test.series('request')) {
    const { statuses } = test.total('request', { name, range })
    for (const status of blocked) found += statuses[status] ?? 0
  }
  return { blocked: found, count }
}
