import { describe, expect, test } from 'vitest'
import type { AuditWork } from '../../model/audit-record.ts'
import { AuditDesk } from './audit-desk.ts'
import { outcomeOf, seenIn } from './outcome.ts'
import { UserAudit } from './user-audit.ts'

/** A desk whose clock goes on by a second at each look. */
function open({ most = 100, gone = false } = {}) {
  let now = 0
  const desk = new AuditDesk({ nowSec: () => ++now, workers: 1, most })
  const user = { gone }
  return { desk, user, audit: new UserAudit(desk, () => user.gone), cut: (): AuditWork | undefined => desk.cut() }
}

const answer = (status: number, more: object = {}) => ({ status, ok: status > 0 && status < 400, headers: {}, ...more })

describe('an answer', () => {
  test.each([
    [201, 'acknowledged'],
    [302, 'acknowledged'],
    [404, 'failed'],
    [422, 'failed'],
    [429, 'failed'],
    [408, 'uncertain'],
    [409, 'uncertain'],
    [500, 'uncertain'],
    [503, 'uncertain'],
    [504, 'uncertain'],
  ] as const)('of %i leaves a write %s', (status, outcome) => expect(outcomeOf(answer(status))).toBe(outcome))

  test('of 503 with Retry-After is a refusal', () => {
    expect(outcomeOf(answer(503, { headers: { 'retry-after': '1' } }))).toBe('failed')
    expect(outcomeOf(new Response('', { status: 503, headers: { 'Retry-After': '1' } }))).toBe('failed')
  })

  test('that the plan expects is judged by its status all the same', () => {
    expect(outcomeOf({ status: 503, ok: true, headers: {} })).toBe('uncertain')
    expect(outcomeOf({ status: 404, ok: true, headers: {} })).toBe('failed')
  })

  test.each([
    ['refused', 'failed'],
    ['timeout-connect', 'failed'],
    ['timeout', 'uncertain'],
    ['reset', 'uncertain'],
    ['closed-early', 'uncertain'],
    ['aborted', 'uncertain'],
  ])('that did not come (%s) leaves a write %s', (failure, outcome) =>
    expect(outcomeOf({ status: 0, ok: false, failure })).toBe(outcome),
  )

  test.each(['acknowledged', 'failed', 'uncertain'] as const)('of a database says itself that a write is %s', (outcome) => {
    expect(outcomeOf({ ok: outcome === 'acknowledged', rows: [], rowCount: 0, outcome })).toBe(outcome)
  })

  test.each([
    [1, true, true],
    [0, true, false],
    [0, false, undefined],
  ])('of a database with %i rows shows what was asked for: %s, %s', (rowCount, ok, seen) => {
    expect(seenIn({ ok, rows: [], rowCount, outcome: ok ? 'acknowledged' : 'failed' })).toBe(seen)
  })

  test.each([
    ['refused', 'failed'],
    ['timeout', 'uncertain'],
    ['closed-early', 'uncertain'],
    ['status', 'uncertain'],
  ])('to a message that failed as %s leaves it %s', (failure, outcome) => {
    expect(outcomeOf({ ok: false, failure, failureMessage: '', ms: 1 })).toBe(outcome)
    expect(outcomeOf({ ok: true, message: { type: 'said' }, ms: 1 })).toBe('acknowledged')
  })

  test('that broke off after its status promises nothing', () => {
    expect(outcomeOf({ status: 201, ok: false, failure: 'closed-early' })).toBe('uncertain')
  })
})

