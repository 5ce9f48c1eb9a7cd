import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditFound, AuditLine, AuditReadBack, AuditWrite } from '../../model/audit-record.ts'
import * as systems from '../../../test/kit/simulated-audits.ts'
import { AuditLog, couldBeThere } from './audit-log.ts'
import type { AuditFacts } from './examine-audit.ts'
import { examineAudit } from './examine-audit.ts'
import { upperShare } from '../upper-share.ts'

const own = { hook: 'audit', test: 'a' } as const
const acknowledged = (id: string, to = 1): AuditWrite => ({ id, from: 0, to, outcome: 'acknowledged' })

interface History {
  readonly writes?: readonly AuditWrite[]
  readonly readBacks?: readonly AuditReadBack[]
  /** Undefined: nobody looked. */
  readonly found?: readonly AuditFound[]
  readonly lines?: readonly AuditLine[]
}

function examine({ writes = [], readBacks = [], found, lines = [] }: History): AuditFacts {
  const log = new AuditLog()
  log.add({ t: 1, kind: 'audit-work', test: 'a', worker: 0, writes, readBacks })
  if (found !== undefined) {
    log.add({ t: 2, kind: 'audit-found', ids: found, ...own })
    log.add({ t: 3, kind: 'audit-read', ids: found.length, ...own })
  }
  for (const line of lines) log.add(line)
  const facts = examineAudit(log, 'a')
  if (facts === undefined) throw new Error('no audit')
  return facts
}

describe('a write', () => {
  test('that was acknowledged and is not found is lost; one without an answer, or refused, is not', () => {
    const writes: AuditWrite[] = [
      acknowledged('here'),
      acknowledged('gone'),
      { id: 'timed-out', from: 0, to: 1, outcome: 'uncertain' },
      { id: 'refused', from: 0, to: 1, outcome: 'failed' },
      { id: 'under way', from: 0 },
    ]
    const { counts, ids } = examine({ writes, found: ['here'] })
    expect(ids.lost).toEqual({ count: 1, of: 2, examples: ['gone'] })
    expect(counts).toEqual({ written: 5, acknowledged: 2, failed: 1, uncertain: 2, read: 1 })
    expect(ids.phantoms.count).toBe(0)
  })

  test('without an answer may be there', () => {
    const { ids } = examine({ writes: [{ id: 'timed-out', from: 0, to: 1, outcome: 'uncertain' }], found: ['timed-out'] })
    expect(ids.phantoms.count + ids.duplicates.count + ids.lost.count).toBe(0)
  })

  test('that is told in two lines ends as the second says', () => {
    const writes: AuditWrite[] = [
      { id: 'x', from: 0 },
      { id: 'x', from: 0, to: 5, outcome: 'failed', begun: true },
    ]
    expect(examine({ writes, found: [] }).counts).toMatchObject({ written: 1, failed: 1, uncertain: 0 })
  })

  test('that was refused at first and acknowledged at last is acknowledged', () => {
    const writes: AuditWrite[] = [{ id: 'x', from: 0, to: 1, outcome: 'failed' }, acknowledged('x', 2)]
    expect(examine({ writes, found: [] }).ids.lost.count).toBe(1)
  })

  test('that is found twice took effect twice', () => {
    expect(examine({ writes: [acknowledged('x'), acknowledged('y')], found: ['x', 'y', 'x'] }).ids.duplicates).toEqual({
      count: 1,
      of: 2,
      examples: ['x × 2'],
    })
    expect(examine({ writes: [acknowledged('x')], found: [{ id: 'x', count: 3 }] }).ids.duplicates.count).toBe(1)
    // Grouped reads say of what is not there that it is there no times.
    expect(examine({ writes: [acknowledged('x')], found: [{ id: 'x', count: 0 }] }).ids.duplicates.count).toBe(0)
  })

  test('that nobody attempted, or that was refused, and is there all the same is a phantom', () => {
    const writes: AuditWrite[] = [acknowledged('x'), { id: 'refused', from: 0, to: 1, outcome: 'failed' }]
    expect(examine({ writes, found: ['x', 'refused', 'stranger'] }).ids.phantoms).toEqual({
      count: 2,
      of: 3,
      examples: ['refused (answered with a failure)', 'stranger (never written)'],
    })
  })

  test('of an older version than was acknowledged was overwritten', () => {
    const writes = [3, 4, 5].map((version) => ({ ...acknowledged('cart'), version }))
    expect(examine({ writes, found: [{ id: 'cart', version: 4 }] }).ids.overwritten.examples).toEqual([
      'cart (version 4, acknowledged 5)',
    ])
    expect(examine({ writes, found: [{ id: 'cart', version: 5 }] }).ids.overwritten.count).toBe(0)
    expect(examine({ writes, found: [{ id: 'cart', version: 6 }] }).ids.phantoms.count).toBe(1)
  })

  test('whose id the target gives: one without an answer excuses one id that nobody knows', () => {
    const nameless = { from: 0, to: 1, anonymous: true } as const
    const writes: AuditWrite[] = [
      { ...nameless, id: '17', outcome: 'acknowledged' },
      { ...nameless, outcome: 'uncertain' },
    ]
    expect(examine({ writes, found: ['17', '18'] }).ids.phantoms.count).toBe(0)
    expect(examine({ writes, found: ['17', '18', '19'] }).ids.phantoms.count).toBe(1)
    const told: AuditWrite[] = [
      { from: 0, anonymous: true },
      { id: '17', from: 0, to: 2, outcome: 'acknowledged', begun: true, anonymous: true },
    ]
    expect(examine({ writes: told, found: ['17', '18'] }).ids.phantoms.count).toBe(1)
  })
})

