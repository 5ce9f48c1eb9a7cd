import { describe, expect, test } from 'vitest'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import { healthyRecord, openLoad } from '../../test/kit/healthy-record.ts'
import { findingCatalogue } from './finding-catalogue.ts'
import { judgeRun } from './judge-run.ts'

const database: HealthyOptions = {
  plan: { probes: [{ kind: 'postgres', service: 'db' }] },
}

function findings(options: HealthyOptions) {
  return judgeRun(healthyRecord(options)).tests[0]!.findings
}

const ids = (options: HealthyOptions) => findings(options).map((one) => one.id)

const statement = (query: string, calls: number, meanMs: number, share: number) => ({
  query, calls, meanMs, totalMs: calls * meanMs, share, rows: calls, blocksHit: 10, blocksRead: 0,
}) // prettier-ignore

const statementsFact = (...list: ReturnType<typeof statement>[]) => ({
  probe: 'db',
  fact: 'statements',
  value: { source: 'pg_stat_statements', byTotal: list, byMean: list },
})

const tablesFact = (sequentialScans: number, rowsEach: number) => ({
  probe: 'db',
  fact: 'tables',
  value: [
    {
      table: 'public.reviews',
      sequentialScans,
      sequentialRows: sequentialScans * rowsEach,
      indexScans: 5,
      rowsWritten: 0,
      rows: rowsEach,
      bytes: 1e6,
    },
  ],
})

const reviews = 'SELECT avg(rating) FROM reviews WHERE product_id = $1'

describe('slow-query', () => {
  test('names the statement that reads a whole table each time', () => {
    const [found] = findings({
      ...database,
      facts: [
        statementsFact(statement(reviews, 600, 14, 0.9), statement('SELECT 1', 6000, 0.01, 0.05)),
        tablesFact(1200, 200_000),
      ],
    })
    expect(found).toMatchObject({ id: 'slow-query', severity: 'critical', title: findingCatalogue['slow-query'].title })
    expect(found?.evidence).toContain(reviews)
    expect(found?.evidence).toContain('14 ms on average')
    expect(found?.evidence).toContain('public.reviews (200,000 rows) was read from end to end 1,200 times')
  })

  test('names a very slow one even without a scan', () => {
    expect(ids({ ...database, facts: [statementsFact(statement(reviews, 100, 400, 0.9))] })).toEqual(['slow-query'])
  })

  test('is silent when the index is used, when the table is small, and when a heavy statement runs seldom', () => {
    expect(ids({ ...database, facts: [statementsFact(statement(reviews, 600, 3, 0.9)), tablesFact(3, 200_000)] })).toEqual([])
    expect(ids({ ...database, facts: [statementsFact(statement(reviews, 600, 3, 0.9)), tablesFact(600, 40)] })).toEqual([])
    expect(ids({ ...database, facts: [statementsFact(statement(reviews, 6, 80, 0.6)), tablesFact(12, 200_000)] })).toEqual([])
    expect(ids({ ...database, facts: [statementsFact(statement(reviews, 600, 0.3, 0.9)), tablesFact(600, 2000)] })).toEqual([])
    expect(ids({ ...database, facts: [{ probe: 'db', fact: 'statements', value: 'unreadable' }] })).toEqual([])
  })
})

