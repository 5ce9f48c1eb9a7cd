import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ask, counted, counts, errorOf, keepAlive, lay, open, serve } from '../../../../test/kit/http-link.ts'

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
