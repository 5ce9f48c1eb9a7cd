import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import tls from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import type { MessageRig, StubOwner } from '../../../test/kit/message-rig.ts'
import { messageRig, messageSpec, stubOwner } from '../../../test/kit/message-rig.ts'
import type { MessageWorkerOptions } from '../messages/index.ts'
import { createTcpWorker } from './index.ts'
import type { TcpUser, TcpWorker } from './index.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

const certificate = {
  cert: readFileSync(new URL('../../../test/data/tls/cert.pem', import.meta.url), 'utf8'),
  key: readFileSync(new URL('../../../test/data/tls/key.pem', import.meta.url), 'utf8'),
}

async function serve(behave: (socket: net.Socket) => void, { secure = false } = {}): Promise<number> {
  const connected = (socket: net.Socket): void => {
    socket.on('error', () => undefined)
    cleanups.push(() => socket.destroy())
    behave(socket)
  }
  const server = secure
    ? tls.createServer(certificate, connected).on('tlsClientError', () => undefined)
    : net.createServer(connected)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port // it listens at a port
}

interface Rig extends MessageRig {
  readonly worker: TcpWorker
  readonly user: TcpUser
  readonly tcp: TcpUser['context']
  readonly owner: StubOwner
  readonly address: string
}

function rig(port: number, change: Partial<MessageWorkerOptions> & { readonly allowed?: readonly string[] } = {}): Rig {
  const made = messageRig(port, change)
  const worker = createTcpWorker(made.options)
  const owner = stubOwner()
  const user = worker.user(owner)
  cleanups.push(() => worker.closeAll())
  return { ...made, worker, user, owner, tcp: user.context, address: `127.0.0.1:${port}` }
}

const echo = (socket: net.Socket): void => void socket.pipe(socket)

test('a line protocol: each request is timed under its verb', async () => {
  const port = await serve(
    (socket) => void socket.on('data', (data) => socket.write(`OK ${data.toString().split(' ')[0] ?? ''}\r\n`)),
  )
  const { tcp, address, named, samples, counters, inFlight } = rig(port)
  const line = await tcp.connect(address)
  expect(line).toMatchObject({ ok: true, isOpen: true, status: 0 })
  expect(await line.request('LOGIN ada secret')).toMatchObject({ ok: true, message: 'OK LOGIN' })
  expect(await line.request('hello there')).toMatchObject({ message: 'OK hello' })
  expect(named('tcp LOGIN')).toMatchObject([{ failure: undefined, bytesOut: 17, bytesIn: 10 }])
  expect(samples.map(({ name }) => name)).toEqual([`tcp connect ${address}`, 'tcp LOGIN', `tcp request ${address}`])
  expect(counters.get('tcp.sent')).toBe(2)
  expect(inFlight()).toBe(0)
})

test('JSON lines are parsed, and correlated by a key', async () => {
  const { tcp, address } = rig(await serve(echo))
  const line = await tcp.connect(address)
  expect(await line.request({ type: 'ask', q: 1 }, { key: 'id' })).toMatchObject({ ok: true, message: { q: 1, id: 1 } })
})

test('a line that says that it was refused fails where the plan expects another', async () => {
  const port = await serve((socket) => void socket.on('data', () => socket.write('-ERR no\n')))
  const { tcp, address, named } = rig(port)
  const line = await tcp.connect<string>(address)
  const expectOk = { expect: (text: string) => text.startsWith('+OK') }
  expect(await line.request('LOGIN ada', null, expectOk)).toMatchObject({ ok: false, failure: 'status', message: '-ERR no' })
  expect(named('tcp LOGIN')).toMatchObject([{ failure: 'status', failureMessage: 'not what was expected: -ERR no', status: 1 }])
})

test.each([1, 2, 4] as const)('messages after their length in %i bytes', async (lengthPrefix) => {
  const { tcp, address } = rig(await serve(echo))
  const line = await tcp.connect(address, { framing: { lengthPrefix } })
  expect(await line.request(new Uint8Array([1, 2, 3]))).toMatchObject({ message: new Uint8Array([1, 2, 3]) })
  const text = await tcp.connect(address, { framing: { lengthPrefix }, text: true })
  expect(await text.request({ type: 'x' })).toMatchObject({ message: { type: 'x' } })
})

