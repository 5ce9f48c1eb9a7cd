import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { replay, runFuzz } from '../../../test/fuzz/http1-run.ts'
import type { FuzzStream } from '../../../test/fuzz/http1-streams.ts'
import { AnswerParser } from './answer-parser.ts'
import { AnswerRefused } from './refusal.ts'

function parse(
  text: string,
  { forHead = false, maxHeaderBytes = 16_384, maxBodyBytes = 1_000_000, keep = 1_000_000 } = {},
): AnswerParser {
  const parser = new AnswerParser({ maxHeaderBytes, maxBodyBytes })
  parser.begin(forHead, keep)
  const bytes = Buffer.from(text, 'latin1')
  parser.push(bytes, bytes.length)
  return parser
}

function refusal(text: string, options: Parameters<typeof parse>[1] = {}): AnswerRefused {
  try {
    parse(text, options)
  } catch (error) {
    if (error instanceof AnswerRefused) return error
    throw error
  }
  throw new Error('the answer was not refused')
}

describe('an answer that cannot be trusted is refused with what is wrong', () => {
  test.each([
    [
      'length-and-chunked',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      'both Content-Length and Transfer-Encoding',
    ],
    [
      'length-and-chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n',
      'both Content-Length and Transfer-Encoding',
    ],
    ['two-lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', '5 and 6'],
    ['content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n', '"5, 5"'],
    ['content-length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', '"-1"'],
    ['transfer-encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', '"gzip, chunked"'],
    ['chunk-size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'hexadecimal'],
    ['chunk-size', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`, 'beyond any body'],
    ['chunk-end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc', 'CRLF after the data'],
    ['line-end', 'HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n', '"X" ends with a line feed alone'],
    ['line-end', 'HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n', 'carriage return'],
    ['header-value', 'HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n', 'the byte 0x00'],
    ['header-name', 'HTTP/1.1 200 OK\r\nX : a\r\n\r\n', 'a space'],
    ['header-name', 'HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n', 'folding'],
    ['status-line', 'SSH-2.0-OpenSSH_9.2\r\n', '"S" at byte 0'],
    ['version', 'HTTP/2.0 200 OK\r\n\r\n', '"2"'],
    ['switching-protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', '101'],
  ])('%s in %j', (rule, text, message) => {
    const refused = refusal(text)
    expect(refused.rule).toBe(rule)
    expect(refused.kind).toBe('malformed')
    expect(refused.message).toContain(message)
  })

  test('a header, a declared body and a chunked body beyond their limits are too large', () => {
    expect(refusal(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200)}`, { maxHeaderBytes: 100 }).kind).toBe('too-large')
    expect(refusal('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n').kind).toBe('too-large')
    expect(refusal('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n', { maxBodyBytes: 5 }).kind).toBe(
      'too-large',
    )
    expect(refusal(`HTTP/1.1 200 OK\r\n\r\nabcdef`, { maxBodyBytes: 5 }).kind).toBe('too-large')
  })
})

describe('reading goes on or ends where RFC 9112 says', () => {
  test('bytes behind a whole answer are reported as left over', () => {
    const parser = new AnswerParser({ maxHeaderBytes: 1000, maxBodyBytes: 1000 })
    parser.begin(false, 1000)
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP')
    expect(parser.push(bytes, bytes.length)).toBe(4)
    expect(parser.done).toBe(true)
  })

  test('a HEAD answer has no body whatever its length says', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', { forHead: true }).done).toBe(true)
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n').done).toBe(false)
  })

  test('an answer without length lasts until the end of the stream and closes the connection', () => {
    const parser = parse('HTTP/1.1 200 OK\r\n\r\nabc')
    expect(parser.done).toBe(false)
    expect(parser.finish()).toBe(true)
    expect(parser.bodyBytes).toBe(3)
    expect(parser.keepAlive).toBe(false)
  })

  test('the end of the stream does not complete an answer that has a length', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc').finish()).toBe(false)
  })

  test('a body beyond what is kept is read and counted', () => {
    const parser = parse(`HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcdefghi`, { keep: 4 })
    expect(parser.done).toBe(true)
    expect(parser.bodyBytes).toBe(9)
    expect(parser.keptWhole).toBe(false)
    expect(Buffer.concat(parser.pieces ?? []).toString()).toBe('abcd')
  })
})

describe("against Node's own parser", () => {
  test('20,000 generated streams, cut at random places, are read alike', () => {
    const run = runFuzz({ streams: 20_000, everywhere: 50, seed: 20_261_121 })
    expect(run.disagreements).toEqual([])
    expect(run.answers).toBeGreaterThan(10_000)
  })

  test('what once failed is read alike, cut at every place', () => {
    // The file is written by the long form of the fuzzer.
    const corpus = JSON.parse(
      readFileSync(new URL('../../../test/data/http1-corpus.json', import.meta.url), 'utf8'),
    ) as FuzzStream[]
    expect(corpus.map((stream) => replay(stream)).filter((difference) => difference !== undefined)).toEqual([])
  })
})
