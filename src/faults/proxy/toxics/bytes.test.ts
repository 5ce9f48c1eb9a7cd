import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { echo, linked, toxic } from '../../../../test/kit/linked.ts'
import { seededRandom } from '../../../base/random.ts'
import type { DelayDistribution, ToxicAction } from '../../../model/link-fault.ts'
import { createDelays } from './delay.ts'

const on = 'db'

function latency(own: Partial<Extract<ToxicAction, { kind: 'latency' }>> & { delayMs: number }): ToxicAction {
  return { kind: 'latency', on, jitterMs: 0, distribution: 'normal', direction: 'down', firstByte: false, ...own }
}

/** Timers of Node and a busy machine make things late, never early: a delay may not be shorter, and its median over several looks not much longer. */
const lateMs = 25

async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let i = 0; i < times; i++) all.push(await measure())
  return all.sort((a, b) => a - b)[times >> 1] ?? 0
}

test('latency: each message is late by it, on open and on new connections, in each direction that is meant, and no longer afterwards', async () => {
  const { link, connect } = await linked()
  const open = await connect()
  await open.ask('before')
  await link.add(toxic(latency({ delayMs: 60 })))
  for (const caller of [open, await connect()]) {
    const ms = await medianOf(5, () => caller.ask('hello'))
    expect(ms).toBeGreaterThanOrEqual(59)
    expect(ms).toBeLessThan(60 + lateMs)
  }
  await link.remove('latency')
  await link.add(toxic(latency({ delayMs: 60, direction: 'both' })))
  const both = await medianOf(5, () => open.ask('hello'))
  expect(both).toBeGreaterThanOrEqual(118)
  expect(both).toBeLessThan(120 + 2 * lateMs)
  await link.remove('latency')
  expect(await medianOf(5, () => open.ask('after'))).toBeLessThan(lateMs)
  expect((await link.look()).counts.crossed).toEqual({ latency: 3 })
})

test('latency of the first byte: what follows is not late again', async () => {
  const { link, connect } = await linked(({ socket }) => {
    socket.on('data', () => {
      for (let i = 0; i < 5; i++) setTimeout(() => socket.write('x'), 10 * i)
    })
  })
  await link.add(toxic(latency({ delayMs: 100, firstByte: true })))
  const caller = await connect()
  const startMs = performance.now()
  caller.socket.write('?')
  await caller.receive(5)
  const first = caller.pieces[0]?.atMs ?? 0
  expect(first - startMs).toBeGreaterThanOrEqual(99)
  // All five were there before the first was let through.
  expect((caller.pieces.at(-1)?.atMs ?? 0) - first).toBeLessThan(lateMs)
})

test.each<DelayDistribution>(['uniform', 'normal', 'lognormal', 'pareto'])(
  'delays of a %s distribution have the mean and the spread that was asked for',
  (distribution) => {
    const draw = createDelays({ delayMs: 200, jitterMs: 40, distribution }, seededRandom(7))
    const all = Array.from({ length: 20_000 }, draw)
    const mean = all.reduce((sum, one) => sum + one) / all.length
    const deviation = Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length)
    // The standard error of the mean is 40/√20000 = 0.3 ms.
    expect(mean).toBeGreaterThan(198.5)
    expect(mean).toBeLessThan(201.5)
    const expected = distribution === 'uniform' ? 40 / Math.sqrt(3) : 40
    // A tenth: the tail of a Pareto distribution makes its deviation the least sure.
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.1)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
  },
)

test('jitter: messages are late by different times, and never overtake each other', async () => {
  const { link, connect } = await linked()
  await link.add(toxic(latency({ delayMs: 30, jitterMs: 15, distribution: 'uniform' })))
  const caller = await connect()
  const times: number[] = []
  for (let i = 0; i < 10; i++) times.push(await caller.ask('hello'))
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(5)
  for (let i = 0; i < 50; i++) {
    caller.socket.write(String(i).padStart(2, '0'))
    await sleep(2)
  }
  const received = String(await caller.receive(50 + 100)).slice(50)
  expect(received).toBe(Array.from({ length: 50 }, (_, i) => String(i).padStart(2, '0')).join(''))
})

