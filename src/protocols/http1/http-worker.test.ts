import { readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { RequestOptions } from '../../model/http-context.ts'
import type { HttpSpec } from '../../model/plan-spec.ts'
import type { ExchangeSample } from '../protocol.ts'
import type { HttpUser, HttpWorker } from './index.ts'
import { createHostRule } from '../host-rule.ts'
import { createHttpWorker } from './index.ts'
import { temporaryFolder } from '../../../test/kit/temporary-folder.ts'

const plainSpec: HttpSpec = {
  connectTimeoutMs: 5000,
  firstByteTimeoutMs: 5000,
  timeoutMs: 10_000,
  headers: {},
  maxRedirects: 5,
  connections: 'per-user',
  maxConnectionsPerUser: 6,
  maxConnections: 100,
  keepAlive: true,
  maxHeaderBytes: 16_384,
  maxBodyBytes: 50_000_000,
  keptBodyBytes: 10_000_000,
  localAddresses: [],
  tls: { rejectUnauthorized: true },
}

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

interface Rig {
  readonly worker: HttpWorker
  readonly user: HttpUser
  readonly http: HttpUser['context']
  readonly samples: ExchangeSample[]
  readonly waiting: { now: number; most: number }
  readonly debug: string[]
}

function rig(
  port: number,
  spec: Partial<HttpSpec> = {},
  { shared = false, scheme = 'http', allowed = ['127.0.0.1', 'localhost'], debug = false, via = 0 } = {},
): Rig {
  const samples: ExchangeSample[] = []
  const waiting = { now: 0, most: 0 }
  const lines: string[] = []
  const worker = createHttpWorker({
    spec: { ...plainSpec, ...spec },
    baseUrl: `${scheme}://127.0.0.1:${port}`,
    hosts: createHostRule({ allowed }),
    observer: {
      started: () => undefined,
      heard: () => undefined,
      ended: (sample) => samples.push({ ...sample }),
      waiting(change) {
        waiting.now += change
        waiting.most = Math.max(waiting.most, waiting.now)
      },
      ...(debug ? { debug: (text: string) => lines.push(text) } : {}),
    },
    now: () => performance.now(),
    localAddressOffset: 0,
    ...(via === 0 ? {} : { routes: { [`${scheme}://127.0.0.1:${port}`]: { host: '127.0.0.1', port: via } } }),
  })
  cleanups.push(() => worker.closeAll())
  const user = worker.user({ shared })
  return { worker, user, http: user.context, samples, waiting, debug: lines }
}

interface Peer {
  readonly port: number
  readonly sockets: net.Socket[]
}

/** A server that hands each socket to the test. */
async function peer(onSocket: (socket: net.Socket, index: number) => void): Promise<Peer> {
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    sockets.push(socket)
    onSocket(socket, sockets.length - 1)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sockets } // a TCP server's address is one
}

/** Answers every request (a head without a body, in one piece) with the same text. */
function always(answer: string): (socket: net.Socket) => void {
  return (socket) => socket.on('data', () => socket.write(answer, 'latin1'))
}

/** A real HTTP server, for everything where framing of the request matters. */
async function site(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port // as above
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer) // no encoding is set
  return Buffer.concat(pieces).toString()
}

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello'

