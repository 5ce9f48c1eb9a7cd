import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageFramer } from './message-framer.ts'
import type { AnswerHead, RequestHead } from './message-head.ts'
import { parseAnswerHead, parseRequestHead } from './message-head.ts'

interface Seen {
  readonly messages: { head: string; body: string; isEnded: boolean }[]
  readonly what: string[]
  readonly malformed: number
  readonly raw: string
  readonly isCut: boolean
}

/** Pushes `chunks` and tells what was found. `passes`: pieces of heads are passed on at once. */
function frame(chunks: readonly Buffer[], method: string | undefined, passes = false): Seen {
  const messages: Seen['messages'] = []
  const what: string[] = []
  let malformed = 0
  let raw = ''
  let passed = ''
  const sink = {
    partial(bytes: Buffer): boolean {
      if (passes) passed += bytes.toString('latin1')
      return passes
    },
    head(head: RequestHead | AnswerHead, bytes: Buffer, isWhole: boolean): void {
      expect(isWhole).toBe(passed === '')
      messages.push({ head: passed + bytes.toString('latin1'), body: '', isEnded: false })
      what.push('method' in head ? `${head.method} ${head.path}` : String(head.status))
      passed = ''
    },
    body(bytes: Buffer): void {
      const last = messages.at(-1)
      if (last) last.body += bytes.toString('latin1')
    },
    end(): void {
      const last = messages.at(-1)
      if (last) last.isEnded = true
    },
    raw(bytes: Buffer): void {
      raw += passed + bytes.toString('latin1')
      passed = ''
    },
    malformed(): void {
      malformed++
    },
  }
  const framer =
    method === undefined
      ? new MessageFramer<RequestHead>({ ...sink, parse: parseRequestHead })
      : new MessageFramer<AnswerHead>({ ...sink, parse: (text) => parseAnswerHead(text, { method }) })
  for (const chunk of chunks) framer.push(chunk)
  const isCut = framer.finish()
  return { messages, what, malformed, raw, isCut }
}

const requests = (text: string): Seen => frame([Buffer.from(text, 'latin1')], undefined)
const answers = (text: string, method = 'GET'): Seen => frame([Buffer.from(text, 'latin1')], method)

/** Sizes of chunks, over and over. */
const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 9 })

describe('the messages of an HTTP connection', () => {
  it('are requests with their paths without queries, pipelined or not', () => {
    const seen = requests(
      'GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\nPOST http://shop/orders?x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloDELETE / HTTP/1.0\r\n\r\n',
    )
    expect(seen.what).toEqual(['GET /a', 'POST /orders', 'DELETE /'])
    expect(seen.messages.map((message) => message.body)).toEqual(['', 'hello', ''])
    expect(seen.messages.every((message) => message.isEnded)).toBe(true)
    expect(seen.isCut).toBe(false)
  })

  it('end where the chunks end, with extensions and trailers', () => {
    const body = '5;name="a;b"\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n'
    const seen = requests(`POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${body}GET /next HTTP/1.1\r\n\r\n`)
    expect(seen.messages.map((message) => message.body)).toEqual([body, ''])
    expect(seen.what).toEqual(['POST /', 'GET /next'])
  })

  it.each([
    ['of a HEAD request', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['of 204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['of 304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'],
    ['of length nought', 'GET', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n'],
    ['that only says: go on', 'POST', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('have no body in the answer %s', (_, method, head) => {
    const seen = answers(`${head}HTTP/1.1 204 x\r\n\r\n`, method)
    expect(seen.messages).toHaveLength(2)
    expect(seen.messages.every((message) => message.isEnded && message.body === '')).toBe(true)
  })

  it('go on to the end of the connection when an answer says no length', () => {
    const seen = answers('HTTP/1.1 200 OK\r\n\r\nall of this HTTP/1.1 200 OK\r\n\r\n')
    expect(seen.messages).toEqual([
      { head: 'HTTP/1.1 200 OK\r\n\r\n', body: 'all of this HTTP/1.1 200 OK\r\n\r\n', isEnded: true },
    ])
    expect(seen.isCut).toBe(false)
  })

  it.each([
    ['101', 'GET', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['the answer to CONNECT', 'CONNECT', 'HTTP/1.1 200 Connected\r\n\r\n'],
  ])('are over after %s', (_, method, head) => {
    const seen = answers(`${head}\x81\x05hello`, method)
    expect(seen.messages).toHaveLength(1)
    expect(seen.raw).toBe('\x81\x05hello')
    expect(seen.malformed).toBe(0)
  })

  it.each([
    ['of TLS', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['with two lengths', 'POST / HTTP/1.1\r\nContent-Length: 5, 6\r\n\r\nhello'],
    ['with no number for a length', 'POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello'],
    ['with a coding whose end nobody knows', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nhello'],
    ['without an end of the head', `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`],
  ])('are not looked for any more in bytes %s, and not one is lost', (_, text) => {
    const seen = requests(text)
    expect(seen.malformed).toBe(1)
    expect(seen.raw).toBe(text)
    expect(seen.messages).toEqual([])
  })

  it('are broken off in a chunk without a size', () => {
    const seen = requests('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n')
    expect(seen.malformed).toBe(1)
    expect(seen.messages[0]).toMatchObject({ body: '5\r\nhello\r\n', isEnded: false })
    expect(seen.raw).toBe('zz\r\n')
  })

  it.each([
    ['in its head', 'GET / HT'],
    ['in its body', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel'],
    ['in a chunk', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
  ])('that is cut off %s is told', (_, text) => {
    expect(requests(text).isCut).toBe(true)
  })

  it('do not depend on how the bytes are cut into chunks, and keep every byte', () => {
    fc.assert(
      fc.property(fc.array(message(), { maxLength: 6 }), cuts, fc.boolean(), (sent, sizes, passes) => {
        const text = sent.join('')
        const whole = requests(text)
        const pieces = frame(cut(Buffer.from(text, 'latin1'), sizes), undefined, passes)
        expect(pieces).toEqual(whole)
        expect(whole.messages.map(({ head, body }) => head + body)).toEqual(sent)
      }),
      { seed: 4 },
    )
  })

  it('never lose a byte of anything at all', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom(
        'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz',
        '\r\n',
        '\r\n\r\n',
        'HTTP/1.1',
        ' 200',
        'Transfer-Encoding: chunked',
        '\r\n0',
        '5',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(message(), anything), { maxLength: 8 }), cuts, (sent, sizes) => {
        const bytes = Buffer.from(sent.join(''), 'latin1')
        const whole = requests(bytes.toString('latin1'))
        const pieces = frame(cut(bytes, sizes), undefined)
        expect(pieces).toEqual(whole)
        expect(whole.messages.map(({ head, body }) => head + body).join('') + whole.raw).toBe(bytes.toString('latin1'))
      }),
      { seed: 5 },
    )
  })
})

function message(): fc.Arbitrary<string> {
  const body = fc.string({ unit: 'binary-ascii', maxLength: 40 })
  return fc.oneof(
    fc.constantFrom('GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\r\nHEAD /x?y HTTP/1.1\r\nA: b\r\n\r\n'),
    body.map((text) => `POST /orders HTTP/1.1\r\nContent-Length: ${text.length}\r\n\r\n${text}`),
    fc
      .array(
        body.filter((text) => text !== ''),
        { maxLength: 4 },
      )
      .map((parts) => {
        const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
        return `PUT /files HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
      }),
  )
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}