describe('event-loop-blocked', () => {
  const blocking = (every: number, ms: number): HealthyOptions => ({
    generator: (sec) => (sec % every === 0 ? { silenceMaxMs: ms } : {}),
  })
  const lag = (every: number, ms: number): HealthyOptions => ({
    probes: (sec) => ({ 'metrics.nodejs_eventloop_lag_max_seconds': (sec % every === 0 ? ms : 12) / 1000 }),
  })

  test('is seen by pauses in which nobody gets a byte, with length and number', () => {
    const [found] = findings(blocking(2, 310))
    expect(found).toMatchObject({ id: 'event-loop-blocked', severity: 'critical' })
    expect(found?.evidence).toBe(
      'In 15 of 30 seconds the target sent nothing to anybody for 100 ms or more with requests waiting; the longest pause was 310 ms.',
    )
  })

  test('takes the target’s own lag as a second witness', () => {
    expect(findings({ ...blocking(2, 310), ...lag(2, 290) })[0]?.evidence).toContain(
      'Its own event-loop lag reached 290 ms, in 15 of 30 readings',
    )
    expect(ids({ ...blocking(2, 310), ...lag(2, 20) })).toEqual([])
    expect(ids(lag(2, 290))).toEqual([])
    // With few answers a silence means nothing, and the lag stands alone.
    expect(ids({ perSec: 20, ...lag(2, 290) })).toEqual(['event-loop-blocked'])
  })

  test('is not seen by a single pause, a pause of the generator, or few requests', () => {
    expect(ids(blocking(40, 400))).toEqual([])
    expect(ids({ generator: () => ({ silenceMaxMs: 300, gcMaxMs: 290 }) })).not.toContain('event-loop-blocked')
    expect(ids({ perSec: 5, ...blocking(2, 310) })).toEqual([])
    expect(ids({})).toEqual([])
  })

  test('is not blamed for the pauses of a starved machine', () => {
    const starved: HealthyOptions = { generator: (sec) => ({ silenceMaxMs: sec % 2 === 0 ? 310 : 12, runQueueWait: 0.45 }) }
    expect(ids(starved)).not.toContain('event-loop-blocked')
    expect(ids({ ...blocking(2, 310), probes: () => ({ 'host.cpu': 0.99 }) })).toEqual([])
  })

  test('is not blamed for the pauses of a target that waits for a core, or may use none, while our own threads go before it', () => {
    const waiting = (share: number): HealthyOptions => ({ ...blocking(2, 310), probes: () => ({ 'target.cpu.wait': share }) })
    expect(ids(waiting(0.8))).not.toContain('event-loop-blocked')
    expect(ids(waiting(0.1))).toContain('event-loop-blocked')
  })

  test('is not blamed for what is done to the target on purpose, and is for what it does besides', () => {
    const stopped = { test: 'the test', id: 'quota', evidence: 'seen' }
    const held = (pausesIn: (sec: number) => boolean): HealthyOptions => ({
      seconds: 40,
      generator: (sec) => (pausesIn(sec) ? { silenceMaxMs: 310 } : {}),
      probes: (sec) => ({
        'metrics.nodejs_eventloop_lag_max_seconds': pausesIn(sec) ? 0.29 : 0.012,
        'target.cpu.core': 0.1,
        'target.cpu.wait': 0,
      }),
      spec: { faults: [{ id: 'quota', atSec: 12, forSec: 10, fault: { kind: 'cpu-quota', on: 'target', share: 0.1 } }] },
      events: [
        { t: 14, kind: 'fault-started', fault: 'cpu-quota', verified: true, ...stopped },
        { t: 24, kind: 'fault-ended', held: true, reverted: true, ...stopped },
      ],
    })
    expect(ids(held((sec) => sec >= 12 && sec < 22))).not.toContain('event-loop-blocked')
    expect(ids(held((sec) => sec % 2 === 0))).toContain('event-loop-blocked')
  })

  test('is seen on a machine that has no CPU left when both witnesses agree and the target did run', () => {
    const busy = ({ lagMs = 290, silenceMs = 310, core = 0.3, waited = 0.3 } = {}): HealthyOptions => ({
      generator: (sec) => ({ runQueueWait: 0.45, silenceMaxMs: sec % 2 === 0 ? silenceMs : 12 }),
      probes: (sec) => ({
        'host.cpu': 1,
        'metrics.nodejs_eventloop_lag_max_seconds': (sec % 2 === 0 ? lagMs : 12) / 1000,
        'target.cpu.core': core,
        'target.cpu.wait': waited,
      }),
    })
    expect(findings(busy()).find(({ id }) => id === 'event-loop-blocked')?.evidence).toBe(
      'In 15 of 30 seconds the target sent nothing to anybody for 100 ms or more with requests waiting (up to 310 ms) while its own event-loop lag reached up to 290 ms. The target waited for a core as well, but had one for about 145 ms of that.',
    )
    // The healthy twins: a pause as long that was waiting for a core, and a witness that disagrees.
    expect(ids(busy({ core: 0.07, waited: 0.9 }))).not.toContain('event-loop-blocked')
    expect(ids(busy({ silenceMs: 40 }))).not.toContain('event-loop-blocked')
    expect(ids(busy({ lagMs: 60 }))).not.toContain('event-loop-blocked')
  })

  test('a maximum that is never reset is one pause, not many', () => {
    expect(ids({ perSec: 20, probes: (sec) => ({ 'metrics.nodejs_eventloop_lag_max_seconds': sec < 3 ? 0.01 : 0.4 }) })).toEqual(
      [],
    )
  })
})

