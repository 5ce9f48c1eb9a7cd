import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Toxiproxy as Client } from 'toxiproxy-node-client'
import type { Proxy, ToxicType } from 'toxiproxy-node-client'
import { afterEach, expect, test } from 'vitest'
import { Peer } from '../../../../test/kit/linked.ts'
import { startEcho } from '../echo.ts'
import { formatAddress } from './address.ts'
import { serveToxiproxy } from './serve-toxiproxy.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Bench {
  readonly url: string
  readonly client: Client
  /** Of an echo. */
  readonly upstream: string
}

async function bench(iOwn: readonly string[] = []): Promise<Bench> {
  const echo = await startEcho()
  const server = await serveToxiproxy({ host: '127.0.0.1', port: 0, iOwn })
  closers.push(
    () => echo.close(),
    () => server.close(),
  )
  const url = `http://${formatAddress(server.address)}`
  return { url, client: new Client(url), upstream: formatAddress(echo.address) }
}

async function withProxy(): Promise<Bench & { readonly proxy: Proxy }> {
  const all = await bench()
  return { ...all, proxy: await all.client.createProxy({ name: 'redis', listen: 'localhost:0', upstream: all.upstream }) }
}

async function through({ listen }: Proxy): Promise<Peer> {
  const [host = '', port = ''] = listen.split(':')
  const socket = connect({ host, port: Number(port) })
  closers.push(() => void socket.destroy())
  const peer = new Peer(socket)
  await Promise.race([once(socket, 'connect').catch(() => undefined), peer.fate])
  return peer
}

function toxic<T>(
  type: ToxicType,
  attributes: T,
  own: { stream?: 'upstream' | 'downstream'; toxicity?: number; name?: string } = {},
) {
  return { type, attributes, name: type, stream: 'downstream' as const, toxicity: 1, ...own }
}

test('the client from npm makes a proxy, finds it again, changes it and removes it', async () => {
  const { client, proxy, upstream } = await withProxy()
  expect(await client.getVersion()).toMatch(/"version":"2\.\d+\.\d+"/)
  expect(proxy).toMatchObject({ name: 'redis', upstream, enabled: true })
  expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d+$/)
  await (await through(proxy)).ask('hello')
  expect(Object.keys(await client.getAll())).toEqual(['redis'])
  expect(await client.get('redis')).toMatchObject({ listen: proxy.listen })

  const other = await startEcho()
  closers.push(() => other.close())
  const moved = await proxy.update({ enabled: true, listen: proxy.listen, upstream: formatAddress(other.address) })
  expect(moved).toMatchObject({ listen: proxy.listen, upstream: formatAddress(other.address) })
  await (await through(moved)).ask('hello there')
  await proxy.remove()
  expect(await client.getAll()).toEqual({})
  expect(await (await through(proxy)).fate).toBe('end')
})

test('a proxy that is not enabled refuses and resets, and is back at the same port', async () => {
  const { proxy } = await withProxy()
  const open = await through(proxy)
  await open.ask('before')
  const { listen, upstream } = proxy
  expect(await proxy.update({ enabled: false, listen, upstream })).toMatchObject({ enabled: false, listen })
  expect(await open.fate).toBe('reset')
  const refused = await through(proxy)
  await refused.fate
  expect(refused.pieces).toEqual([])
  await proxy.update({ enabled: true, listen, upstream })
  await (await through(proxy)).ask('after')
})

test('reset enables all proxies and removes all toxics', async () => {
  const { client, proxy } = await withProxy()
  await proxy.addToxic(toxic('latency', { latency: 5000, jitter: 0 }))
  await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream })
  await client.reset()
  const now = await client.get('redis')
  expect(now.enabled).toBe(true)
  await expect(now.getToxic('latency')).rejects.toThrow(/404/)
  await (await through(now)).ask('after')
})

