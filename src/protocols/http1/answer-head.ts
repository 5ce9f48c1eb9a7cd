import { AnswerRefused } from './refusal.ts'
import { COLON, CR, LF, SPACE, TAB, describeByte, isFieldByte, isTokenByte, matchesWord, word } from './syntax.ts'

const httpVersion = Uint8Array.from('HTTP/1.', (letter) => letter.charCodeAt(0))
const contentLengthName = word('content-length')
const transferEncodingName = word('transfer-encoding')
const connectionName = word('connection')
const contentEncodingName = word('content-encoding')
const proxyConnectionName = word('proxy-connection')
const setCookieName = word('set-cookie')
const keepAliveWord = word('keep-alive')
const chunkedWord = word('chunked')

/** What of a head decides how to go on reading. Header texts are cut from the bytes only when somebody asks for them. */
export class AnswerHead {
  status = 0
  minorVersion = 1
  /** -1: not given. */
  contentLength = -1
  chunked = false
  saysClose = false
  saysKeepAlive = false
  setsCookies = false
  /** Has a Content-Encoding. */
  encoded = false

  reset(): void {
    this.status = 0
    this.contentLength = -1
    this.chunked = false
    this.saysClose = false
    this.saysKeepAlive = false
    this.setsCookies = false
    this.encoded = false
  }

  /** RFC 9112 section 9.3. */
  get keepAlive(): boolean {
    return !this.saysClose && (this.minorVersion === 1 || this.saysKeepAlive)
  }
}

/**
 * Reads the status line (RFC 9112 section 4) into `head` and returns the place behind it, or -1 when more bytes are needed. // hot
 * As strict as llhttp and a little more: versions other than 1.0 and 1.1, codes below 100 and control characters in the reason are refused.
 */
export function parseStatusLine(bytes: Uint8Array, from: number, end: number, head: AnswerHead): number {
  for (let i = 0; i < 7; i++) {
    if (from + i >= end) return -1
    if (bytes[from + i] !== httpVersion[i]) throw wrongStart(bytes[from + i] ?? 0, i)
  }
  if (from + 13 > end) return parseShortStatusLine(bytes, from, end)
  const minor = (bytes[from + 7] ?? 0) - 48
  if (minor !== 0 && minor !== 1)
    throw new AnswerRefused('version', `expected HTTP/1.0 or HTTP/1.1, got ${describeByte(bytes[from + 7] ?? 0)} after "HTTP/1."`)
  if (bytes[from + 8] !== SPACE)
    throw new AnswerRefused('status-line', `expected a space after the version, got ${describeByte(bytes[from + 8] ?? 0)}`)
  let status = 0
  for (let i = 9; i < 12; i++) {
    const digit = (bytes[from + i] ?? 0) - 48
    if (digit < 0 || digit > 9)
      throw new AnswerRefused('status-line', `expected three digits of a status, got ${describeByte(bytes[from + i] ?? 0)}`)
    status = status * 10 + digit
  }
  if (status < 100) throw new AnswerRefused('status-code', `expected a status from 100 to 999, got ${status}`)
  head.minorVersion = minor
  head.status = status
  let at = from + 12
  if (bytes[at] === SPACE) {
    at++
    while (at < end && isFieldByte[bytes[at] ?? 0] === 1) at++
    if (at === end) return -1
    if (bytes[at] !== CR && bytes[at] !== LF)
      throw new AnswerRefused('reason', `the reason phrase contains ${describeByte(bytes[at] ?? 0)}`)
  }
  if (bytes[at] !== CR) {
    const message =
      bytes[at] === LF
        ? 'the status line ends with a line feed alone'
        : `expected a space after the status, got ${describeByte(bytes[at] ?? 0)}`
    throw new AnswerRefused('status-line', message)
  }
  if (at + 1 === end) return -1
  if (bytes[at + 1] !== LF)
    throw new AnswerRefused(
      'line-end',
      `expected a line feed after the carriage return of the status line, got ${describeByte(bytes[at + 1] ?? 0)}`,
    )
  return at + 2
}

/** A status line of which fewer than 13 bytes are there: nothing to say yet unless a byte is already wrong. */
function parseShortStatusLine(bytes: Uint8Array, from: number, end: number): number {
  for (let i = 7; from + i < end; i++) {
    const byte = bytes[from + i] ?? 0
    const fits = i === 8 ? byte === SPACE : byte >= 48 && byte <= (i === 7 ? 49 : 57)
    if (!fits) throw new AnswerRefused(i === 7 ? 'version' : 'status-line', `unexpected ${describeByte(byte)} in the status line`)
  }
  return -1
}

/** Reads header or trailer lines up to and with the empty line; returns the place behind it, or -1 when more bytes are needed. // hot */
export function parseFieldLines(bytes: Uint8Array, from: number, end: number, head: AnswerHead): number {
  let at = from
  for (;;) {
    if (at >= end) return -1
    if (bytes[at] === CR) {
      if (at + 1 === end) return -1
      if (bytes[at + 1] !== LF)
        throw new AnswerRefused(
          'line-end',
          `expected a line feed after a carriage return, got ${describeByte(bytes[at + 1] ?? 0)}`,
        )
      return at + 2
    }
    const nameFrom = at
    while (at < end && isTokenByte[bytes[at] ?? 0] === 1) at++
    if (at === end) return -1
    if (bytes[at] !== COLON || at === nameFrom) throw wrongName(bytes, nameFrom, at)
    const nameLength = at - nameFrom
    at++
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++
    const valueFrom = at
    while (at < end && isFieldByte[bytes[at] ?? 0] === 1) at++
    if (at === end) return -1
    if (bytes[at] !== CR) throw wrongValue(bytes, nameFrom, nameLength, at)
    if (at + 1 === end) return -1
    if (bytes[at + 1] !== LF)
      throw new AnswerRefused(
        'line-end',
        `expected a line feed after the carriage return of the header ${nameAt(bytes, nameFrom, nameLength)}`,
      )
    noteField(bytes, nameFrom, nameLength, valueFrom, at, head)
    at += 2
  }
}