describe('pool-exhausted', () => {
  const pool = (waiting: (sec: number) => number): HealthyOptions => ({
    probes: (sec) => ({ 'metrics.shop_pool_waiting': waiting(sec), 'metrics.shop_pool_connections{state="max"}': 2 }),
  })
  test('is seen by requests that wait for a connection', () => {
    const [found] = findings(pool(() => 17))
    expect(found).toMatchObject({ id: 'pool-exhausted' })
    expect(found?.evidence).toBe(
      'metrics.shop_pool_waiting was above zero in 30 of 30 readings, 17 requests waiting on average and up to 17. The pool has 2 connections.',
    )
  })
  test('a moment of waiting is ordinary', () => {
    expect(ids(pool((sec) => (sec === 7 ? 30 : 0)))).toEqual([])
    expect(ids(pool((sec) => (sec % 2 === 0 ? 1 : 0)))).toEqual([])
  })
})

describe('cache-ineffective', () => {
  const cache = (hitsPerSec: number, missesPerSec: number): HealthyOptions => ({
    probes: (sec) => ({
      'metrics.product_cache_hits_total': 1000 + hitsPerSec * sec,
      'metrics.product_cache_misses_total': missesPerSec * sec,
    }),
  })
  test('is seen by counters of hits and misses', () => {
    const [found] = findings(cache(0, 90))
    expect(found).toMatchObject({ id: 'cache-ineffective' })
    expect(found?.evidence).toContain('0 % of 1,260 look-ups were hits')
  })
  test('is silent for a cache that works, and for one that is hardly used', () => {
    expect(ids(cache(30, 60))).toEqual([])
    expect(ids(cache(0, 2))).toEqual([])
  })
})