test.each([
  ['each of its own', false],
  ['all together', true],
] as const)('bandwidth: so many bytes a second, %s', async (_, shared) => {
  const size = 60_000
  const { link, connect } = await linked(({ socket }) => void socket.write(Buffer.alloc(size, 'x')))
  const bytesPerSec = 200_000
  await link.add(toxic({ kind: 'bandwidth', on, bytesPerSec, direction: 'down', shared }))
  const startMs = performance.now()
  const callers = await Promise.all([connect(), connect()])
  await Promise.all(callers.map((caller) => caller.receive(size)))
  const elapsedMs = performance.now() - startMs
  const idealMs = ((shared ? 2 : 1) * size * 1000) / bytesPerSec
  // It begins with the credit of 20 ms.
  expect(elapsedMs).toBeGreaterThan(idealMs - 25)
  expect(elapsedMs).toBeLessThan(1.1 * idealMs + 2 * lateMs)
  for (const { pieces } of callers) {
    // Smooth: no more at once than the credit and what a late timer makes up for.
    const most = Math.max(...pieces.map(({ bytes }) => bytes.length))
    expect(most).toBeLessThan(bytesPerSec * 0.05)
  }
})

test('bandwidth of one direction leaves the other alone, and what waits goes on when it is gone', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'bandwidth', on, bytesPerSec: 1000, direction: 'up', shared: false }))
  const caller = await connect()
  caller.socket.write(Buffer.alloc(50_000, 'x'))
  await sleep(300)
  expect(caller.received.length).toBeGreaterThan(100)
  expect(caller.received.length).toBeLessThan(1000)
  await link.remove('bandwidth')
  expect((await caller.receive(50_000)).length).toBe(50_000)
})

test('slice: an answer comes in pieces, apart in time, with nothing missing', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'slice', on, bytes: 10, delayMs: 10, direction: 'down' }))
  const caller = await connect()
  const text = 'abcdefghij'.repeat(10)
  const ms = await caller.ask(text)
  expect(String(caller.received)).toBe(text)
  // Ten pieces on the mean, of five to fifteen bytes.
  expect(caller.pieces.length).toBeGreaterThanOrEqual(7)
  expect(Math.max(...caller.pieces.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(30)
  expect(ms).toBeGreaterThan(50)
})

test('reset after bytes: so many arrive, then the connection is reset', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'reset', on, afterBytes: 1000 }))
  const caller = await connect()
  caller.socket.write(Buffer.alloc(5000, 'x'))
  expect(await caller.fate).toBe('reset')
  expect(caller.received.length).toBe(1000)
})

test('reset after a time: it counts from the first byte of the answer', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'reset', on, afterMs: 80 }))
  const caller = await connect()
  await sleep(100)
  await caller.ask('hello')
  const startMs = performance.now()
  expect(await caller.fate).toBe('reset')
  expect(performance.now() - startMs).toBeGreaterThan(60)
})

test('limit-bytes: so many arrive, then the connection is closed', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'limit-bytes', on, bytes: 1000 }))
  const caller = await connect()
  await caller.ask('x'.repeat(600))
  caller.socket.write('y'.repeat(600))
  expect(await caller.fate).toBe('end')
  expect(caller.received.length).toBe(1000)
})

test('blackhole: bytes of one direction vanish, nothing is closed, and a stream with a hole is reset in the end', async () => {
  const { link, connect, upstream } = await linked()
  const caller = await connect()
  await caller.ask('before')
  const idle = await connect()
  await idle.ask('idle')
  await link.add(toxic({ kind: 'blackhole', on, direction: 'down' }))
  caller.socket.write('during')
  await expect.poll(() => String(upstream[0]?.received)).toBe('beforeduring')
  await sleep(50)
  expect(String(caller.received)).toBe('before')
  expect((await link.look()).counts).toMatchObject({ open: 2, crossed: { blackhole: 1 } })
  await link.remove('blackhole')
  expect(await caller.fate).toBe('reset')
  await idle.ask('untouched')
})

