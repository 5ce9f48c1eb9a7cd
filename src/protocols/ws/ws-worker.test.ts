import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { MessageRig, StubOwner } from '../../../test/kit/message-rig.ts'
import { messageRig, messageSpec, stubOwner } from '../../../test/kit/message-rig.ts'
import type { WebSocketOptions } from '../../model/message-context.ts'
import type { MessageWorkerOptions } from '../messages/index.ts'
import { createWsWorker } from './index.ts'
import type { WsUser, WsWorker } from './index.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A server whose sockets do as the test says. */
async function serve(
  behave: (socket: WebSocket, request: http.IncomingMessage, server: WebSocketServer) => void,
  options = {},
): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  server.on('connection', (socket, request) => {
    socket.on('error', () => undefined)
    behave(socket, request, server)
  })
  await new Promise((resolve) => server.once('listening', resolve))
  cleanups.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return (server.address() as AddressInfo).port // it listens at a port
}

const echo = (socket: WebSocket): void => void socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))

interface Rig extends MessageRig {
  readonly worker: WsWorker
  readonly user: WsUser
  readonly ws: WsUser['context']
  readonly owner: StubOwner
}

function rig(port: number, change: Partial<MessageWorkerOptions> & { readonly allowed?: readonly string[] } = {}): Rig {
  const made = messageRig(port, change)
  const worker = createWsWorker(made.options)
  const owner = stubOwner()
  const user = worker.user(owner)
  cleanups.push(() => worker.closeAll())
  return { ...made, worker, user, owner, ws: user.context }
}

/** A server that answers the upgrade by itself and then writes what it likes. */
async function rawServer(afterwards: (socket: net.Socket) => void, head?: (accept: string) => string): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    cleanups.push(() => socket.destroy())
    let text = ''
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', read)
      socket.on('data', () => undefined)
      const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1] ?? ''
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      socket.write(
        head?.(accept) ??
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      afterwards(socket)
    }
    socket.on('data', read)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port // it listens at a port
}