describe('limits of database and target', () => {
  test('connections near their limit', () => {
    const taken = (total: number): HealthyOptions => ({
      ...database,
      probes: () => ({ 'db.connections.total': total, 'db.connections.limit': 46 }),
    })
    expect(findings(taken(44))[0]).toMatchObject({
      id: 'connections-near-limit',
      severity: 'warning',
      evidence: 'Up to 44 of 46 connections of db were taken.',
    })
    expect(findings(taken(46))[0]?.severity).toBe('critical')
    expect(ids(taken(22))).toEqual([])
  })

  test('connections that a fault took are no shortage of the target, those around it are', () => {
    const at = { test: 'load', id: 'exhaustConnections(db)', evidence: 'seen' }
    const taken = (usual: number): HealthyOptions => ({
      plan: database.plan ?? {},
      spec: {
        name: 'load',
        faults: [{ id: at.id, atSec: 10, forSec: 5, fault: { kind: 'exhaust-connections', on: 'db', leave: 0 } }],
      },
      events: [
        { t: 12.6, kind: 'fault-started', fault: 'exhaust-connections', verified: true, ...at },
        { t: 17.2, kind: 'fault-ended', held: true, reverted: true, ...at },
      ],
      probes: (sec) => ({ 'db.connections.total': sec >= 10 && sec <= 15 ? 46 : usual, 'db.connections.limit': 46 }),
    })
    expect(ids(taken(22))).not.toContain('connections-near-limit')
    expect(ids(taken(44))).toContain('connections-near-limit')
    expect(ids({ ...taken(22), spec: { name: 'load' }, events: [] })).toContain('connections-near-limit')
  })

  test('locks that are waited for all the time', () => {
    const waiting = (count: number): HealthyOptions => ({ ...database, probes: () => ({ 'db.locks.waiting': count }) })
    expect(ids(waiting(6))).toEqual(['lock-contention'])
    expect(ids(waiting(1))).toEqual([])
  })

  test('a saturated target, on all cores or on one', () => {
    expect(ids({ probes: () => ({ 'target.cpu': 0.98, 'target.cpu.core': 0.99 }) })).toEqual(['target-saturated'])
    expect(findings({ probes: () => ({ 'target.cpu': 0.5, 'target.cpu.core': 0.99 }) })[0]?.evidence).toContain('one core')
    expect(ids({ probes: (sec) => ({ 'target.cpu': sec < 5 ? 1 : 0.6, 'target.cpu.core': 0.6 }) })).toEqual([])
  })

  test('memory that keeps growing, but not memory that settles', () => {
    const memory = (at: (sec: number) => number): HealthyOptions => ({
      seconds: 120,
      perSec: 20,
      load: openLoad(20, 120),
      probes: (sec) => ({ 'target.memory': at(sec) + (sec % 7) * 4e6 }),
    })
    // 120 s of 0.3 MB each: less than what is surely a leak in resident memory.
    expect(findings(memory((sec) => 1e8 + sec * 3e5))[0]).toMatchObject({ id: 'memory-growth', severity: 'warning' })
    expect(ids(memory((sec) => 1e8 + 6e7 * (1 - Math.exp(-sec / 20))))).toEqual([])
    expect(ids(memory(() => 1e8))).toEqual([])
  })
})

describe('failures and the generator', () => {
  test('are named by kind with an example', () => {
    const failing: HealthyOptions = {
      request: (_, window) => ({
        failed: 8,
        failures: { refused: 3, timeout: 1, status: 4 },
        statuses: { 200: window.count - 8, 503: 4 },
      }),
      events: [
        {
          t: 3,
          kind: 'failure-example',
          test: 'the test',
          failure: 'refused',
          name: 'GET /a',
          message: 'connect ECONNREFUSED',
          user: 1,
          iteration: 0,
          atSec: 3,
        },
      ],
    }
    expect(ids(failing)).toEqual(['requests-refused', 'requests-time-out', 'server-errors'])
    expect(findings(failing)[0]?.evidence).toBe('90 of 6,000 requests: 90 × refused. For example GET /a: connect ECONNREFUSED')
    expect(
      ids({ request: (sec, window) => (sec === 3 ? { failed: 1, failures: { reset: 1 }, count: window.count } : {}) }),
    ).toEqual([])
    const limited = { failed: 100, failures: { status: 100 }, statuses: { 200: 100, 429: 100 } }
    expect(ids({ request: () => limited })).toEqual(['rate-limited'])
  })

  test('are none where the scenario expects the status', () => {
    expect(ids({ request: () => ({ statuses: { 201: 100, 507: 100 } }) })).toEqual([])
    expect(ids({ request: () => ({ statuses: { 200: 100, 429: 100 } }) })).toEqual([])
  })

  test('are as many as failed where only some of a status were expected', () => {
    const some = findings({ request: () => ({ failed: 2, failures: { status: 2 }, statuses: { 201: 100, 507: 100 } }) })
    expect(some.map(({ id, evidence }) => [id, evidence])).toEqual([['server-errors', '60 of 6,000 requests: 60 × 507.']])
  })

  test('a generator that set the pace', () => {
    expect(findings({ generator: () => ({ cpu: 0.99, lateSends: 50 }) })[0]).toMatchObject({
      id: 'generator-limited',
      severity: 'critical',
    })
    expect(ids({ generator: () => ({ cpu: 0.85 }) })).toEqual([])
  })
})

test('every finding of the catalogue says what it is seen by and what to do', () => {
  for (const [id, entry] of Object.entries(findingCatalogue)) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(entry.advice.length).toBeGreaterThan(40)
    expect(entry.seenBy.length).toBeGreaterThan(20)
  }
})