test('corrupt: about so many bytes have one bit turned over, and no byte is lost', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'corrupt', on, share: 0.01, direction: 'down' }))
  const caller = await connect()
  const size = 100_000
  caller.socket.write(Buffer.alloc(size))
  const received = await caller.receive(size)
  const hit = received.filter((byte) => byte !== 0)
  // Binomial: 1000 ± 31; four deviations.
  expect(hit.length).toBeGreaterThan(1000 - 125)
  expect(hit.length).toBeLessThan(1000 + 125)
  expect(hit.every((byte) => (byte & (byte - 1)) === 0)).toBe(true)
})

test('half-close: the answer ends after its first bytes, and what is sent still arrives', async () => {
  const { link, connect, upstream } = await linked()
  await link.add(toxic({ kind: 'half-close', on }))
  const caller = await connect()
  await caller.ask('first')
  expect(await caller.fate).toBe('end')
  caller.socket.write('second')
  await expect.poll(() => String(upstream[0]?.received)).toBe('firstsecond')
  expect(String(caller.received)).toBe('first')
})

test('slow-close: bytes are in time, the end is late', async () => {
  const { link, connect } = await linked(({ socket }) => void socket.end('bye'))
  await link.add(toxic({ kind: 'slow-close', on, delayMs: 120 }))
  const caller = await connect()
  await caller.receive(3)
  const startMs = performance.now()
  expect(await caller.fate).toBe('end')
  expect(performance.now() - startMs).toBeGreaterThan(100)
})

test('whatever neither loses nor changes bytes delivers the same bytes in the same order, whatever is laid and taken meanwhile', async () => {
  const harmless: fc.Arbitrary<ToxicAction> = fc.oneof(
    fc
      .record({ delayMs: fc.integer({ min: 0, max: 8 }), jitterMs: fc.integer({ min: 0, max: 8 }), firstByte: fc.boolean() })
      .map(latency),
    fc
      .record({ bytesPerSec: fc.integer({ min: 1_000_000, max: 50_000_000 }), shared: fc.boolean() })
      .map((own): ToxicAction => ({ kind: 'bandwidth', on, direction: 'both', ...own })),
    fc
      .record({ bytes: fc.integer({ min: 500, max: 5000 }), delayMs: fc.integer({ min: 0, max: 1 }) })
      .map((own): ToxicAction => ({ kind: 'slice', on, direction: 'both', ...own })),
    fc.constant<ToxicAction>({ kind: 'slow-close', on, delayMs: 10 }),
    fc.constant<ToxicAction>({ kind: 'corrupt', on, share: 0, direction: 'both' }),
    fc.constant<ToxicAction>({ kind: 'connection-limit', on, connections: 5 }),
  )
  const steps = fc.array(fc.record({ action: harmless, slot: fc.integer({ min: 0, max: 3 }), stays: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  const { link, connect } = await linked(echo)
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 }),
      async (plan, sizes) => {
        const caller = await connect()
        const sent: Buffer[] = []
        for (const [i, size] of sizes.entries()) {
          const piece = Buffer.alloc(size, i + 1)
          sent.push(piece)
          caller.socket.write(piece)
          const step = plan[i % plan.length]
          if (step !== undefined) await link.add({ ...toxic(step.action), id: `slot ${step.slot}` })
          if (step?.stays === false) await link.remove(`slot ${step.slot}`)
        }
        caller.socket.end()
        await caller.fate
        for (const id of (await link.look()).toxics) await link.remove(id)
        expect(caller.received.equals(Buffer.concat(sent))).toBe(true)
      },
    ),
    { numRuns: 40, seed: 11 },
  )
})