describe('the final read', () => {
  test('that nobody made, or that broke off, leaves open what is lost', () => {
    expect(examine({ writes: [acknowledged('x')] })).toMatchObject({ read: 'none', ids: { lost: { count: 0, of: 0 } } })
    const broken: AuditLine[] = [
      { t: 2, kind: 'audit-found', ids: ['y', 'y'], ...own },
      { t: 3, kind: 'audit-read', ids: 2, error: 'the database went away', ...own },
    ]
    const facts = examine({ writes: [acknowledged('x'), acknowledged('y')], lines: broken })
    expect(facts).toMatchObject({ read: 'broken-off', error: 'the database went away' })
    expect(facts.ids.lost.of).toBe(0)
    // What it did show was there.
    expect(facts.ids.duplicates.count).toBe(1)
  })

  test('of a record that was cut in it is not complete', () => {
    const lines: AuditLine[] = [{ t: 2, kind: 'audit-found', ids: ['x'], ...own }]
    expect(examine({ writes: [acknowledged('x'), acknowledged('y')], lines }).read).toBe('broken-off')
  })

  test('in teardown is for tests without one of their own, and tells what nobody wrote once', () => {
    const log = new AuditLog()
    for (const test of ['a', 'b', 'c'])
      log.add({ t: 1, kind: 'audit-work', test, worker: 0, writes: [acknowledged(`${test}1`), acknowledged(`${test}2`)] })
    log.add({ t: 2, kind: 'audit-found', ids: ['a1', 'a2'], ...own })
    log.add({ t: 2, kind: 'audit-read', ids: 2, ...own })
    log.add({ t: 9, kind: 'audit-found', ids: ['b1', 'c1', 'c2', 'stranger'], hook: 'teardown' })
    log.add({ t: 9, kind: 'audit-read', ids: 4, hook: 'teardown' })
    const [a, b, c] = ['a', 'b', 'c'].map((test) => examineAudit(log, test)?.ids)
    expect([a?.lost.count, b?.lost.examples, c?.lost.count]).toEqual([0, ['b2'], 0])
    expect([a?.phantoms.count, b?.phantoms.count, c?.phantoms.examples]).toEqual([0, 0, ['stranger (never written)']])
  })

  test('does not call phantoms what was there before, or what an earlier test wrote', () => {
    const before: AuditLine[] = [
      { t: 0, kind: 'audit-found', ids: ['seed-1'], hook: 'setup' },
      { t: 0, kind: 'audit-read', ids: 1, hook: 'setup' },
    ]
    const other: AuditLine = { t: 0, kind: 'audit-work', test: 'earlier', worker: 0, writes: [acknowledged('old')] }
    const facts = examine({ writes: [acknowledged('x')], found: ['x', 'seed-1', 'old'], lines: [...before, other] })
    expect(facts.ids.phantoms.count).toBe(0)
  })
})