test('messages that a function of the plan delimits', async () => {
  const { tcp, address } = rig(await serve(echo))
  const line = await tcp.connect(address, { framing: (bytes) => (bytes.length < 2 ? 0 : 2), text: true })
  line.send('abcd')
  expect([await line.next(), await line.next()]).toMatchObject([{ message: 'ab' }, { message: 'cd' }])
})

describe('an address', () => {
  test('of a port alone is one of the target’s host, and needs no permission of its own', async () => {
    const port = await serve(echo)
    const { tcp, samples } = rig(9)
    expect((await tcp.connect(`:${port}`)).ok).toBe(true)
    expect(samples[0]?.name).toBe(`tcp connect :${port}`)
  })

  test.each([
    ['127.0.0.1:1', /host that the plan does not name/],
    ['127.0.0.1', /address such as/],
    ['127.0.0.1:0', /address such as/],
    ['127.0.0.1:70000', /address such as/],
    ['http://127.0.0.1:80', /address such as/],
    ['a@127.0.0.1:80', /address such as/],
  ])('%s is refused', async (address, message) => {
    await expect(rig(9).tcp.connect(address)).rejects.toThrow(message)
  })

  test('of a port alone without a target is a mistake', async () => {
    await expect(rig(9, { baseUrl: undefined }).tcp.connect(':80')).rejects.toThrow(/a host as well/)
  })

  test('of the target’s own port goes where its route leads', async () => {
    const port = await serve(echo)
    const { tcp } = rig(9, { routes: { 'http://127.0.0.1:9': { host: '127.0.0.1', port } } })
    expect((await (await tcp.connect('127.0.0.1:9')).request('x')).ok).toBe(true)
    expect((await (await tcp.connect(':9')).request('x')).ok).toBe(true)
  })

  test('at which nobody listens is refused', async () => {
    const port = await serve(echo)
    cleanups.splice(0).forEach((cleanup) => cleanup())
    await expect.poll(async () => (await rig(port).tcp.connect(`:${port}`)).failure).toBe('refused')
  })
})

test('TLS is spoken, and certificates are checked', async () => {
  const port = await serve(echo, { secure: true })
  expect(await rig(port).tcp.connect(`:${port}`, { tls: true })).toMatchObject({ ok: false, failure: 'tls' })
  const { tcp, samples } = rig(port, { spec: { ...messageSpec, tls: { rejectUnauthorized: false } } })
  const line = await tcp.connect(`:${port}`, { tls: true })
  expect(await line.request('hello')).toMatchObject({ message: 'hello' })
  expect(samples[0]?.tlsMs).toBeGreaterThan(0)
})

describe('the end', () => {
  test('by the other side is told, and no failure while nobody waits', async () => {
    const { tcp, address, samples, counters } = rig(await serve((socket) => void setTimeout(() => socket.end(), 20)))
    const line = await tcp.connect(address)
    await expect.poll(() => line.closing).toEqual({ code: 0, reason: '', by: 'them' })
    expect(samples).toHaveLength(1)
    expect(counters.get('tcp.closed.them')).toBe(1)
    expect(await line.next()).toMatchObject({ ok: false, failure: 'closed-early' })
  })

  test.each([
    ['in the middle of a line', (socket: net.Socket) => void socket.end('half'), 'closed-early'],
    ['by a reset', (socket: net.Socket) => void socket.resetAndDestroy(), 'reset'],
    ['by a line without an end', (socket: net.Socket) => void socket.write('x'.repeat(2000)), 'too-large'],
  ])('%s is a failure', async (_, end, kind) => {
    const { tcp, address, samples, worker } = rig(await serve((socket) => void setTimeout(() => end(socket), 20)))
    await tcp.connect(address, { maxMessageBytes: 1000 })
    await expect.poll(() => samples[1]).toMatchObject({ name: `tcp connection ${address}`, failure: kind })
    expect(worker.openSockets).toBe(0)
  })

  test('by us lets the other side know', async () => {
    let ended = false
    const { tcp, address, counters } = rig(await serve((socket) => void socket.resume().on('end', () => (ended = true))))
    const line = await tcp.connect(address)
    expect(await line.close()).toMatchObject({ by: 'us' })
    expect(ended).toBe(true)
    expect(counters.get('tcp.closed.us')).toBe(1)
  })
})

test('there is no ping', async () => {
  const { tcp, address } = rig(await serve(echo))
  const line = await tcp.connect(address)
  // A plan without types.
  await expect((line as unknown as { ping(): Promise<unknown> }).ping()).rejects.toThrow(/Expected `ping` of a WebSocket/)
})
