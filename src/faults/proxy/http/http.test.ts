import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { FaultScope, HttpAction, LinkCounts, ToxicSpec } from '../../../model/link-fault.ts'
import { Link } from '../link.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void

interface Service {
  readonly link: Link
  /** Method and path of what reached the service, with its body. */
  readonly seen: string[]
  readonly ports: Set<number>
}

const echo: Handler = ({ method }, body, response) => {
  response.end(`${method ?? ''} ${body}`)
}

/** A service behind a link of the proxy. */
async function serve(handler: Handler = echo): Promise<Service> {
  const seen: string[] = []
  const ports = new Set<number>()
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString()
      seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''}${body === '' ? '' : ` ${body}`}`)
      ports.add(incoming.socket.remotePort ?? 0)
      handler(incoming, body, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  const { port } = server.address() as AddressInfo // it listens at a port
  return { link: await linkTo(port), seen, ports }
}

async function linkTo(port: number): Promise<Link> {
  const link = await Link.open({ name: 'payments', protocol: 'http', upstream: { host: '127.0.0.1', port } })
  open.push(link)
  return link
}

type Laid<A = HttpAction> = A extends HttpAction ? Omit<A, 'on'> : never

async function lay(link: Link, action: Laid, scope?: FaultScope, more: Partial<ToxicSpec> = {}): Promise<void> {
  await link.add({
    id: action.kind,
    action: { ...action, on: 'payments' },
    seed: 1,
    lifeMs: 60_000,
    ...(scope === undefined ? {} : { scope }),
    ...more,
  })
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
  readonly headMs: number
  readonly totalMs: number
  readonly port: number
}

/** One request by Node's own client. */
async function ask(
  link: Link,
  method: string,
  path: string,
  { body, agent }: { body?: string; agent?: Agent } = {},
): Promise<Answer> {
  const start = performance.now()
  const { port } = link.address
  const outgoing = request({ host: '127.0.0.1', port, method, path, agent: agent ?? new Agent() })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const headMs = performance.now() - start
  let text = ''
  for await (const part of answer) text += String(part)
  return {
    status: answer.statusCode ?? 0,
    body: text,
    retryAfter: answer.headers['retry-after'],
    headMs,
    totalMs: performance.now() - start,
    port: outgoing.socket?.localPort ?? 0,
  }
}

const errorOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'no error',
    (thrown: unknown) => (thrown as NodeJS.ErrnoException).code ?? String(thrown), // of sockets
  )

async function counts(link: Link): Promise<LinkCounts> {
  return (await link.look()).counts
}

/** Until the link has counted that; what a client sees may come before. */
async function counted(link: Link, expected: Partial<LinkCounts>): Promise<void> {
  await expect.poll(() => counts(link), { timeout: 5000, interval: 5 }).toMatchObject(expected)
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  open.push({
    close: () => {
      agent.destroy()
    },
  })
  return agent
}

describe('a link of HTTP without a fault', () => {
  it('counts each request of a connection, and what was answered and what failed', async () => {
    const { link, seen } = await serve(({ url }, body, response) => {
      response.statusCode = url === '/broken' ? 503 : url === '/missing' ? 404 : 200
      response.end(body)
    })
    const agent = keepAlive()
    const big = 'x'.repeat(300_000)
    expect((await ask(link, 'POST', '/big', { body: big, agent })).body).toBe(big)
    for (const path of ['/', '/broken', '/missing']) await ask(link, 'GET', path, { agent })
    await ask(link, 'HEAD', '/', { agent })
    expect(seen).toHaveLength(5)
    await counted(link, { connections: 1, calls: 5, answered: 4, failed: 1 })
  })

  it('counts a request as failed when its connection ends first', async () => {
    const { link } = await serve((incoming) => {
      incoming.socket.destroy()
    })
    expect(await errorOf(ask(link, 'GET', '/'))).toBe('ECONNRESET')
    await counted(link, { calls: 1, answered: 0, failed: 1, open: 0 })
  })

  it('lets an upgraded connection speak for itself', async () => {
    const server = createServer()
    server.on('upgrade', (_, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.on('error', ignore).pipe(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const link = await linkTo((server.address() as AddressInfo).port) // it listens at a port
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    expect(await read(socket, '\r\n\r\n')).toContain('101')
    socket.write('GET nothing\r\n\r\n')
    expect(await read(socket, '\r\n\r\n')).toBe('GET nothing\r\n\r\n')
    await counted(link, { calls: 1, answered: 1, opaque: 1 })
  })

  it('passes on what is no HTTP, says so, and counts no calls of it', async () => {
    const server = createTcpServer((socket) => socket.on('error', ignore).pipe(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const link = await linkTo((server.address() as AddressInfo).port) // it listens at a port
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    expect(await read(socket, 'SM\r\n\r\n')).toBe('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    await counted(link, { calls: 0, opaque: 1 })
  })
})

describe('a fault of HTTP that is meant for others', () => {
  it('leaves every byte of pipelined requests and answers as it was', async () => {
    const requests = Array.from({ length: 40 }, (_, i) => {
      const body = 'b'.repeat((i * 397) % 3000)
      const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
      if (i % 3 === 0) return 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n'
      if (i % 3 === 1) return `POST /x HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      return `PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${body === '' ? '0\r\n\r\n' : chunked}`
    }).join('')
    const answers = requests.replace(/(GET|POST|PUT) \/x HTTP\/1.1/g, 'HTTP/1.1 200 OK').replace(/Host: x/g, 'Content-Length: 0')
    let received = ''
    const server = createTcpServer((socket) => {
      socket.on('error', ignore).on('data', (part: Buffer) => {
        received += part.toString('latin1')
        if (received.length === requests.length)
          for (let at = 0; at < answers.length; at += 613) socket.write(answers.slice(at, at + 613))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    const link = await linkTo((server.address() as AddressInfo).port) // it listens at a port
    for (const kind of ['lose-answer', 'duplicate-delivery'] as const) await lay(link, { kind }, { where: '/other' })
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    let told = ''
    socket.on('data', (part: Buffer) => (told += part.toString('latin1')))
    for (let at = 0; at < requests.length; at += 217) socket.write(requests.slice(at, at + 217))
    await counted(link, { calls: 40, answered: 40 })
    await expect.poll(() => told.length, { interval: 2 }).toBe(answers.length)
    expect(received).toBe(requests)
    expect(told).toBe(answers)
  })
})