describe('connections', () => {
  test('a user keeps its socket alive from request to request', async () => {
    const { port, sockets } = await peer(always(hello))
    const { http, samples, worker } = rig(port)
    for (let i = 0; i < 3; i++) expect((await http.get('/')).text()).toBe('hello')
    expect(sockets.length).toBe(1)
    expect(worker.openSockets).toBe(1)
    expect(samples.map((sample) => sample.connectMs > 0)).toEqual([true, false, false])
    expect(samples[1]).toMatchObject({ name: 'GET /', status: 200, failure: undefined, bytesIn: hello.length })
  })

  test('requests of one user beyond its sockets wait in their order, and the wait is reported', async () => {
    const asked: string[] = []
    const held: (() => void)[] = []
    const { port, sockets } = await peer((socket) => {
      socket.on('data', (bytes) => {
        asked.push(bytes.toString().split(' ')[1] ?? '')
        held.push(() => socket.write(hello))
      })
    })
    const { http, waiting, samples } = rig(port, { maxConnectionsPerUser: 1 })
    const all = Promise.all([http.get('/a'), http.get('/b'), http.get('/c')])
    expect(waiting).toEqual({ now: 2, most: 2 })
    while (asked.length < 3) {
      await new Promise((resolve) => setImmediate(resolve))
      held.shift()?.()
    }
    held.shift()?.()
    await all
    expect(asked).toEqual(['/a', '/b', '/c'])
    expect(sockets.length).toBe(1)
    expect(waiting.now).toBe(0)
    expect(samples[2]?.queueMs).toBeGreaterThan(0)
  })

  test('users that share sockets use one after the other', async () => {
    const { port, sockets } = await peer(always(hello))
    const { worker } = rig(port, {}, { shared: true })
    for (let i = 0; i < 3; i++) {
      const user = worker.user({ shared: true })
      await user.context.get('/')
      user.close()
    }
    expect(sockets.length).toBe(1)
  })

  test('the end of a user closes its own sockets', async () => {
    const { port } = await peer(always(hello))
    const { user, http, worker } = rig(port)
    await http.get('/')
    user.close()
    expect(worker.openSockets).toBe(0)
  })

  test.each([
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab',
  ])('%j is not followed by another request on its socket', async (answer) => {
    const { port, sockets } = await peer(always(answer))
    const { http } = rig(port)
    await http.get('/')
    expect((await http.get('/')).text()).toBe('ab')
    expect(sockets.length).toBe(2)
  })

  test('bytes that nobody asked for never become the next answer', async () => {
    const { port, sockets } = await peer(always(`${hello}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`))
    const { http } = rig(port)
    expect((await http.get('/')).text()).toBe('hello')
    expect((await http.get('/')).text()).toBe('hello')
    expect(sockets.length).toBe(2)
  })

  test('an idempotent request that meets a dead kept-alive socket is sent once more; a POST is not', async () => {
    const { port, sockets } = await peer((socket, index) => {
      let asked = 0
      socket.on('data', () => {
        // The first socket answers once, then dies without a word.
        if (index % 2 === 0 && ++asked === 2) socket.destroy()
        else socket.write(hello)
      })
    })
    const { http, samples } = rig(port)
    await http.get('/')
    expect((await http.get('/')).status).toBe(200)
    expect(sockets.length).toBe(2)
    expect(samples.length).toBe(2)
    const other = rig(port)
    await other.http.get('/')
    expect((await other.http.post('/', { json: 1 })).failure).toMatch(/closed-early|reset/)
  })

  test('source addresses are used in turn', async () => {
    const { port, sockets } = await peer(always(hello))
    const { worker } = rig(port, { localAddresses: ['127.0.0.2', '127.0.0.3'] })
    for (let i = 0; i < 3; i++) await worker.user({ shared: false }).context.get('/')
    expect(sockets.map((socket) => socket.remoteAddress)).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.2'])
  })
})

test('sockets of an origin with a route lead elsewhere, and nobody who looks at the request can tell', async () => {
  const heard: string[] = []
  const { port } = await peer((socket) =>
    socket.on('data', (bytes) => {
      heard.push(bytes.toString('latin1'))
      socket.write(hello, 'latin1')
    }),
  )
  const away = 9
  const answer = await rig(away, {}, { via: port }).http.get('/path')
  expect(answer.status).toBe(200)
  expect(answer.url).toBe('http://127.0.0.1:9/path')
  expect(heard[0]).toContain('host: 127.0.0.1:9\r\n')
})