test('populate makes what is not there and changes what is', async () => {
  const { client, proxy, upstream } = await withProxy()
  const populated = await client.populate([
    { name: 'redis', listen: proxy.listen, upstream },
    { name: 'mysql', listen: '127.0.0.1:0', upstream },
  ])
  expect(Object.keys(populated)).toEqual(['redis', 'mysql'])
  for (const each of Object.values(populated)) await (await through(each)).ask('hello')
  expect(Object.keys(await client.getAll())).toEqual(['redis', 'mysql'])
})

test('a toxic is added, read, changed and removed', async () => {
  const { proxy } = await withProxy()
  const added = await proxy.addToxic(toxic('latency', { latency: 80, jitter: 0 }, { name: 'slow' }))
  expect(added.toJson()).toEqual({
    name: 'slow',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 80, jitter: 0 },
  })
  const caller = await through(proxy)
  expect(await caller.ask('hello')).toBeGreaterThanOrEqual(79)
  const slow = await proxy.getToxic<{ latency: number; jitter: number }>('slow')
  const changed = await slow.update({ ...slow.toJson(), attributes: { latency: 160, jitter: 0 } })
  expect(changed.attributes.latency).toBe(160)
  expect(await caller.ask('hello')).toBeGreaterThanOrEqual(159)
  await changed.remove()
  expect(await caller.ask('hello')).toBeLessThan(79)
})

test('bandwidth: in thousands of bytes a second', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('bandwidth', { rate: 100 }))
  // 20 kB at 100 kB/s, with a credit of 20 ms.
  expect(await (await through(proxy)).ask('x'.repeat(20_000))).toBeGreaterThan(170)
})

test('timeout: no data gets through, and the connection is closed after it', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('timeout', { timeout: 100 }, { stream: 'upstream' }))
  const caller = await through(proxy)
  const startMs = performance.now()
  caller.socket.write('hello')
  await caller.fate
  expect(performance.now() - startMs).toBeGreaterThan(90)
  expect(caller.pieces).toEqual([])
})

test('timeout of 0: nothing is closed until it is removed', async () => {
  const { proxy } = await withProxy()
  const added = await proxy.addToxic(toxic('timeout', { timeout: 0 }))
  const caller = await through(proxy)
  caller.socket.write('hello')
  expect(await Promise.race([caller.fate, sleep(150, 'open')])).toBe('open')
  await added.remove()
  await caller.fate
  expect(caller.pieces).toEqual([])
})

test('reset_peer: a reset, so long after the first data', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('reset_peer', { timeout: 60 }))
  const caller = await through(proxy)
  const startMs = performance.now()
  caller.socket.write('hello')
  expect(await caller.fate).toBe('reset')
  expect(performance.now() - startMs).toBeGreaterThan(50)
})

test('slicer: pieces of a size, apart by microseconds', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('slicer', { average_size: 10, size_variation: 0, delay: 5000 }))
  const caller = await through(proxy)
  expect(await caller.ask('abcdefghij'.repeat(8))).toBeGreaterThan(30)
  expect(String(caller.received)).toBe('abcdefghij'.repeat(8))
  expect(caller.pieces.length).toBeGreaterThan(3)
})

test('limit_data: so many bytes, then the connection is closed', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('limit_data', { bytes: 12 }))
  const caller = await through(proxy)
  caller.socket.write('x'.repeat(50))
  expect(await caller.fate).toBe('end')
  expect(caller.received.length).toBe(12)
})

test('slow_close: the end is late', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('slow_close', { delay: 120 }))
  const caller = await through(proxy)
  await caller.ask('hello')
  const startMs = performance.now()
  caller.socket.end()
  expect(await caller.fate).toBe('end')
  expect(performance.now() - startMs).toBeGreaterThan(110)
})

test('toxicity: only a share of the connections meets it', async () => {
  const { proxy } = await withProxy()
  await proxy.addToxic(toxic('limit_data', { bytes: 1 }, { toxicity: 0.5 }))
  let met = 0
  for (let i = 0; i < 40; i++) {
    const caller = await through(proxy)
    caller.socket.write('hello')
    await Promise.race([caller.receive(5), caller.fate])
    if (caller.received.length < 5) met++
  }
  // Binomial(40, 0.5): outside of 6 … 34 once in ten million.
  expect(met).toBeGreaterThan(5)
  expect(met).toBeLessThan(35)
})