describe('status', () => {
  it('is answered by the proxy on a connection that is kept, and the service never sees the request', async () => {
    const { link, seen } = await serve()
    const agent = keepAlive()
    await ask(link, 'GET', '/before', { agent })
    await lay(link, { kind: 'status', status: 503 })
    const answers = [
      await ask(link, 'POST', '/a', { body: 'x'.repeat(200_000), agent }),
      await ask(link, 'HEAD', '/b', { agent }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    await link.remove('status')
    expect(await ask(link, 'GET', '/after', { agent })).toMatchObject({ status: 200 })
    expect(seen).toEqual(['GET /before', 'GET /after'])
    await counted(link, { connections: 1, calls: 4, answered: 2, failed: 2, crossed: { status: 2 } })
  })

  it('says in Retry-After when the fault ends, or what it was told to say', async () => {
    const { link } = await serve()
    await lay(link, { kind: 'status', status: 429, retryAfter: true }, undefined, { lifeMs: 90_000, forMs: 30_000 })
    // The fault has run for less than a second.
    expect(await ask(link, 'GET', '/')).toMatchObject({ status: 429, retryAfter: '30' })
    await link.remove('status')
    await lay(link, { kind: 'status', status: 503, retryAfter: 3600 })
    expect(await ask(link, 'GET', '/')).toMatchObject({ status: 503, retryAfter: '3600' })
  })

  it.each([
    [{ where: 'POST /orders' }, [200, 503, 200, 200]],
    [{ where: '/orders' }, [503, 503, 200, 200]],
    [{ where: '/files/*' }, [200, 200, 503, 503]],
    [{ where: 'GET /files/*.txt' }, [200, 200, 200, 503]],
    [{ first: 3 }, [503, 503, 503, 200]],
    [{ every: 2 }, [200, 503, 200, 503]],
    [{ where: '/files/*', first: 1 }, [200, 200, 503, 200]],
  ])('meets the requests of %j', async (scope, expected) => {
    const { link } = await serve()
    await lay(link, { kind: 'status', status: 503 }, scope)
    const statuses: number[] = []
    for (const [method, path] of [
      ['GET', '/orders?x=1'],
      ['POST', '/orders'],
      ['PUT', '/files/a/b?*'],
      ['GET', '/files/c.txt'],
    ] as const)
      statuses.push((await ask(link, method, path)).status)
    expect(statuses).toEqual(expected)
    await counted(link, { crossed: { status: expected.filter((status) => status === 503).length } })
  })

  it('meets the same share of requests for the same seed', async () => {
    const { link } = await serve()
    const agent = keepAlive()
    const runs: number[][] = []
    for (let run = 0; run < 2; run++) {
      await lay(link, { kind: 'status', status: 503 }, { share: 0.3 })
      const statuses: number[] = []
      for (let i = 0; i < 60; i++) statuses.push((await ask(link, 'GET', '/', { agent })).status)
      runs.push(statuses)
      await link.remove('status')
    }
    expect(runs[1]).toEqual(runs[0])
    const met = runs[0]?.filter((status) => status === 503).length
    // 60 draws of 0.3: 18, give or take three standard deviations of 3.5.
    expect(met).toBeGreaterThanOrEqual(8)
    expect(met).toBeLessThanOrEqual(28)
  })

  it('keeps the order of pipelined requests', async () => {
    const held: (() => void)[] = []
    const { link } = await serve(({ url }, _, response) => {
      held.push(() => response.end(`service ${url ?? ''}`))
    })
    await lay(link, { kind: 'status', status: 503 }, { where: '/fault' })
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    const text = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
    socket.write(text('/1') + text('/fault') + text('/2') + text('/fault'))
    await counted(link, { calls: 4 })
    await expect.poll(() => held.length, { interval: 2 }).toBeGreaterThan(0)
    held[0]?.()
    await expect.poll(() => held.length, { interval: 2 }).toBe(2)
    held[1]?.()
    const answers = await read(socket, 'request.\n', 2)
    expect(answers.match(/service \/\d|HTTP\/1.1 503/g)).toEqual(['service /1', 'HTTP/1.1 503', 'service /2', 'HTTP/1.1 503'])
    await counted(link, { answered: 2, failed: 2 })
  })

  it('lets a caller go on that waits for leave to send its body, and closes for one that wants that', async () => {
    const { link, seen } = await serve()
    await lay(link, { kind: 'status', status: 500 })
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    socket.write('POST / HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 5\r\n\r\n')
    expect(await read(socket, '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('hello')
    expect(await read(socket, 'request.\n')).toContain('HTTP/1.1 500')
    await once(socket, 'end')
    expect(seen).toEqual([])
  })
})

// A loaded machine may be late by hundreds of milliseconds, and never early by more than the step of a timer.
const early = 20

describe('slow-headers', () => {
  it('brings the head over its time and the rest right after', async () => {
    const { link } = await serve()
    await lay(link, { kind: 'slow-headers', overMs: 300 })
    const answer = await ask(link, 'POST', '/', { body: 'hello' })
    expect(answer).toMatchObject({ status: 200, body: 'POST hello' })
    expect(answer.headMs).toBeGreaterThan(300 - early)
    expect(answer.totalMs - answer.headMs).toBeLessThan(250)
    await counted(link, { answered: 1, crossed: { 'slow-headers': 1 } })
  })

  it('brings it byte by byte', async () => {
    const { link } = await serve()
    await lay(link, { kind: 'slow-headers', overMs: 400 })
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    const pieces: number[] = []
    socket.on('data', (chunk: Buffer) => pieces.push(chunk.length))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await counted(link, { answered: 1 })
    expect(pieces.length).toBeGreaterThan(10)
  })

  it('lets go what it holds when it is taken away', async () => {
    const { link } = await serve()
    await lay(link, { kind: 'slow-headers', overMs: 60_000 })
    const answer = ask(link, 'GET', '/')
    await counted(link, { crossed: { 'slow-headers': 1 } })
    await link.remove('slow-headers')
    expect(await answer).toMatchObject({ status: 200, body: 'GET ' })
  })
})

describe('slow-body', () => {
  it.each([
    ['of a told length', true],
    ['in chunks', false],
  ])('brings a body %s in drops over its time, after a prompt head', async (_, isTold) => {
    const body = Array.from({ length: 9000 }, (_, i) => String(i)).join(' ')
    const { link } = await serve((_, __, response) => {
      if (isTold) response.setHeader('content-length', body.length)
      response.write(body.slice(0, 1000))
      response.end(body.slice(1000))
    })
    await lay(link, { kind: 'slow-body', overMs: 300 })
    const answer = await ask(link, 'GET', '/')
    expect(answer.body).toBe(body)
    expect(answer.totalMs - answer.headMs).toBeGreaterThan(300 - early - answer.headMs)
    await counted(link, { answered: 1, crossed: { 'slow-body': 1 } })
  })

  it('keeps the upstream waiting when much is held, and lets it all go when it is taken away', async () => {
    const body = 'x'.repeat(20_000_000)
    let response: ServerResponse | undefined
    const { link } = await serve((_, __, toCaller) => {
      response = toCaller
      toCaller.end(body)
    })
    await lay(link, { kind: 'slow-body', overMs: 600_000 })
    const answer = ask(link, 'GET', '/')
    await counted(link, { crossed: { 'slow-body': 1 } })
    expect(response?.writableFinished).toBe(false)
    await link.remove('slow-body')
    expect((await answer).body).toHaveLength(body.length)
    await counted(link, { answered: 1 })
  })

  it('does not meet an answer without a body', async () => {
    const { link } = await serve((_, __, response) => response.writeHead(204).end())
    await lay(link, { kind: 'slow-body', overMs: 60_000 })
    expect(await ask(link, 'GET', '/')).toMatchObject({ status: 204 })
    expect((await counts(link)).crossed['slow-body'] ?? 0).toBe(0)
  })
})

describe('truncate-body', () => {
  it.each([
    ['of a told length', true, 0.25, 250],
    ['of a told length, nothing of it', true, 0, 0],
    ['of a told length, all but one byte', true, 1, 999],
    // Two chunks of 500 bytes with a frame of 7 bytes each, and 5 bytes at the end.
    ['in chunks', false, 0.5, 509],
  ])('ends the connection after a share of a body %s', async (_, isTold, share, expected) => {
    const { link } = await serve((_, __, response) => {
      if (isTold) response.setHeader('content-length', 1000)
      response.write('x'.repeat(500))
      response.end('y'.repeat(500))
    })
    await lay(link, { kind: 'truncate-body', share })
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ close: () => socket.destroy() })
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let text = ''
    for await (const part of socket) text += String(part)
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    expect(body).toHaveLength(expected)
    await counted(link, { calls: 1, answered: 0, failed: 1, crossed: { 'truncate-body': 1 }, open: 0 })
  })
})

describe('lose-answer', () => {
  it('resets the caller after the service has done its work', async () => {
    const { link, seen } = await serve((_, __, response) => {
      response.write('some')
      setImmediate(() => response.end(' more'))
    })
    const agent = keepAlive()
    await lay(link, { kind: 'lose-answer' }, { where: 'POST *', first: 1 })
    await ask(link, 'GET', '/', { agent })
    expect(await errorOf(ask(link, 'POST', '/orders', { body: 'one', agent }))).toBe('ECONNRESET')
    expect(seen).toEqual(['GET /', 'POST /orders one'])
    expect(await ask(link, 'POST', '/orders', { body: 'two', agent })).toMatchObject({ status: 200, body: 'some more' })
    await counted(link, { calls: 3, answered: 2, failed: 1, crossed: { 'lose-answer': 1 } })
  })

  it('brings not a byte of the answer', async () => {
    const { link } = await serve()
    await lay(link, { kind: 'lose-answer' })
    const socket = connect(link.address.port, '127.0.0.1')
    let bytes = 0
    socket.on('data', (chunk) => (bytes += chunk.length))
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')
    expect(await errorOf(once(socket, 'end'))).toBe('ECONNRESET')
    expect(bytes).toBe(0)
  })
})

describe('duplicate-delivery', () => {
  it('delivers a request twice, each on its own connection, and tells the caller of the first', async () => {
    let turn = 0
    const { link, seen, ports } = await serve((_, __, response) => response.end(`answer ${++turn}`))
    await lay(link, { kind: 'duplicate-delivery' }, { where: 'POST /charges' })
    const agent = keepAlive()
    const answers = [
      await ask(link, 'POST', '/charges', { body: 'x'.repeat(100_000), agent }),
      await ask(link, 'GET', '/charges', { agent }),
    ]
    await expect.poll(() => seen.filter((each) => each.startsWith('POST')).length, { interval: 2 }).toBe(2)
    expect(new Set(seen.filter((each) => each.startsWith('POST'))).size).toBe(1)
    expect(answers[0]?.body).toBe('answer 1')
    expect(answers[1]?.status).toBe(200)
    expect(ports.size).toBe(2)
    await counted(link, { connections: 1, calls: 2, answered: 2, crossed: { 'duplicate-delivery': 1 } })
  })

  it('delivers twice for a caller that is gone before the second delivery is done', async () => {
    let waiting: (() => void) | undefined
    let last: ServerResponse | undefined
    const { link, seen } = await serve((_, __, response) => {
      if (waiting === undefined) waiting = () => response.end('first')
      else {
        response.on('close', () => seen.push(response.writableFinished ? 'done' : 'broken off'))
        last = response
        waiting()
      }
    })
    await lay(link, { kind: 'duplicate-delivery' })
    expect((await ask(link, 'POST', '/', { body: 'x' })).body).toBe('first')
    await counted(link, { open: 0 })
    last?.end('second')
    await expect.poll(() => seen, { interval: 2, timeout: 5000 }).toEqual(['POST / x', 'POST / x', 'done'])
  })

  it('passes a request once that is too large to be kept, and does not count it', async () => {
    let bytes = 0
    const { link, seen } = await serve((_, body, response) => {
      bytes = body.length
      response.end()
    })
    await lay(link, { kind: 'duplicate-delivery' })
    await ask(link, 'POST', '/', { body: 'x'.repeat(9_000_000) })
    expect(bytes).toBe(9_000_000)
    expect(seen).toHaveLength(1)
    expect((await counts(link)).crossed['duplicate-delivery'] ?? 0).toBe(0)
  })
})

function ignore(): void {
  // the end of the link is a reset
}

/** What comes until `end` has come `times`. */
async function read(socket: Socket, end: string, times = 1): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (text.split(end).length <= times) return
      socket.off('data', take)
      resolve(text)
    }
    socket.on('data', take)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error(`closed after ${JSON.stringify(text)}`))
    })
  })
}
