import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer as createTcpServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ask, counted, errorOf, ignore, keepAlive, lay, linkTo, open, read, serve } from '../../../../test/kit/http-link.ts'

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