describe('answers', () => {
  test('headers are joined, repeated values are kept apart', async () => {
    const { port } = await peer(always(hello))
    const answer = await rig(port).http.get('/')
    expect(answer.headers['x-a']).toBe('1, 2')
    expect(answer.headerValues('X-A')).toEqual(['1', '2'])
  })

  test('chunks, trailers and 1xx answers, one byte at a time', async () => {
    const text =
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n'
    const { port } = await peer((socket) => {
      socket.setNoDelay(true)
      socket.on('data', () => {
        void (async () => {
          for (const letter of text) await new Promise((resolve) => socket.write(letter, resolve))
        })()
      })
    })
    const answer = await rig(port).http.get('/')
    expect(answer.text()).toBe('hello!')
    expect(answer.trailers).toEqual({ 'x-sum': '6' })
  })

  test('an answer until close is whole', async () => {
    const { port } = await peer((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nabc')))
    expect((await rig(port).http.get('/')).text()).toBe('abc')
  })

  test('HEAD, 204 and 304 have no body and keep the socket', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
    ]
    const { port, sockets } = await peer((socket) => socket.on('data', () => socket.write(answers.shift() ?? '')))
    const { http } = rig(port)
    expect((await http.head('/')).bytes.length).toBe(0)
    expect((await http.get('/')).status).toBe(204)
    expect((await http.get('/')).status).toBe(304)
    expect(sockets.length).toBe(1)
  })

  test.each([
    ['gzip', gzipSync('grüße')],
    ['deflate', deflateSync('grüße')],
    ['deflate', deflateRawSync('grüße')],
    ['br', brotliCompressSync('grüße')],
  ])('%s is decoded when read', async (coding, bytes) => {
    const { port } = await peer((socket) =>
      socket.on('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`)
        socket.write(bytes)
      }),
    )
    expect((await rig(port).http.get('/')).text()).toBe('grüße')
  })

  test('a body larger than what is kept is counted, and reading it says so', async () => {
    const big = 'x'.repeat(300_000)
    const { port } = await peer(always(`HTTP/1.1 200 OK\r\nContent-Length: ${big.length}\r\n\r\n${big}`))
    const { http, samples } = rig(port)
    const answer = await http.get('/', { keepBody: 1000 })
    expect(answer.ok).toBe(true)
    expect(samples[0]?.bytesIn).toBeGreaterThan(300_000)
    expect(() => answer.text()).toThrow(/keepBody/)
    expect((await http.get('/')).text()).toBe(big)
  })

  test('JSON that is none names the request and shows the start', async () => {
    const { port } = await peer(always(hello))
    const answer = await rig(port).http.get('/orders/17')
    expect(() => answer.json()).toThrow(
      'Expected JSON in the answer to GET /orders/:id (status 200, no content-type), got: hello',
    )
  })
})

