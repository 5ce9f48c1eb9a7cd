import { once } from 'node:events'
import { connect as connectTo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Linked } from '../../../../test/kit/linked.ts'
import { linked, toxic } from '../../../../test/kit/linked.ts'

/** What a connect comes to; `unanswered` after a time in which loopback has always answered. */
async function outcome({ link }: Linked): Promise<string> {
  const socket = connectTo({ ...link.address })
  const tried = once(socket, 'connect').then(
    () => 'connected',
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'error', // errors of a socket have a code
  )
  const first = await Promise.race([tried, sleep(400, 'unanswered')])
  socket.destroy()
  return first
}

test('down: connects are refused, open connections are reset, and both end with it', async () => {
  const all = await linked()
  const open = await all.connect()
  await open.ask('before')
  await all.link.add(toxic({ kind: 'down', on: 'db' }))
  expect(await open.fate).toBe('reset')
  expect(await outcome(all)).toBe('ECONNREFUSED')
  expect((await all.link.look()).counts.crossed).toEqual({ down: 1 })
  await all.link.remove('down')
  await (await all.connect()).ask('after')
})

test('refuse: connects are refused, and who is connected stays so', async () => {
  const all = await linked()
  const open = await all.connect()
  await all.link.add(toxic({ kind: 'refuse', on: 'db' }))
  expect(await outcome(all)).toBe('ECONNREFUSED')
  await open.ask('still here')
  await all.link.remove('refuse')
  await (await all.connect()).ask('after')
})

test('reset: who is connected is reset, and so is who comes', async () => {
  const all = await linked()
  const open = await all.connect()
  await open.ask('before')
  await all.link.add(toxic({ kind: 'reset', on: 'db' }))
  expect(await open.fate).toBe('reset')
  expect(await (await all.connect()).fate).toBe('reset')
  expect((await all.link.look()).counts).toMatchObject({ broken: 1, crossed: { reset: 2 } })
  await all.link.remove('reset')
  await (await all.connect()).ask('after')
})

test('accept-then-close: who comes hears at once that it is over, and who is connected stays so', async () => {
  const all = await linked()
  const open = await all.connect()
  await open.ask('before')
  await all.link.add(toxic({ kind: 'accept-then-close', on: 'db' }))
  expect(await (await all.connect()).fate).toBe('end')
  await open.ask('still here')
  expect((await all.link.look()).counts).toMatchObject({ broken: 1, connections: 2 })
})

test('hang: who comes is connected and hears nothing, the upstream does not know of it, and it is served in the end', async () => {
  const all = await linked()
  await all.link.add(toxic({ kind: 'hang', on: 'db' }))
  const caller = await all.connect()
  caller.socket.write('hello')
  await sleep(100)
  expect(caller.pieces).toEqual([])
  expect(all.upstream).toEqual([])
  await all.link.remove('hang')
  expect(String(await caller.receive(5))).toBe('hello')
})

test('syn-blackhole: connects are not answered, not even refused, and the port is there again afterwards', async () => {
  const all = await linked()
  const open = await all.connect()
  await all.link.add(toxic({ kind: 'syn-blackhole', on: 'db' }))
  expect(await outcome(all)).toBe('unanswered')
  await open.ask('still here')
  await all.link.remove('syn-blackhole')
  await (await all.connect()).ask('after')
})

test('cut: open connections hear nothing, connects are not answered, and nothing is missing when it is mended', async () => {
  const all = await linked()
  const open = await all.connect()
  await open.ask('before')
  await all.link.add(toxic({ kind: 'cut', on: 'db' }))
  open.socket.write('during')
  await sleep(100)
  expect(String(open.received)).toBe('before')
  expect(String(all.upstream[0]?.received)).toBe('before')
  expect(await outcome(all)).toBe('unanswered')
  await all.link.remove('cut')
  expect(String(await open.receive(12))).toBe('beforeduring')
})

test('connection-limit: one more than that is closed at once, and there is room when one has gone', async () => {
  const all = await linked()
  await all.link.add(toxic({ kind: 'connection-limit', on: 'db', connections: 2 }))
  const first = await all.connect()
  await first.ask('one')
  await (await all.connect()).ask('two')
  expect(await (await all.connect()).fate).toBe('end')
  first.socket.end()
  await first.fate
  await expect.poll(async () => (await all.link.look()).counts.open).toBe(1)
  await (await all.connect()).ask('again')
})

test('flap: down first, then up, in turn', async () => {
  const all = await linked()
  const open = await all.connect()
  await open.ask('before')
  await all.link.add(toxic({ kind: 'flap', on: 'db', upMs: 300, downMs: 300 }))
  expect(await open.fate).toBe('reset')
  const seen: string[] = []
  const endMs = performance.now() + 1500
  while (performance.now() < endMs) {
    const now = await outcome(all)
    // Who comes in the moment in which it goes down is reset, as all who are there: it was up until then.
    const state = now === 'ECONNRESET' ? 'connected' : now
    if (seen.at(-1) !== state) seen.push(state)
    await sleep(20)
  }
  expect(seen.slice(0, 4)).toEqual(['ECONNREFUSED', 'connected', 'ECONNREFUSED', 'connected'])
  await all.link.remove('flap')
  await (await all.connect()).ask('after')
})