/** Takes note of the headers that decide about framing. // hot */
function noteField(
  bytes: Uint8Array,
  nameFrom: number,
  nameLength: number,
  valueFrom: number,
  valueEnd: number,
  head: AnswerHead,
): void {
  switch (nameLength) {
    case 10:
      if (matchesWord(bytes, nameFrom, connectionName)) noteConnection(bytes, valueFrom, valueEnd, head)
      else if (matchesWord(bytes, nameFrom, setCookieName)) head.setsCookies = true
      break
    case 14:
      if (matchesWord(bytes, nameFrom, contentLengthName)) noteContentLength(bytes, valueFrom, valueEnd, head)
      break
    case 16:
      if (matchesWord(bytes, nameFrom, proxyConnectionName)) noteConnection(bytes, valueFrom, valueEnd, head)
      else if (matchesWord(bytes, nameFrom, contentEncodingName)) head.encoded = true
      break
    case 17:
      if (matchesWord(bytes, nameFrom, transferEncodingName)) noteTransferEncoding(bytes, valueFrom, valueEnd, head)
      break
    default:
  }
}

function noteConnection(bytes: Uint8Array, from: number, end: number, head: AnswerHead): void {
  if (end - from === 10 && matchesWord(bytes, from, keepAliveWord)) {
    head.saysKeepAlive = true
    return
  }
  for (const option of latin1(bytes, from, end).toLowerCase().split(',')) {
    const trimmed = option.trim()
    if (trimmed === 'close') head.saysClose = true
    else if (trimmed === 'keep-alive') head.saysKeepAlive = true
  }
}

function noteContentLength(bytes: Uint8Array, from: number, end: number, head: AnswerHead): void {
  let last = end
  while (last > from && bytes[last - 1] === SPACE) last--
  let length = 0
  for (let i = from; i < last; i++) {
    const digit = (bytes[i] ?? 0) - 48
    if (digit < 0 || digit > 9)
      throw new AnswerRefused(
        'content-length',
        `expected Content-Length to be a number, got "${latin1(bytes, from, Math.min(last, from + 40))}"`,
      )
    length = length * 10 + digit
  }
  if (last === from) throw new AnswerRefused('content-length', 'Content-Length is empty')
  if (length > Number.MAX_SAFE_INTEGER)
    throw new AnswerRefused(
      'content-length',
      `Content-Length ${latin1(bytes, from, Math.min(last, from + 40))} is beyond any body`,
    )
  if (head.contentLength !== -1) {
    throw new AnswerRefused('two-lengths', `Content-Length is given twice (${head.contentLength} and ${length})`)
  }
  if (head.chunked) throw bothFramings()
  head.contentLength = length
}

function noteTransferEncoding(bytes: Uint8Array, from: number, end: number, head: AnswerHead): void {
  let last = end
  while (last > from && bytes[last - 1] === SPACE) last--
  if (head.contentLength !== -1) throw bothFramings()
  if (last - from !== 7 || !matchesWord(bytes, from, chunkedWord) || head.chunked) {
    throw new AnswerRefused(
      'transfer-encoding',
      `expected Transfer-Encoding to be "chunked", once, got "${latin1(bytes, from, Math.min(last, from + 40))}"`,
    )
  }
  head.chunked = true
}

function wrongStart(byte: number, at: number): AnswerRefused {
  if (at === 0 && (byte === CR || byte === LF)) return new AnswerRefused('leading-line', 'the answer begins with an empty line')
  const rule = at >= 5 ? 'version' : 'status-line'
  return new AnswerRefused(rule, `expected the answer to begin with "HTTP/1.", got ${describeByte(byte)} at byte ${at}`)
}

function bothFramings(): AnswerRefused {
  return new AnswerRefused('length-and-chunked', 'the answer has both Content-Length and Transfer-Encoding (request smuggling)')
}

function latin1(bytes: Uint8Array, from: number, end: number): string {
  let text = ''
  for (let i = from; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}

function nameAt(bytes: Uint8Array, from: number, length: number): string {
  return `"${latin1(bytes, from, from + Math.min(length, 60))}"`
}

function wrongName(bytes: Uint8Array, from: number, at: number): AnswerRefused {
  const byte = bytes[at] ?? 0
  if (at === from && (byte === SPACE || byte === TAB))
    return new AnswerRefused('header-name', 'a header is folded over two lines (obsolete line folding)')
  if (at === from) return new AnswerRefused('header-name', `expected the name of a header, got ${describeByte(byte)}`)
  return new AnswerRefused(
    'header-name',
    `expected ":" after the header name ${nameAt(bytes, from, at - from)}, got ${describeByte(byte)}`,
  )
}

function wrongValue(bytes: Uint8Array, from: number, length: number, at: number): AnswerRefused {
  const byte = bytes[at] ?? 0
  if (byte === LF) return new AnswerRefused('line-end', `the header ${nameAt(bytes, from, length)} ends with a line feed alone`)
  return new AnswerRefused(
    'header-value',
    `the value of the header ${nameAt(bytes, from, length)} contains ${describeByte(byte)}`,
  )
}
