import { connect as connectTo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { linked, Peer, toxic } from '../../../test/kit/linked.ts'
import { startEcho } from './echo.ts'
import { Link } from './link.ts'

test('without toxics bytes go through in both directions, and each end hears when the other is done', async () => {
  const { connect, nextUpstream } = await linked(() => undefined)
  const coming = nextUpstream()
  const caller = await connect()
  const upstream = await coming
  caller.socket.end('question')
  expect(String(await upstream.receive(8))).toBe('question')
  expect(await upstream.fate).toBe('end')
  upstream.socket.end('answer')
  expect(String(await caller.receive(6))).toBe('answer')
  expect(await caller.fate).toBe('end')
})

test('a reset of one end is a reset for the other', async () => {
  const { connect, nextUpstream } = await linked(() => undefined)
  const coming = nextUpstream()
  const caller = await connect()
  const upstream = await coming
  upstream.socket.resetAndDestroy()
  expect(await caller.fate).toBe('reset')
})

test('where the upstream is not there, the caller is reset, and the connection counts as broken', async () => {
  const nobody = await startEcho()
  await nobody.close()
  const link = await Link.open({ name: 'db', protocol: 'tcp', upstream: nobody.address })
  const caller = new Peer(connectTo(link.address))
  expect(await caller.fate).toBe('reset')
  expect((await link.look()).counts).toMatchObject({ connections: 1, broken: 1 })
  await link.close()
})

test('a slow reader slows down the sender, and nothing is lost', async () => {
  const big = Buffer.alloc(24 * 1024 * 1024, 'x')
  const { connect } = await linked(({ socket }) => void socket.end(big))
  const caller = await connect()
  caller.socket.pause()
  const before = process.memoryUsage().arrayBuffers
  await sleep(200)
  // The kernels hold a few MB; the rest has to stay with the sender, who is this process too and already counted.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * 1024 * 1024)
  caller.socket.resume()
  expect((await caller.receive(big.length)).equals(big)).toBe(true)
})

test('what crosses is counted, in all and by windows', async () => {
  const { link, connect } = await linked()
  const caller = await connect()
  await caller.ask('one')
  await caller.ask('two')
  expect(link.window()).toEqual({
    kind: 'link',
    link: 'db',
    calls: 2,
    answered: 2,
    failed: 0,
    connections: 1,
    broken: 0,
    open: 1,
    bytesUp: 6,
    bytesDown: 6,
  })
  expect(link.window()).toBeUndefined()
  await caller.ask('three')
  expect(link.window()).toMatchObject({ calls: 1, answered: 1, bytesUp: 5, connections: 0, open: 1 })
  expect((await link.look()).counts).toMatchObject({ calls: 3, answered: 3, connections: 1 })
})

test('a call without an answer has failed once its connection is gone', async () => {
  const { link, connect, nextUpstream } = await linked(() => undefined)
  const coming = nextUpstream()
  const caller = await connect()
  const upstream = await coming
  caller.socket.write('question')
  await upstream.receive(8)
  upstream.socket.resetAndDestroy()
  await caller.fate
  await expect.poll(async () => (await link.look()).counts).toMatchObject({ calls: 1, answered: 0, failed: 1, open: 0 })
})

test('a toxic goes by itself when its life is over', async () => {
  const { link, connect } = await linked()
  await link.add({ ...toxic({ kind: 'accept-then-close', on: 'db' }), lifeMs: 50 })
  expect((await link.look()).toxics).toEqual(['accept-then-close'])
  await expect.poll(async () => (await link.look()).toxics).toEqual([])
  const caller = await connect()
  await caller.ask('there again')
})

test('what a toxic has met is still known when it is gone', async () => {
  const { link, connect } = await linked()
  await link.add(toxic({ kind: 'accept-then-close', on: 'db' }))
  const caller = await connect()
  await caller.fate
  await link.remove('accept-then-close')
  expect((await link.look()).counts.crossed).toEqual({ 'accept-then-close': 1 })
})

test('a scope chooses connections: the first, each so manieth, or a share by the seed', async () => {
  const { link, connect } = await linked()
  const fates = async (scope: { first?: number; every?: number; share?: number }): Promise<string> => {
    await link.add(toxic({ kind: 'refuse', on: 'db' }, scope))
    let seen = ''
    for (let i = 0; i < 12; i++) {
      const caller = await connect()
      seen += await Promise.race([caller.fate.then(() => 'x'), caller.ask('hello').then(() => '.')])
    }
    await link.remove('refuse')
    return seen
  }
  expect(await fates({ first: 3 })).toBe('xxx.........')
  expect(await fates({ every: 4 })).toBe('...x...x...x')
  const drawn = await fates({ share: 0.5 })
  expect(drawn).toMatch(/x.*\.|\..*x/)
  expect(await fates({ share: 0.5 })).toBe(drawn)
})