describe('a read back', () => {
  const writes = [acknowledged('x', 2)]
  test('that begins after the acknowledgement must show the write', () => {
    const { stale } = examine({ writes, readBacks: [{ id: 'x', from: 2.5, seen: false }, { id: 'x', from: 3, seen: true }] }) // prettier-ignore
    expect(stale).toMatchObject({ of: 2, count: 1, ageSec: { p50: 0.5, p95: 0.5, max: 0.5 } })
  })

  test('that begins before it, or of a write without an answer, may show anything', () => {
    const uncertain: AuditWrite = { id: 'y', from: 0, to: 1, outcome: 'uncertain' }
    const readBacks = [{ id: 'x', from: 1.9, seen: false }, { id: 'y', from: 5, seen: false }, { id: 'z', from: 5, seen: false }] // prettier-ignore
    expect(examine({ writes: [...writes, uncertain], readBacks }).stale).toMatchObject({ of: 0, count: 0, ageSec: null })
  })

  test('must show the newest version that was acknowledged; its age counts from the first that it misses', () => {
    const versions = [1, 2, 3].map((version) => ({ ...acknowledged('cart', version), version }))
    const readBacks = [{ id: 'cart', from: 3.5, seen: 1 }, { id: 'cart', from: 2.5, seen: 2 }] // prettier-ignore
    expect(examine({ writes: versions, readBacks }).stale).toMatchObject({ of: 2, count: 1, ageSec: { max: 1.5 } })
  })
})

describe('a counter', () => {
  const sum = (count: number, up: number, down = 0) => ({ count, up, down })
  const counter = (value: number, { from = 0, up = 10, acked = 8, failed = 1, down = 0 } = {}) => {
    const changes = { begun: sum(10, up, down), acknowledged: sum(8, acked), failed: sum(1, failed), largest: 1 }
    const lines: AuditLine[] = [
      { t: 1, kind: 'audit-work', test: 'a', worker: 0, counters: { stock: changes } },
      { t: 2, kind: 'audit-total', counter: 'stock', value, from, ...own },
    ]
    return examine({ lines }).counters[0]
  }

  test('lies between what was acknowledged and that with what may have happened', () => {
    expect(counter(8)).toMatchObject({ low: 8, high: 9, verdict: 'within' })
    expect(counter(109, { from: 100 })?.verdict).toBe('within')
    expect(counter(7)).toMatchObject({ verdict: 'missing', changes: 1 })
    expect(counter(11)).toMatchObject({ verdict: 'excess', changes: 2 })
  })

  test('that was changed in both directions cannot say which it is', () => {
    expect(counter(3, { down: -4 })).toMatchObject({ low: 4, high: 9, verdict: 'outside' })
  })

  test('that goes down lacks changes when it is too high', () => {
    const changes = { begun: sum(5, 0, -5), acknowledged: sum(5, 0, -5), failed: sum(0, 0), largest: 1 }
    const lines: AuditLine[] = [
      { t: 1, kind: 'audit-work', test: 'a', worker: 0, counters: { stock: changes } },
      { t: 2, kind: 'audit-total', counter: 'stock', value: 97, from: 100, ...own },
    ]
    expect(examine({ lines }).counters[0]).toMatchObject({ low: 95, high: 95, verdict: 'missing', changes: 2 })
  })

  test('that nobody looked at is unknown', () => {
    const changes = { begun: sum(1, 1), acknowledged: sum(1, 1), failed: sum(0, 0), largest: 1 }
    const line: AuditLine = { t: 1, kind: 'audit-work', test: 'a', worker: 0, counters: { stock: changes } }
    expect(examine({ lines: [line] }).counters[0]).toMatchObject({ verdict: 'unknown', value: null })
  })
})

