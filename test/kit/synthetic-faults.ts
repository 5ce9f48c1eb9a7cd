import type { AuditResult } from '../../src/model/audit-result.ts'
import type { BreakerResult, BreakerTestResult } from '../../src/model/breaker-result.ts'
import type { PoolResult } from '../../src/model/pool-result.ts'
import type { RecoveryPoint, RecoveryResult } from '../../src/model/recovery-result.ts'
import type { FaultResult } from '../../src/model/run-result.ts'

const level = 200

/** An outage from `atSec` to `endSec` after which a queue drains for `drainSec`: all goodput is gone, then comes back at once. */
export function syntheticRecovery(atSec: number, endSec: number, drainSec: number, lastSec: number): RecoveryResult {
  const curve = Array.from({ length: lastSec }, (_, sec): RecoveryPoint => {
    const down = sec >= atSec && sec < endSec + drainSec
    return {
      sec,
      goodput: down ? 12 : level + (sec % 3),
      failed: sec >= atSec && sec < endSec ? level - 12 : 0,
      p99Ms: down ? 900 : 40,
      expected: level,
    }
  })
  return {
    sec: drainSec,
    clearedSec: endSec,
    atLeastSec: null,
    horizonSec: lastSec - endSec,
    verdict: 'recovered',
    reason: '',
    stages: {
      impactSec: 1,
      detectionSec: 2,
      detectedBy: 'fewer than a tenth of the calls to `db`',
      goodputSec: drainSec,
      queueSec: drainSec,
      drainedLast: null,
      capacity: null,
      lastLossSec: 1,
      latencySec: drainSec,
      drainedSec: drainSec,
    },
    lostWork: (endSec + drainSec - atSec) * (level - 12),
    impact: 1 - 12 / level,
    baseline: {
      fromSec: 2,
      toSec: atSec,
      goodputPerSec: level,
      goodputLow: level - 6,
      errorHigh: 0.002,
      p99Ms: 40,
      latency: null,
    },
    metastable: null,
    curve,
  }
}

export function syntheticFault(evidence: string, lastSec: number): FaultResult {
  return {
    id: 'down(db)',
    kind: 'down',
    on: 'db',
    at: 20,
    clearedAt: 30,
    verified: true,
    evidence,
    crossed: 1234,
    reverted: true,
    recovery: syntheticRecovery(20, 30, 4, lastSec),
  }
}

export function syntheticBreaker(reason: string): BreakerResult {
  const tests: readonly BreakerTestResult[] = [
    { id: 'T1', title: 'opens when the dependency fails', verdict: 'pass', evidence: 'after 12 calls, 0.8 s' },
    { id: 'T8', title: 'a probe that hangs does not hold it', verdict: 'fail', evidence: reason },
    { id: 'T16', title: 'probes of several instances', verdict: 'skipped', evidence: 'there is one target' },
  ]
  return {
    link: 'payments',
    verdict: 'STUCK_HALF_OPEN',
    reason,
    defects: ['STUCK_HALF_OPEN'],
    tests,
    states: [
      { state: 'closed', fromSec: 0, toSec: 20 },
      { state: 'open', fromSec: 20, toSec: 32 },
      { state: 'half-open', fromSec: 32, toSec: 35 },
      { state: 'closed', fromSec: 35, toSec: 60 },
    ],
    kappa: { closed: 1.02, open: 0.004 },
    waitSec: 5,
    probes: 1,
  }
}

export function syntheticPool(reason: string): PoolResult {
  return {
    link: 'db',
    verdict: 'HANGS',
    reason,
    defects: ['HANGS'],
    tests: [
      { id: 'limit', title: 'Has a limit of its own', verdict: 'pass', evidence: '10 connections, after 300 ms' },
      { id: 'refusal', title: 'Says in time that there is no connection', verdict: 'fail', evidence: reason },
    ],
    limit: { of: 'pool', connections: 10 },
    database: { max: 100, reserved: 3, used: 12 },
    usual: { fromSec: 0, toSec: 8, perSec: 42, offeredPerSec: 60, busy: 0.882, holdSec: 0.021, requests: 480 },
    full: {
      ...{ fromSec: 9, toSec: 21, failure: 'hang', waitP50Ms: null, waitP95Ms: null, errors: 0, unanswered: 504 },
      endpoints: [
        { name: 'POST /orders', outcome: 'waits', usualPerSec: 42, goodPerSec: 0 },
        { name: 'GET /health', outcome: 'goes on', usualPerSec: 18, goodPerSec: 18 },
      ],
    },
    recoverySec: 1.2,
    limitAgain: 10,
    steps: [{ held: 7, left: 3, fromSec: 40, toSec: 44, goodput: 0.99, p95Ms: 41, isBorne: true }],
    databaseFull: null,
    size: { perSec: 42, holdSec: 0.021, by: 'load', erlang: 0.882, connections: 5, waitShare: 0.0024, instances: 19 },
  }
}

export function syntheticAudit(id: string): AuditResult {
  return {
    verdict: 'FAIL',
    lostShareHigh: 0.0018,
    looked: { readBacks: 0, echoes: 0, payloads: 0, invariants: 0, counters: 0 },
    staleSec: null,
    reason: '3 acknowledged writes are gone',
    counts: { written: 5000, acknowledged: 4990, failed: 4, uncertain: 6, read: 4987 },
    defects: [
      {
        kind: 'lost',
        count: 3,
        of: 4990,
        shareHigh: 0.0018,
        examples: [id, 'order-2', 'order-3'],
        evidence: 'not in the final read',
      },
      { kind: 'duplicate', count: 1, of: 4987, shareHigh: 0.001, examples: ['order-7'], evidence: 'found twice' },
    ],
  }
}