describe('opening', () => {
  test('is timed under the name of its path, with numbers folded', async () => {
    const { ws, samples, inFlight } = rig(await serve(echo))
    const room = await ws.connect('/rooms/17?token=secret')
    expect(room).toMatchObject({ ok: true, status: 101, isOpen: true })
    expect(samples).toMatchObject([{ name: 'ws connect /rooms/:id', status: 101, failure: undefined }])
    expect(samples[0]?.connectMs).toBeGreaterThan(0)
    expect(room.timings.handshake).toBeGreaterThan(0)
    expect(inFlight()).toBe(0)
  })

  test('sends headers and offers subprotocols', async () => {
    let seen: http.IncomingHttpHeaders = {}
    const port = await serve((_, request) => void (seen = request.headers), { handleProtocols: () => 'chat.2' })
    const room = await rig(port).ws.connect('/', { headers: { authorization: 'Bearer x' }, subprotocols: ['chat.1', 'chat.2'] })
    expect(seen).toMatchObject({ authorization: 'Bearer x', 'user-agent': 'proofload', host: `127.0.0.1:${port}` })
    expect(room.subprotocol).toBe('chat.2')
  })

  test('that is answered with a status fails with it, and so does all that is asked of it', async () => {
    const server = http.createServer()
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    const { ws, samples, owner } = rig((server.address() as AddressInfo).port) // it listens at a port
    const room = await ws.connect('/ws')
    expect(room).toMatchObject({ ok: false, failure: 'status', status: 503, isOpen: false })
    expect(samples).toMatchObject([{ failure: 'status', status: 503, retryAfter: true }])
    expect(room.send('x')).toBe(false)
    expect(await room.next(null, '5s')).toMatchObject({ ok: false, failure: 'status' })
    expect(await room.request('x')).toMatchObject({ ok: false, failure: 'status' })
    expect(samples.map(({ name, failure }) => [name, failure])).toEqual([
      ['ws connect /ws', 'status'],
      ['ws send /ws', 'status'],
      ['ws message /ws', 'status'],
      ['ws request /ws', 'status'],
    ])
    expect(owner.resumed).toEqual([false, false, false, false])
  })

  test('of a port at which nobody listens is refused', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // it listens at a port
    await new Promise((resolve) => server.close(resolve))
    expect(await rig(port).ws.connect('/')).toMatchObject({ ok: false, failure: 'refused' })
  })

  test('that is never answered times out', async () => {
    const server = net.createServer((socket) => void socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    const { ws, samples, worker } = rig((server.address() as AddressInfo).port) // it listens at a port
    expect(await ws.connect('/', { timeout: '50ms' })).toMatchObject({ ok: false, failure: 'timeout' })
    expect(samples).toMatchObject([{ failure: 'timeout' }])
    expect(worker.openSockets).toBe(0)
  })

  test.each([
    ['no HTTP', 'nonsense\r\n\r\n', 'malformed'],
    [
      'a wrong accept key',
      'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
      'malformed',
    ],
    ['another protocol', 'HTTP/1.1 101 X\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n', 'malformed'],
  ])('that is answered with %s fails as %s', async (_, head, kind) => {
    const port = await rawServer(
      () => undefined,
      () => head,
    )
    expect(await rig(port).ws.connect('/', { timeout: '5s' })).toMatchObject({ ok: false, failure: kind })
  })

  test('that is cut off before an answer is closed early', async () => {
    const server = net.createServer((socket) => void socket.once('data', () => socket.end()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    expect(await rig((server.address() as AddressInfo).port).ws.connect('/')).toMatchObject({
      ok: false,
      failure: 'closed-early',
    }) // it listens at a port
  })

  test('counts from when it was due', async () => {
    const { ws, samples, owner } = rig(await serve(echo))
    owner.dueMs = performance.now() - 500
    await ws.connect('/')
    expect((samples[0]?.endMs ?? 0) - (samples[0]?.intendedMs ?? 0)).toBeGreaterThanOrEqual(500)
  })

  test('goes where the route leads, while the Host stays', async () => {
    let host: string | undefined
    const port = await serve((_, request) => void (host = request.headers.host))
    const { ws } = rig(9, { routes: { 'http://127.0.0.1:9': { host: '127.0.0.1', port } } })
    expect((await ws.connect('/')).ok).toBe(true)
    expect(host).toBe('127.0.0.1:9')
  })

  test('speaks TLS, and checks the certificate', async () => {
    const cert = readFileSync(new URL('../../../test/data/tls/cert.pem', import.meta.url), 'utf8')
    const key = readFileSync(new URL('../../../test/data/tls/key.pem', import.meta.url), 'utf8')
    const server = https.createServer({ cert, key }).on('tlsClientError', () => undefined)
    new WebSocketServer({ server }).on('connection', echo)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo // it listens at a port
    const baseUrl = `https://127.0.0.1:${port}`
    expect(await rig(port, { baseUrl }).ws.connect('/')).toMatchObject({ ok: false, failure: 'tls' })
    const { ws, samples } = rig(port, { baseUrl, spec: { ...messageSpec, tls: { rejectUnauthorized: false } } })
    const room = await ws.connect('/')
    expect(await room.request('hello')).toMatchObject({ ok: true, message: 'hello' })
    expect(samples[0]?.tlsMs).toBeGreaterThan(0)
  })
})

describe('a mistake of the plan is told with its cure', () => {
  test.each([
    ['a host that is not allowed', 'ws://127.0.0.1:1/', {}, /host that the plan does not name/],
    ['another scheme', 'ftp://127.0.0.1/', {}, /begins with ws:\/\/ or wss:\/\//],
    ['an unknown option', '/', { header: {} }, /Expected an option of ws.connect .*got `header`/],
    ['a bad duration', '/', { timeout: 'soon' }, /duration such as/],
    ['a bad subprotocol', '/', { subprotocols: ['a b'] }, /Expected each of `subprotocols`/],
    ['a header that cannot be sent', '/', { headers: { 'x-a': 'b\r\nc' } }, /headers that can be sent/],
    ['no room for unread messages', '/', { unread: 0 }, /`unread` to be a whole number/],
  ])('%s', async (_, url, options, message) => {
    const { ws, worker } = rig(await serve(echo))
    await expect(ws.connect(url, options as WebSocketOptions)).rejects.toThrow(message)
    expect(worker.openSockets).toBe(0)
  })
})

describe('messages', () => {
  test('are JSON, text or bytes', async () => {
    const { ws, counters } = rig(await serve(echo))
    const room = await ws.connect('/')
    for (const message of [{ type: 'x' }, [1], 'hello', '{not json', '42', new Uint8Array([0, 255])]) {
      expect(room.send(message)).toBe(true)
      expect(await room.next()).toMatchObject({ ok: true, message })
    }
    expect(counters).toMatchObject(
      new Map([
        ['ws.sent', 6],
        ['ws.received', 6],
      ]),
    )
  })

  test('that came before the one taken are dropped, and those after it stay', async () => {
    const port = await serve((socket) => ['a', 'b', 'c', 'd'].forEach((text) => socket.send(text)))
    const room = await rig(port).ws.connect('/')
    expect(await room.next((text) => text === 'c')).toMatchObject({ message: 'c' })
    expect(await room.next()).toMatchObject({ message: 'd' })
    expect(await room.next((text) => text === 'a', '30ms')).toMatchObject({ ok: false, failure: 'timeout' })
  })

  test('are waited for under a name, and their absence is a time-out', async () => {
    const { ws, named } = rig(await serve(echo))
    const room = await ws.connect<{ type: string }>('/ws')
    expect(await room.next((m) => m.type === 'joined', { name: 'ws joined', timeout: '30ms' })).toMatchObject({
      ok: false,
      failure: 'timeout',
    })
    expect(named('ws joined')).toMatchObject([{ failure: 'timeout' }])
    const joined = room.next((m) => m.type === 'joined', { name: 'ws joined', timeout: '5s' })
    room.send({ type: 'joined' })
    expect(await joined).toMatchObject({ ok: true, message: { type: 'joined' } })
    expect(named('ws joined')[1]).toMatchObject({ failure: undefined, status: 1 })
  })

  test('unread beyond the limit, the oldest go first', async () => {
    const port = await serve((socket) => ['a', 'b', 'c'].forEach((text) => socket.send(text)))
    const room = await rig(port).ws.connect('/', { unread: 2 })
    const seen: unknown[] = []
    room.on('message', (m) => seen.push(m))
    await expect.poll(() => seen).toEqual(['a', 'b', 'c'])
    expect(await room.next()).toMatchObject({ message: 'b' })
  })

  test('are answered by the same value under a key, whatever else comes and in any order', async () => {
    const port = await serve((socket) => {
      const asked: string[] = []
      socket.on('message', (data: Buffer) => {
        asked.push(data.toString())
        if (asked.length < 3) return
        socket.send('{"type":"news"}')
        for (const text of asked.reverse()) socket.send(text)
      })
    })
    const { ws, named } = rig(port)
    const room = await ws.connect('/')
    const answers = await Promise.all([
      room.request({ type: 'ask', id: 'x', n: 1 }, { key: 'id' }),
      room.request({ type: 'ask', n: 2 }, { key: 'id' }),
      room.request({ type: 'ask', n: 3 }, { key: 'id' }, { name: 'third' }),
    ])
    expect(answers.map((answer) => (answer.ok ? (answer.message as { n: number }).n : 0))).toEqual([1, 2, 3])
    expect(named('ws ask')).toHaveLength(2)
    expect(named('third')).toHaveLength(1)
    expect(await room.next()).toMatchObject({ message: { type: 'news' } })
  })

  test('are given to listeners until they stop listening; what a listener throws is the user’s', async () => {
    const { ws, owner } = rig(await serve(echo))
    const room = await ws.connect('/')
    const seen: unknown[] = []
    const stop = room.on('message', (message) => {
      seen.push(message)
      if (message === 'b') throw new Error('oops')
    })
    await room.request('a')
    await room.request('b')
    stop()
    await room.request('c')
    expect(seen).toEqual(['a', 'b'])
    expect(owner.thrown).toMatchObject([{ message: 'oops' }])
  })

  test('a function that decides what matches and throws rejects its own call only', async () => {
    const { ws, inFlight } = rig(await serve(echo))
    const room = await ws.connect('/')
    const bad = room.next(() => {
      throw new Error('oops')
    })
    const good = room.next()
    room.send('x')
    await expect(bad).rejects.toThrow('oops')
    expect(await good).toMatchObject({ message: 'x' })
    expect(inFlight()).toBe(0)
  })

  test('that are not what was expected are failures with a time, and are given all the same', async () => {
    const { ws, named, owner } = rig(await serve(echo))
    const room = await ws.connect<{ type: string; id: number }>('/')
    const isGood = ({ type }: { readonly type: string }): boolean => type !== 'error'
    const options = { name: 'say', expect: isGood }
    expect(await room.request({ type: 'said', id: 1 }, { key: 'id' }, options)).toMatchObject({ ok: true, message: { id: 1 } })
    const refused = await room.request({ type: 'error', id: 2 }, ({ id }) => id === 2, options)
    const failureMessage = 'not what was expected: {"type":"error","id":2}'
    expect(refused).toMatchObject({ ok: false, failure: 'status', failureMessage, message: { type: 'error', id: 2 } })
    expect(named('say')).toMatchObject([
      { failure: undefined, status: 1 },
      { failure: 'status', failureMessage, status: 1, bytesIn: 23 },
    ])
    expect(owner.resumed.slice(-2)).toEqual([true, false])
    room.send({ type: 'error' })
    expect(await room.next(null, { expect: isGood, timeout: '5s' })).toMatchObject({ ok: false, failure: 'status' })
    room.send({ type: 'news' })
    expect(await room.next(null, { expect: isGood })).toMatchObject({ ok: true, message: { type: 'news' } })
  })

  test('that came before they were asked for are held against what is expected as well', async () => {
    const port = await serve((socket) => ['bad', 'good'].forEach((text) => socket.send(text)))
    const room = await rig(port).ws.connect<string>('/')
    const seen: unknown[] = []
    room.on('message', (message) => seen.push(message))
    await expect.poll(() => seen).toHaveLength(2)
    const asHoped = { expect: (text: string) => text === 'good' }
    expect(await room.next(null, asHoped)).toMatchObject({ ok: false, failure: 'status', message: 'bad' })
    expect(await room.next(null, asHoped)).toMatchObject({ ok: true, message: 'good' })
  })

  test('an expectation that throws rejects its own call, and one of a ping is a mistake', async () => {
    const { ws, inFlight, worker } = rig(await serve(echo))
    const room = await ws.connect('/')
    const bad = room.request('x', null, {
      expect: () => {
        throw new Error('oops')
      },
    })
    await expect(bad).rejects.toThrow('oops')
    expect(await room.request('y')).toMatchObject({ ok: true })
    await expect(room.request('z', null, { expect: 'pong' as never })).rejects.toThrow(/`expect` of request to be a function/)
    await expect(room.ping({ expect: () => true } as never)).rejects.toThrow(/an option of ping/)
    expect(inFlight()).toBe(0)
    expect(worker.openSockets).toBe(1)
  })

  test('are shown by --debug, with the opening and the end', async () => {
    const port = await serve(echo)
    const lines: string[] = []
    const quiet = messageRig(port).options
    const { ws } = rig(port, { observer: { ...quiet.observer, debug: (text) => void lines.push(text) } })
    const room = await ws.connect('/ws')
    await room.request({ type: 'x' })
    await room.request(new Uint8Array([0]))
    await room.close()
    expect(lines[0]).toMatch(/^ws connect \/ws opened in [\d.]+ ms$/)
    expect(lines.slice(1)).toEqual([
      'ws message to /ws\n> {"type":"x"}',
      'ws message from /ws\n< {"type":"x"}',
      'ws message to /ws\n> (1 bytes that are no text)',
      'ws message from /ws\n< (1 bytes that are no text)',
      'ws connection /ws closed by us with code 1000',
    ])
  })

  test('that cannot be sent are a mistake of the plan, and leave nothing behind', async () => {
    const { ws, inFlight } = rig(await serve(echo))
    const room = await ws.connect('/')
    const circle: { self?: unknown } = {}
    circle.self = circle
    await expect(room.request(circle)).rejects.toThrow(/circular/)
    await expect(room.request('text', { key: 'id' })).rejects.toThrow(/to be an object/)
    expect(() => room.send(circle)).toThrow(/circular/)
    expect(await room.request('x')).toMatchObject({ ok: true })
    expect(inFlight()).toBe(0)
  })

  test('a ping is timed', async () => {
    const { ws, named } = rig(await serve(echo))
    const room = await ws.connect('/ws')
    expect(await room.ping('2s')).toMatchObject({ ok: true })
    expect(named('ws ping /ws')).toMatchObject([{ failure: undefined }])
  })
})

describe('the end of a connection', () => {
  test('by us is orderly, and is told to both sides', async () => {
    let code: number | undefined
    const port = await serve((socket) => void socket.on('close', (seen) => (code = seen)))
    const { ws, counters, trends, samples } = rig(port)
    const room = await ws.connect('/')
    const said: unknown[] = []
    room.on('close', (closing) => said.push(closing))
    expect(await room.close(4001, 'bye')).toMatchObject({ by: 'us', code: 4001 })
    expect(said).toMatchObject([{ by: 'us', code: 4001 }])
    expect(room.isOpen).toBe(false)
    await expect.poll(() => code).toBe(4001)
    expect(counters.get('ws.closed.us')).toBe(1)
    expect(trends.get('ws.lifetime')).toHaveLength(1)
    expect(samples).toHaveLength(1)
  })

  test('by the server in good order is no failure, but who waits is told', async () => {
    const { ws, samples, counters } = rig(await serve((socket) => void setTimeout(() => socket.close(1000, 'done'), 20)))
    const room = await ws.connect('/ws')
    const waiting = await room.next()
    expect(waiting).toMatchObject({ ok: false, failure: 'closed-early' })
    expect(room.closing).toEqual({ code: 1000, reason: 'done', by: 'them' })
    expect(samples.map(({ name }) => name)).toEqual(['ws connect /ws', 'ws message /ws'])
    expect(counters.get('ws.closed.1000')).toBe(1)
  })

  test.each([
    ['with an error code', (socket: WebSocket) => socket.close(1011, 'boom'), 'closed-early', 'them', 1011],
    ['without a close frame', (socket: WebSocket) => socket.terminate(), 'closed-early', 'lost', 1006],
  ] as const)('%s is a failure although nobody waits', async (_, end, kind, by, code) => {
    const { ws, named, counters, owner } = rig(await serve((socket) => void setTimeout(() => end(socket), 20)))
    const room = await ws.connect('/ws')
    await expect.poll(() => named('ws connection /ws')).toMatchObject([{ failure: kind }])
    expect(room.closing).toMatchObject({ by, code })
    expect(counters.get(`ws.closed.${code}`)).toBe(1)
    expect(owner.resumed.at(-1)).toBe(false)
    expect(await room.next()).toMatchObject({ ok: false, failure: kind })
  })

  test('by a reset is one', async () => {
    const port = await rawServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 20))
    const { ws, named } = rig(port)
    await ws.connect('/ws')
    await expect.poll(() => named('ws connection /ws')).toMatchObject([{ failure: 'reset' }])
  })
})

describe('a frame that the protocol forbids is a failure of kind', () => {
  const control = (opcode: number, size: number): Buffer =>
    Buffer.concat([Buffer.of(0x80 | opcode, size), Buffer.alloc(size, 97)])
  test.each([
    ['malformed: reserved bits', Buffer.of(0xf1, 0x00), 'malformed'],
    ['malformed: an unknown opcode', Buffer.of(0x83, 0x00), 'malformed'],
    ['malformed: text that is not UTF-8', Buffer.of(0x81, 0x02, 0xc3, 0x28), 'malformed'],
    [
      'malformed: a control frame that is too long',
      Buffer.concat([Buffer.of(0x89, 126, 0, 126), Buffer.alloc(126)]),
      'malformed',
    ],
    ['malformed: a fragmented ping', Buffer.of(0x09, 0x00), 'malformed'],
    ['malformed: a masked frame', Buffer.of(0x81, 0x81, 1, 2, 3, 4, 0x60), 'malformed'],
    ['malformed: a continuation of nothing', Buffer.of(0x80, 0x00), 'malformed'],
    ['malformed: a message within a message', Buffer.of(0x01, 0x01, 0x61, 0x81, 0x01, 0x62), 'malformed'],
    ['malformed: a close frame of one byte', Buffer.of(0x88, 0x01, 0x03), 'malformed'],
    ['malformed: a close code that does not exist', Buffer.of(0x88, 0x02, 0x03, 0xee), 'malformed'],
    ['malformed: a close reason that is not UTF-8', Buffer.of(0x88, 0x04, 0x03, 0xe8, 0xc3, 0x28), 'malformed'],
    ['too-large: a message beyond the limit', Buffer.from([0x82, 127, 0, 0, 0, 0, 0x7f, 0, 0, 0]), 'too-large'],
  ])('%s', async (_, frame, kind) => {
    const { ws, named, worker } = rig(await rawServer((socket) => void setTimeout(() => socket.write(frame), 20)))
    const room = await ws.connect('/ws')
    expect(await room.next(null, '5s')).toMatchObject({ ok: false, failure: kind })
    expect(named('ws message /ws')).toHaveLength(1)
    expect(worker.openSockets).toBe(0)
  })

  test('none: frames that are merely unusual are read', async () => {
    const pieces = [Buffer.of(0x01, 0x01, 0x61), control(0x9, 125), Buffer.of(0x80, 0x01, 0x62)]
    const port = await rawServer((socket) => void setTimeout(() => pieces.forEach((piece) => socket.write(piece)), 20))
    const room = await rig(port).ws.connect('/')
    expect(await room.next(null, '5s')).toMatchObject({ ok: true, message: 'ab' })
  })
})

describe('deliveries', () => {
  /** Everything that one says is sent to all. */
  const chat = (change: (text: string) => readonly string[] = (text) => [text]) =>
    serve(
      (socket, _, server) =>
        void socket.on('message', (data: Buffer) => {
          for (const text of change(data.toString())) for (const client of server.clients) client.send(text)
        }),
    )

  test('are timed from the sender’s stamp, also between workers', async () => {
    const port = await chat()
    const [a, b] = [rig(port), rig(port)]
    const sender = await createWsWorker({ ...a.options, worker: 1 })
      .user(stubOwner())
      .context.connect('/')
    const receiver = await createWsWorker({ ...b.options, clock: a.options.clock })
      .user(stubOwner())
      .context.connect('/')
    const seen = receiver.deliveries('room 1')
    for (let i = 0; i < 3; i++) sender.send({ type: 'say', text: sender.stamp('hello', 'room 1') })
    sender.send(sender.stamp({ type: 'say' }, 'room 2'))
    sender.send('no stamp')
    await receiver.next((message) => message === 'no stamp')
    expect(seen).toMatchObject({ received: 3, missing: 0, doubled: 0, unordered: 0 })
    const delivered = b.named('ws delivered room 1')
    expect(delivered).toHaveLength(3)
    for (const { intendedMs, endMs, failure } of delivered) {
      expect(failure).toBeUndefined()
      expect(endMs - intendedMs).toBeGreaterThan(0)
      expect(endMs - intendedMs).toBeLessThan(5000)
    }
    expect(b.counters.get('deliveries.lost')).toBe(0)
    await sender.close()
    await receiver.close()
  })

  test('that are lost, doubled and out of order are counted', async () => {
    let held: string | undefined
    const port = await chat((text) => {
      if (text.startsWith('lose')) return []
      if (text.startsWith('twice')) return [text, text]
      if (text.startsWith('late')) {
        held = text
        return []
      }
      return held === undefined ? [text] : [text, held]
    })
    const { ws, user, counters } = rig(port)
    const room = await ws.connect('/', { delivery: true })
    for (const text of ['first', 'lose', 'twice', 'late', 'last']) room.send(room.stamp(text))
    await room.next((text) => String(text).startsWith('late'))
    user.close()
    expect(Object.fromEntries([...counters].filter(([name]) => name.startsWith('deliveries')))).toEqual({
      'deliveries.lost': 1,
      'deliveries.doubled': 1,
      'deliveries.unordered': 1,
    })
  })

  test('of a healthy stream have none of it', async () => {
    const { ws, user, counters } = rig(await chat())
    const room = await ws.connect('/', { delivery: true })
    for (let i = 0; i < 50; i++) room.send(room.stamp(`m${i}`))
    await room.next((text) => String(text).startsWith('m49'))
    user.close()
    expect([counters.get('deliveries.lost'), counters.get('deliveries.doubled'), counters.get('deliveries.unordered')]).toEqual([
      0, 0, 0,
    ])
  })

  test('that go on after a reconnection find what was lost in between; those that begin anew do not', async () => {
    const port = await chat()
    const speaker = await rig(port).ws.connect('/')
    const [resuming, fresh] = [rig(port), rig(port)]
    for (const [{ ws, counters, user }, resume, lost] of [
      [resuming, true, 1],
      [fresh, false, 0],
    ] as const) {
      const before = await ws.connect('/')
      before.deliveries('room')
      speaker.send(speaker.stamp('a', 'room'))
      await before.next()
      await before.close()
      await speaker.request(speaker.stamp('b', 'room'))
      const after = await ws.connect('/')
      after.deliveries('room', { resume })
      speaker.send(speaker.stamp('c', 'room'))
      await after.next()
      user.close()
      expect(counters.get('deliveries.lost')).toBe(lost)
    }
  })

  test('can be of some messages only', async () => {
    const { ws } = rig(await chat())
    const room = await ws.connect<{ type: string }>('/')
    const seen = room.deliveries(undefined, { where: (message) => message.type === 'say' })
    room.send({ type: 'history', text: room.stamp('x') })
    await room.request({ type: 'say', text: room.stamp('y') }, (message) => message.type === 'say')
    expect(seen.received).toBe(1)
  })
})

describe('a user', () => {
  test('keeps what it opened in `start` or with `keep`; the rest goes with the iteration', async () => {
    const { ws, user, owner } = rig(await serve(echo))
    owner.starting = true
    const first = await ws.connect('/')
    owner.starting = false
    const kept = await ws.connect('/', { keep: true })
    const brief = await ws.connect('/')
    user.endIteration?.()
    expect([first.isOpen, kept.isOpen, brief.isOpen]).toEqual([true, true, false])
    user.close()
    expect([first.isOpen, kept.isOpen]).toEqual([false, false])
  })

  test('who is taken away fails in everything at once, and asks for nothing more', async () => {
    const { ws, user, owner, samples, worker } = rig(await serve(echo))
    const room = await ws.connect('/')
    const waiting = room.next()
    user.abort()
    owner.gone = true
    expect(await waiting).toMatchObject({ ok: false, failure: 'aborted' })
    expect(worker.openSockets).toBe(0)
    await expect(room.next()).rejects.toThrow('gone')
    await expect(ws.connect('/')).rejects.toThrow('gone')
    expect(() => room.send('x')).toThrow('gone')
    expect(samples).toHaveLength(2)
  })

  test('can close all and connect again', async () => {
    const { ws, worker } = rig(await serve(echo))
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 10 }, () => ws.connect('/')))
      expect(worker.openSockets).toBe(10)
      await ws.closeAll()
      expect(worker.openSockets).toBe(0)
    }
  })

  test('who asks a dead connection again and again leaves the others their turn', async () => {
    const { ws } = rig(await serve((socket) => void setTimeout(() => socket.terminate(), 10)))
    const room = await ws.connect('/')
    let turns = 0
    const timer = setInterval(() => {
      turns++
    }, 1)
    while (turns < 5) await room.next(null, '1s')
    clearInterval(timer)
    expect(room.isOpen).toBe(false)
  })
})