describe('systems of known truth', () => {
  const seeds = [1, 2, 3]
  test.each(seeds)('seed %i: a cache that is killed before its flush loses exactly what it had not flushed', (seed) => {
    const { facts, truth } = systems.simulateWriteBehind({ through: false }, seed)
    expect(truth).toBeGreaterThan(0)
    expect(facts.ids.lost.count).toBe(truth)
    expect(systems.simulateWriteBehind({ through: true }, seed).facts.ids.lost.count).toBe(0)
  })

  test.each(seeds)('seed %i: retries without a key double exactly as many as were done twice', (seed) => {
    const { facts, truth } = systems.simulateRetries({ key: false }, seed)
    expect(truth).toBeGreaterThan(0)
    expect(facts.ids.duplicates.count).toBe(truth)
    expect(systems.simulateRetries({ key: true }, seed).facts.ids.duplicates.count).toBe(0)
  })

  test.each(seeds)('seed %i: a bank without a lock loses updates, never more than it did, and a bank with one none', (seed) => {
    const missing = ({ facts }: systems.SimulatedAudit): number =>
      facts.counters.reduce((sum, { verdict, changes }) => sum + (verdict === 'missing' ? changes : 0), 0)
    const broken = systems.simulateBank({ lock: false }, seed)
    expect(missing(broken)).toBeGreaterThan(0)
    expect(missing(broken)).toBeLessThanOrEqual(broken.truth)
    const healthy = systems.simulateBank({ lock: true }, seed)
    expect(healthy.truth).toBe(0)
    expect(healthy.facts.counters.every(({ verdict }) => verdict === 'within')).toBe(true)
  })
})

test('whatever a healthy store answers, nothing is lost, doubled or made up', () => {
  const outcome = fc.constantFrom('acknowledged' as const, 'failed' as const, 'uncertain' as const)
  const attempt = fc.record({ id: fc.integer({ min: 0, max: 20 }), outcome, isLate: fc.boolean(), isDone: fc.boolean() })
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
      const there = new Set<string>()
      const writes = attempts.flatMap(({ id, outcome: came, isLate, isDone }): AuditWrite[] => {
        const name = `id ${String(id)}`
        if (came === 'acknowledged' || (came === 'uncertain' && isDone)) there.add(name)
        const ended = { id: name, from: 1, to: 2, outcome: came }
        return isLate
          ? [
              { id: name, from: 1 },
              { ...ended, begun: true },
            ]
          : [ended]
      })
      const { ids } = examine({ writes, found: [...there] })
      return ids.lost.count + ids.duplicates.count + ids.phantoms.count === 0
    }),
    { seed: 4 },
  )
})

test('the 95 % bound of none in n is that of the rule of three, and falls with n', () => {
  expect(upperShare(0, 300)).toBeCloseTo(1 - 0.05 ** (1 / 300), 6)
  // Clopper and Pearson's one-sided bound for 5 in 100.
  expect(upperShare(5, 100)).toBeCloseTo(0.1023, 3)
  expect(upperShare(0, 0)).toBeNull()
  expect(upperShare(7, 7)).toBe(1)
})

test('ids that could be there are those that were not plainly refused', () => {
  const log = new AuditLog()
  const writes: AuditWrite[] = [acknowledged('x'), { id: 'open', from: 0 }, { id: 'no', from: 0, to: 1, outcome: 'failed' }]
  log.add({ t: 1, kind: 'audit-work', test: 'a', worker: 0, writes })
  log.add({ t: 1, kind: 'audit-work', test: 'b', worker: 0, writes: [acknowledged('z')] })
  expect([...couldBeThere(log, 'a')]).toEqual(['x', 'open'])
  expect([...couldBeThere(log)]).toEqual(['x', 'open', 'z'])
})