describe('audit.write', () => {
  test('notes the write before its request is sent, and what came of it', async () => {
    const { audit, cut } = open()
    let seen: AuditWork | undefined
    const came = await audit.write('a', () => {
      seen = cut()
      return answer(201)
    })
    expect(came.status).toBe(201)
    expect(seen).toEqual({ writes: [{ id: 'a', from: 1 }] })
    expect(cut()).toEqual({ writes: [{ id: 'a', from: 1, to: 2, outcome: 'acknowledged', begun: true }] })
    expect(cut()).toBeUndefined()
  })

  test('of what throws may or may not have happened, and the error goes on', async () => {
    const { audit, cut } = open()
    await expect(audit.write('a', () => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
    expect(cut()?.writes).toMatchObject([{ id: 'a', outcome: 'uncertain' }])
  })

  test('of a user who was taken away meanwhile has no outcome', async () => {
    const { audit, user, cut } = open()
    await audit.write('a', () => {
      user.gone = true
      return answer(201)
    })
    expect(cut()?.writes).toMatchObject([{ outcome: 'uncertain' }])
  })

  test('of several ids is one write each', async () => {
    const { audit, cut } = open()
    await audit.write(['a', 7], () => answer(201))
    expect(cut()?.writes).toMatchObject([{ id: 'a' }, { id: '7' }])
  })

  test('takes the id from the answer when the target gives it', async () => {
    const { audit, cut } = open()
    await audit.write(({ id }) => id, () => ({ ...answer(201), id: 17 })) // prettier-ignore
    await audit.write(({ id }) => id, () => ({ ...answer(500), id: 18 })) // prettier-ignore
    expect(cut()?.writes).toEqual([
      { id: '17', from: 1, to: 2, outcome: 'acknowledged', anonymous: true },
      { from: 3, to: 4, outcome: 'uncertain', anonymous: true },
    ])
    const nameless = audit.write((): string => JSON.parse('{') as string, () => answer(201)) // prettier-ignore
    await expect(nameless).rejects.toThrow('the acknowledged answer does not tell the id')
    expect(cut()?.writes).toMatchObject([{ outcome: 'uncertain', anonymous: true }])
  })

  test('believes the plan about what an answer promises', async () => {
    const { audit, cut } = open()
    await audit.write('a', () => ({ status: 202, ok: true }), { outcome: () => 'uncertain' })
    expect(cut()?.writes).toMatchObject([{ outcome: 'uncertain' }])
  })

  test.each([[undefined], [''], [Number.NaN], ['x'.repeat(201)], [{}]])('refuses %j as an id', async (id) => {
    // What a plan without types may pass.
    await expect(open().audit.write(id as string, () => 1)).rejects.toThrow('Expected audit.write(…) to be given an id')
  })

  test('beyond the most that are kept is counted, and goes on', async () => {
    const { audit, cut } = open({ most: 2 })
    for (const id of ['a', 'b', 'c']) expect(await audit.write(id, () => 1)).toBe(1)
    expect(cut()).toMatchObject({ writes: [{ id: 'a' }, { id: 'b' }], skipped: 1 })
  })
})

test('audit.add sums up what was begun, acknowledged and refused; what is under way is begun', async () => {
  const { audit, cut } = open()
  await audit.add('stock', -2, () => answer(200))
  await audit.add('stock', -3, () => answer(404))
  await audit.add('stock', 5, () => answer(500))
  expect(cut()?.counters?.['stock']).toMatchObject({
    begun: { count: 3, up: 5, down: -5 },
    acknowledged: { count: 1, down: -2 },
    failed: { count: 1, down: -3 },
    largest: 5,
  })
  await expect(audit.add('stock', Number.NaN, () => 1)).rejects.toThrow('to be given a number')
})

test('audit.readBack notes when the read began and what it showed; an answer that does not tell is left out', async () => {
  const { audit, cut } = open()
  await audit.readBack('a', () => answer(200))
  await audit.readBack('b', () => answer(404))
  await audit.readBack('c', () => answer(500))
  await audit.readBack('d', () => ({ version: 4 }), ({ version }) => version) // prettier-ignore
  expect(cut()?.readBacks).toEqual([
    { id: 'a', from: 1, seen: true },
    { id: 'b', from: 2, seen: false },
    { id: 'd', from: 4, seen: 4 },
  ])
})

test('what is compared is counted, with examples of what is wrong', () => {
  const { audit, cut } = open()
  const sum = audit.checksum('payload')
  expect([audit.echo('n1', 'n1'), audit.echo(2, '3'), audit.echo('n3', undefined)]).toEqual([true, false, false])
  expect([audit.intact('f', 'payload', sum), audit.intact('g', new TextEncoder().encode('payl'), sum)]).toEqual([true, false])
  expect([audit.invariant('sum', true), audit.invariant('sum', false, { total: 990 })]).toEqual([true, false])
  expect(cut()).toEqual({
    echoes: { count: 3, broken: 2, examples: ['asked for 2, got 3', 'asked for n3, got undefined'] },
    payloads: { count: 2, broken: 1, examples: ['g'] },
    invariants: { sum: { count: 2, broken: 1, examples: ['{"total":990}'] } },
  })
})