async function send(url: string, method: string, body?: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  return { status: answer.status, body: await answer.json() }
}

test.each([
  ['a name is missing', '{"upstream":"127.0.0.1:1"}', 400, 'missing required field: name'],
  ['an upstream is missing', '{"name":"x"}', 400, 'missing required field: upstream'],
  ['it is no JSON', '{', 400, 'bad request body: expected JSON'],
  ['it is no object', '[]', 400, 'bad request body: expected an object'],
  ['a field is of another type', '{"name":1}', 400, 'bad request body: expected name to be a text'],
  ['the upstream is no address', '{"name":"x","upstream":"here"}', 400, 'expected upstream to be HOST:PORT, got "here"'],
  [
    'the upstream is another machine',
    '{"name":"x","upstream":"192.0.2.1:80"}',
    403,
    'upstream 192.0.2.1 is not this machine: start `proofload proxy` with --i-own 192.0.2.1 if you may break it',
  ],
  [
    'it would listen for others',
    '{"name":"x","listen":"192.0.2.1:80","upstream":"127.0.0.1:1"}',
    403,
    'listen 192.0.2.1 is not this machine: start `proofload proxy` with --i-own 192.0.2.1 if you may break it',
  ],
])('a proxy is not made where %s', async (_, body, status, error) => {
  const { url } = await bench()
  expect(await send(`${url}/proxies`, 'POST', body)).toEqual({ status, body: { error, status } })
})

test('what does not exist is not found, what exists is not made twice, and what cannot be is said', async () => {
  const { url, upstream } = await withProxy()
  expect(await send(`${url}/proxies/mysql`, 'GET')).toEqual({ status: 404, body: { error: 'proxy not found', status: 404 } })
  expect(await send(`${url}/proxies/redis/toxics/x`, 'GET')).toMatchObject({ status: 404, body: { error: 'toxic not found' } })
  expect(await send(`${url}/nowhere`, 'GET')).toMatchObject({ status: 404 })
  expect(await send(`${url}/proxies`, 'PUT')).toMatchObject({ status: 405 })
  expect(await send(`${url}/proxies`, 'POST', JSON.stringify({ name: 'redis', upstream }))).toMatchObject({
    status: 409,
    body: { error: 'proxy already exists' },
  })
  const toxics = `${url}/proxies/redis/toxics`
  expect(await send(toxics, 'POST', '{"type":"nonsense"}')).toMatchObject({ status: 400, body: { error: 'invalid toxic type' } })
  expect(await send(toxics, 'POST', '{"type":"latency","stream":"sideways"}')).toMatchObject({ status: 400 })
  expect(await send(toxics, 'POST', '{"type":"latency","attributes":{"latency":-1}}')).toMatchObject({ status: 400 })
  expect(await send(toxics, 'POST', '{"type":"bandwidth"}')).toMatchObject({
    status: 400,
    body: { error: 'expected rate to be above 0' },
  })
  expect(await send(toxics, 'POST', '{"type":"latency"}')).toEqual({
    status: 200,
    body: {
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 0, jitter: 0 },
    },
  })
  expect(await send(toxics, 'POST', '{"type":"latency"}')).toMatchObject({ status: 409, body: { error: 'toxic already exists' } })
  expect(await send(`${toxics}/latency_downstream`, 'PATCH', '{"attributes":{"latency":3}}')).toMatchObject({
    status: 200,
    body: { attributes: { latency: 3, jitter: 0 } },
  })
})

test('a port that is taken is said', async () => {
  const { url, upstream } = await bench()
  expect(await send(`${url}/proxies`, 'POST', JSON.stringify({ name: 'x', listen: upstream, upstream }))).toMatchObject({
    status: 500,
    body: { error: expect.stringMatching(/cannot listen at port \d+: .*EADDRINUSE/) as string },
  })
})

test("a browser's page may not break things here", async () => {
  const { url } = await bench()
  expect(await send(`${url}/proxies`, 'GET', undefined, { 'user-agent': 'Mozilla/5.0' })).toMatchObject({ status: 403 })
})