describe('failures are data', () => {
  test('a status of 400 or more, unless it is expected', async () => {
    const { port } = await peer(always('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
    const { http, samples } = rig(port)
    expect(await http.get('/')).toMatchObject({ ok: false, failure: 'status', status: 404 })
    expect(await http.get('/', { expect: [404] })).toMatchObject({ ok: true, failure: undefined })
    expect(await http.get('/', { expect: [200] })).toMatchObject({ ok: false })
    expect(samples.map((sample) => sample.failure)).toEqual(['status', undefined, 'status'])
  })

  test('refused', async () => {
    const { port } = await peer(() => undefined)
    for (const cleanup of cleanups.splice(0)) cleanup()
    expect((await rig(port).http.get('/')).failure).toBe('refused')
  })

  test('reset', async () => {
    const { port } = await peer((socket) => socket.on('data', () => socket.resetAndDestroy()))
    expect((await rig(port).http.get('/')).failure).toBe('reset')
  })

  test.each([
    ['', 'before any byte of the answer'],
    ['HTTP/1.1 200', 'within the header'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'after 3 of 10 bytes'],
  ])('closed early after %j', async (text, message) => {
    const { port } = await peer((socket) => socket.on('data', () => socket.end(text)))
    const answer = await rig(port).http.get('/')
    expect(answer.failure).toBe('closed-early')
    expect(answer.failureMessage).toContain(message)
    expect(() => answer.bytes).toThrow('There was no answer to GET /')
  })

  test('malformed and too large close the socket', async () => {
    const { port } = await peer(always('SSH-2.0-x\r\n'))
    const { http, worker } = rig(port)
    expect((await http.get('/')).failure).toBe('malformed')
    expect(worker.openSockets).toBe(0)
    const big = await peer(always('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n'))
    expect((await rig(big.port).http.get('/')).failure).toBe('too-large')
  })

  test('no first byte, and no last byte, in time', async () => {
    const silent = await peer(() => undefined)
    const { http, worker, samples } = rig(silent.port, { firstByteTimeoutMs: 50 })
    expect((await http.get('/')).failure).toBe('timeout-first-byte')
    expect(worker.openSockets).toBe(0)
    expect((samples[0]?.endMs ?? 0) - (samples[0]?.intendedMs ?? 0)).toBeGreaterThanOrEqual(49)
    const half = await peer(always('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'))
    expect((await rig(half.port).http.get('/', { timeout: '60ms' })).failure).toBe('timeout')
    expect((await rig(silent.port).http.get('/', { timeout: { firstByte: '20ms' } })).failure).toBe('timeout-first-byte')
  })

  test('a time-out while TLS is never answered is one of the connection', async () => {
    const { port } = await peer(() => undefined)
    expect((await rig(port, { connectTimeoutMs: 40 }, { scheme: 'https' }).http.get('/')).failure).toBe('timeout-connect')
  })

  test('a signal, and the end of the load, close the socket', async () => {
    const { port } = await peer(() => undefined)
    const { http, worker, user, samples } = rig(port)
    const controller = new AbortController()
    const first = http.get('/', { signal: controller.signal })
    controller.abort()
    expect((await first).failure).toBe('aborted')
    const others = [http.get('/'), http.get('/')]
    user.abort()
    expect((await Promise.all(others)).map((answer) => answer.failure)).toEqual(['aborted', 'aborted'])
    expect(worker.openSockets).toBe(0)
    expect(samples.length).toBe(3)
  })

  test('what waits for a socket can be aborted too', async () => {
    const { port } = await peer(() => undefined)
    const { http, user, waiting } = rig(port, { maxConnectionsPerUser: 1 })
    const both = [http.get('/'), http.get('/')]
    user.abort()
    expect((await Promise.all(both)).map((answer) => answer.failure)).toEqual(['aborted', 'aborted'])
    expect(waiting.now).toBe(0)
  })
})

describe('mistakes of the plan reject', () => {
  test('a host that is not named, also by a redirect', async () => {
    const { port } = await peer(always('HTTP/1.1 302 Found\r\nLocation: http://evil.test/x\r\nContent-Length: 0\r\n\r\n'))
    const { http, samples } = rig(port)
    await expect(http.get('http://evil.test/')).rejects.toMatchObject({
      code: 'HOST_NOT_ALLOWED',
      message: expect.stringContaining('evil.test:80') as string,
      hint: expect.stringContaining("allowHosts: ['evil.test:80']") as string,
    })
    await expect(http.get('/')).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
    expect(samples.map((sample) => sample.failure)).toEqual(['host-not-allowed'])
  })

  test('host:port allows that port only', () => {
    const rule = createHostRule({ allowed: ['a.test:8080', '[::1]'] })
    expect(() => rule.check(new URL('http://a.test:8080/'))).not.toThrow()
    expect(() => rule.check(new URL('http://[::1]:99/'))).not.toThrow()
    expect(() => rule.check(new URL('http://a.test/'))).toThrow('a.test:80')
  })

  test.each([
    [{ json: 1, body: 'x' }, 'at most one of'],
    [{ headers: { 'x\r\ny': 'z' } }, 'name of a header'],
    [{ headers: { x: 'a\r\nEvil: 1' } }, 'line break'],
    [{ headers: { 'Content-Length': '3' } }, 'content-length'],
    [{ timeout: 'soon' }, 'duration'],
    [{ file: '/nowhere/at/all' }, 'cannot be read'],
    [{ jason: 1 }, '`jason`'],
  ])('%j', async (options, message) => {
    const { port } = await peer(always(hello))
    await expect(rig(port).http.post('/', options as RequestOptions)).rejects.toThrow(message) // mistakes that types would show
  })
})

describe('what is sent', () => {
  test('json, form, text, query and headers', async () => {
    const port = await site((request, response) => {
      void bodyOf(request).then((body) =>
        response.end(JSON.stringify({ method: request.method, url: request.url, body, headers: request.headers })),
      )
    })
    const { http } = rig(port, { headers: { 'X-Plan': 'p', 'User-Agent': 'mine' } })
    type Echo = { method: string; url: string; body: string; headers: Record<string, string> }
    const json = (
      await http.post('/a?b=1', { json: { ä: 1 }, query: { q: 'x y', n: 2 }, headers: { Authorization: 'Bearer t' } })
    ).json<Echo>()
    expect(json).toMatchObject({ method: 'POST', url: '/a?b=1&q=x+y&n=2', body: '{"ä":1}' })
    expect(json.headers).toMatchObject({
      authorization: 'Bearer t',
      'x-plan': 'p',
      'user-agent': 'mine',
      'content-type': 'application/json',
      'content-length': '8',
    })
    const form = (await http.put('/', { form: { a: 'ü&', b: true } })).json<Echo>()
    expect(form).toMatchObject({ body: 'a=%C3%BC%26&b=true', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    const bare = (await http.post('/')).json<Echo>()
    expect(bare.headers['content-length']).toBe('0')
    const own = (await http.patch('/', { body: '<a/>', headers: { 'content-type': 'text/xml', Host: 'shop.test' } })).json<Echo>()
    expect(own.headers).toMatchObject({ 'content-type': 'text/xml', host: 'shop.test' })
  })

  test('files and multipart parts with their lengths, streams in chunks, all with back-pressure', async () => {
    const path = join(temporaryFolder(), 'big.bin')
    writeFileSync(path, Buffer.alloc(3_000_000, 'a'))
    const port = await site((request, response) => {
      void bodyOf(request).then((body) =>
        response.end(
          JSON.stringify({
            size: body.length,
            length: request.headers['content-length'],
            coding: request.headers['transfer-encoding'],
            end: body.slice(-200),
          }),
        ),
      )
    })
    const { http, samples } = rig(port)
    expect((await http.post('/', { file: path })).json()).toMatchObject({ size: 3_000_000, length: '3000000' })
    expect(samples[0]?.bytesOut).toBeGreaterThan(3_000_000)
    const multipart = (
      await http.post('/', {
        multipart: { note: 'hi', file: { file: path, type: 'text/plain' }, last: { content: 'z', filename: 'q".txt' } },
      })
    ).json<{ size: number; length: string; end: string }>()
    expect(multipart.size).toBe(Number(multipart.length))
    expect(multipart.end).toContain('name="last"; filename="q%22.txt"')
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 50; i++) yield await Promise.resolve(Buffer.alloc(40_000, 'b'))
    }
    expect((await http.post('/', { body: pieces() })).json()).toMatchObject({ size: 2_000_000, coding: 'chunked' })
    expect((await http.get('/')).status).toBe(200)
  })

  test('a stream that throws rejects, and is counted', async () => {
    const port = await site((request, response) => void bodyOf(request).then(() => response.end()))
    const { http, samples } = rig(port)
    // eslint-disable-next-line @typescript-eslint/require-await -- an async generator without a wait is one too
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new Error('the disk is gone')
    }
    await expect(http.post('/', { body: broken() })).rejects.toThrow('the disk is gone')
    expect(samples[0]?.failure).toBe('exception')
  })

  test('the due time of an arrival belongs to its next request only', async () => {
    const { port } = await peer(always(hello))
    const { http, user, samples } = rig(port)
    user.intend(12.5)
    await http.get('/')
    await http.get('/')
    expect(samples[0]?.intendedMs).toBe(12.5)
    expect(samples[1]?.intendedMs).toBeGreaterThan(12.5)
  })

  test('names fold numbers and uuids and drop the query', async () => {
    const { port } = await peer(always(hello))
    const { http, samples } = rig(port)
    await http.get('/orders/17/items/0b0b7a3c-53ab-4a5e-9b7e-0123456789ab?x=1')
    await http.get('/x', { name: 'mine' })
    expect(samples.map((sample) => sample.name)).toEqual(['GET /orders/:id/items/:id', 'mine'])
  })
})

describe('redirects', () => {
  test('303 becomes GET, 307 keeps method and body, and the chain is one sample', async () => {
    const port = await site((request, response) => {
      void bodyOf(request).then((body) => {
        const [, kind] = request.url?.split('/') ?? []
        if (kind === '303' || kind === '307') response.writeHead(Number(kind), { location: '/end' }).end()
        else response.end(`${request.method ?? ''} ${body}`)
      })
    })
    const { http, samples } = rig(port)
    expect((await http.post('/303', { body: 'x' })).text()).toBe('GET ')
    const kept = await http.post('/307', { body: 'x' })
    expect(kept.text()).toBe('POST x')
    expect(kept).toMatchObject({ redirects: 1, url: `http://127.0.0.1:${port}/end` })
    expect((await http.get('/303', { redirects: 0 })).status).toBe(303)
    expect(samples.map((sample) => sample.name)).toEqual(
      ['POST /303', 'POST /307', 'GET /303'].map((name) => name.replace(/\d+$/, ':id')),
    )
  })

  test('circles and endless chains fail as redirects', async () => {
    const port = await site((request, response) => {
      const n = Number(request.url?.slice(2))
      response.writeHead(302, { location: request.url?.startsWith('/c') === true ? '/c' : `/n${n + 1}` }).end()
    })
    const { http } = rig(port)
    expect(await http.get('/c')).toMatchObject({
      failure: 'redirect',
      failureMessage: expect.stringContaining('circle') as string,
    })
    expect(await http.get('/n1')).toMatchObject({
      failure: 'redirect',
      failureMessage: expect.stringContaining('more than 5') as string,
    })
  })

  test('credentials do not cross to another origin', async () => {
    const seen: (string | undefined)[] = []
    const other = await site((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-keep'] as string | undefined) // one value was sent
      response.end()
    })
    const port = await site(
      (request, response) => void response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end(request.url),
    )
    await rig(port).http.get('/', { headers: { authorization: 'Bearer t', 'x-keep': 'k' } })
    expect(seen).toEqual([undefined, 'k'])
  })
})

describe('cookies', () => {
  test('belong to one user, follow paths, expire, and are forgotten at its end', async () => {
    const port = await site((request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', ['sid=1; Path=/', 'deep=2; Path=/deep', 'old=3; Max-Age=0'])
      response.end(request.headers.cookie ?? 'none')
    })
    const { http, worker, user } = rig(port)
    await http.get('/login')
    expect((await http.get('/')).text()).toBe('sid=1')
    expect((await http.get('/deep/x')).text()).toBe('deep=2; sid=1')
    expect(http.cookies.get('sid')).toBe('1')
    http.cookies.set('mine', 'm')
    expect((await http.get('/')).text()).toBe('sid=1; mine=m')
    expect((await worker.user({ shared: false }).context.get('/')).text()).toBe('none')
    user.close()
    expect((await http.get('/')).text()).toBe('none')
  })
})

describe('TLS', () => {
  const cert = readFileSync(new URL('../../../test/data/tls/cert.pem', import.meta.url), 'utf8')
  const key = readFileSync(new URL('../../../test/data/tls/key.pem', import.meta.url), 'utf8')

  async function secure(
    options: tls.TlsOptions = {},
  ): Promise<{ port: number; names: (string | false | null)[]; authorized: boolean[] }> {
    const names: (string | false | null)[] = []
    const authorized: boolean[] = []
    const server = tls.createServer({ cert, key, ...options }, (socket) => {
      socket.on('error', () => undefined)
      names.push(socket.servername)
      authorized.push(socket.authorized)
      always(hello)(socket)
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    return { port: (server.address() as AddressInfo).port, names, authorized } // as above
  }

  test('an unknown certificate is refused unless the plan says otherwise', async () => {
    const { port } = await secure()
    expect((await rig(port, {}, { scheme: 'https' }).http.get('/')).failure).toBe('tls')
    const lax = rig(port, { tls: { rejectUnauthorized: false } }, { scheme: 'https' })
    expect((await lax.http.get('/')).text()).toBe('hello')
    expect(lax.samples[0]?.tlsMs).toBeGreaterThan(0)
    expect((await lax.http.get('/')).text()).toBe('hello')
    expect(lax.samples[1]?.tlsMs).toBe(0)
  })

  test('ca, SNI and a client certificate are used', async () => {
    const { port, names, authorized } = await secure({ requestCert: true, rejectUnauthorized: false, ca: cert })
    const { http } = rig(
      port,
      { tls: { rejectUnauthorized: true, ca: cert, servername: 'shop.test', cert, key } },
      { scheme: 'https' },
    )
    expect((await http.get('/')).text()).toBe('hello')
    expect(names).toEqual(['shop.test'])
    expect(authorized).toEqual([true])
  })
})

test('debug shows head and body of request and answer', async () => {
  const { port } = await peer(always(hello))
  const { http, debug } = rig(port, {}, { debug: true })
  await http.post('/x', { json: { a: 1 } })
  expect(debug[0]).toContain('> POST /x HTTP/1.1')
  expect(debug[0]).toContain('> {"a":1}')
  expect(debug[1]).toContain('answered 200')
  expect(debug[1]).toContain('< hello')
})
