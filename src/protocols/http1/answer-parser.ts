import { AnswerHead, parseFieldLines, parseStatusLine } from './answer-head.ts'
import { AnswerRefused } from './refusal.ts'
import { CR, LF, SEMICOLON, describeByte, hexValue, isFieldByte } from './syntax.ts'

export interface AnswerLimits {
  readonly maxHeaderBytes: number
  readonly maxBodyBytes: number
}

/** Answers up to this size that come in one piece are kept as one string: cheaper than a buffer, and most answers are small. */
const quickBytes = 16_384
const maxChunkLine = 16_384
const trailerHead = new AnswerHead()

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'until-close' | 'done'

/**
 * Reads one answer after the other from bytes cut anywhere. It keeps no reference to the bytes it is given.
 *
 *   begin() → head ─┬─ 1xx → head                        push() returns how many bytes were left over
 *                   ├─ no body → done                    finish() is for the end of the stream
 *                   ├─ Content-Length → fixed → done
 *                   ├─ chunked → chunk-size ⇄ chunk-data, chunk-end … → trailers → done
 *                   └─ otherwise → until-close → finish() → done
 */
export class AnswerParser {
  readonly head = new AnswerHead()
  /** The head's text; when `quick`, with the body behind it. Latin-1. */
  text = ''
  headLength = 0
  quick = false
  /** Kept pieces of the body, when not `quick`. */
  pieces: Buffer[] | undefined
  bodyBytes = 0
  trailers = ''
  /** Whether the connection may be used again after this answer. */
  keepAlive = false
  #state: State = 'done'
  #forHead = false
  #keep = 0
  #kept = 0
  /** Bytes still to come of the body or the chunk. */
  #left = 0
  #pending: Buffer | undefined
  readonly #limits: AnswerLimits

  constructor(limits: AnswerLimits) {
    this.#limits = limits
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  get keptWhole(): boolean {
    return this.quick || this.#kept === this.bodyBytes
  }

  /** Expects an answer, to a HEAD request or another; `keep`: most bytes of the body to keep. */
  begin(forHead: boolean, keep: number): void {
    this.#state = 'head'
    this.#forHead = forHead
    this.#keep = keep
    this.#kept = 0
    this.text = ''
    this.quick = false
    this.pieces = undefined
    this.bodyBytes = 0
    this.trailers = ''
    this.#pending = undefined
  }

  /** The answer has been taken: keeps nothing of it while the connection is idle. */
  release(): void {
    this.text = ''
    this.pieces = undefined
  }

  /** Reads bytes; returns how many of them lie behind the end of the answer. Throws {@link AnswerRefused}. // hot */
  push(chunk: Buffer, end: number): number {
    let bytes = chunk
    let at = 0
    let stop = end
    if (this.#pending !== undefined) {
      bytes = Buffer.concat([this.#pending, chunk.subarray(0, end)])
      stop = bytes.length
      this.#pending = undefined
    }
    while (this.#state !== 'done') {
      if (at === stop) return 0
      const next = this.#step(bytes, at, stop)
      if (next === -1) {
        this.#pending = Buffer.from(bytes.subarray(at, stop))
        return 0
      }
      at = next
    }
    return stop - at
  }

  /** The peer has ended its side: true when that completes the answer. */
  finish(): boolean {
    if (this.#state === 'until-close') this.#state = 'done'
    return this.#state === 'done'
  }

  /** How far the answer has come, for the message of a failure. */
  get progress(): string {
    if (this.#state === 'head')
      return this.#pending === undefined ? 'before any byte of the answer' : 'within the header of the answer'
    if (this.#state === 'fixed') return `after ${this.bodyBytes} of ${this.bodyBytes + this.#left} bytes of the body`
    return `after ${this.bodyBytes} bytes of the body`
  }

  #step(bytes: Buffer, at: number, stop: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at, stop)
      case 'fixed': {
        const next = Math.min(stop, at + this.#left)
        this.#take(bytes, at, next)
        this.#left -= next - at
        if (this.#left === 0) this.#state = 'done'
        return next
      }
      case 'until-close':
        this.#take(bytes, at, stop)
        return stop
      case 'chunk-size':
        return this.#readChunkSize(bytes, at, stop)
      case 'chunk-data': {
        const next = Math.min(stop, at + this.#left)
        this.#take(bytes, at, next)
        this.#left -= next - at
        if (this.#left === 0) this.#state = 'chunk-end'
        return next
      }
      case 'chunk-end':
        return this.#readChunkEnd(bytes, at, stop)
      case 'trailers':
        return this.#readTrailers(bytes, at, stop)
      case 'done':
        return at
    }
  }

  #readHead(bytes: Buffer, from: number, stop: number): number {
    const head = this.head
    head.reset()
    const afterStatus = parseStatusLine(bytes, from, stop, head)
    const at = afterStatus === -1 ? -1 : parseFieldLines(bytes, afterStatus, stop, head)
    if ((at === -1 ? stop : at) - from > this.#limits.maxHeaderBytes) {
      throw new AnswerRefused('header-size', `the header is larger than the limit of ${this.#limits.maxHeaderBytes} bytes`)
    }
    if (at === -1) return -1
    const status = head.status
    if (status < 200) {
      if (status === 101)
        throw new AnswerRefused('switching-protocols', 'the target switched protocols (101) without being asked')
      return at
    }
    this.keepAlive = head.keepAlive
    this.headLength = at - from
    const length = head.contentLength
    if (this.#forHead || status === 204 || status === 304 || length === 0) {
      this.quick = true
      this.text = bytes.toString('latin1', from, at)
      this.#state = 'done'
    } else if (length > 0) {
      return this.#beginFixed(bytes, from, at, stop, length)
    } else {
      this.text = bytes.toString('latin1', from, at)
      this.#state = head.chunked ? 'chunk-size' : 'until-close'
      if (!head.chunked) this.keepAlive = false
    }
    return at
  }

  #beginFixed(bytes: Buffer, from: number, at: number, stop: number, length: number): number {
    if (length > this.#limits.maxBodyBytes) this.#refuseBody(length)
    const end = at + length
    if (end <= stop && length <= this.#keep && end - from <= quickBytes) {
      this.quick = true
      this.text = bytes.toString('latin1', from, end)
      this.bodyBytes = length
      this.#state = 'done'
      return end
    }
    this.text = bytes.toString('latin1', from, at)
    this.#left = length
    this.#state = 'fixed'
    return at
  }

  /** chunk-size [ chunk-ext ] CRLF, RFC 9112 section 7.1. */
  #readChunkSize(bytes: Buffer, from: number, stop: number): number {
    let at = from
    let size = 0
    while (at < stop) {
      const digit = hexValue[bytes[at] ?? 0] ?? 255
      if (digit === 255) break
      size = size * 16 + digit
      at++
      if (size > Number.MAX_SAFE_INTEGER) throw new AnswerRefused('chunk-size', 'the size of a chunk is beyond any body')
    }
    if (at - from > maxChunkLine) throw new AnswerRefused('chunk-size', 'the size of a chunk has too many digits')
    if (at === stop) return -1
    const byte = bytes[at] ?? 0
    if (at === from || (byte !== CR && byte !== SEMICOLON)) {
      throw new AnswerRefused('chunk-size', `expected the size of a chunk in hexadecimal digits, got ${describeByte(byte)}`)
    }
    if (byte === SEMICOLON) {
      const extension = at
      while (at < stop && isFieldByte[bytes[at] ?? 0] === 1) at++
      if (at - extension > maxChunkLine)
        throw new AnswerRefused('chunk-extension', `a chunk extension is larger than ${maxChunkLine} bytes`)
      if (at === stop) return -1
      if (bytes[at] !== CR)
        throw new AnswerRefused('chunk-extension', `a chunk extension contains ${describeByte(bytes[at] ?? 0)}`)
      checkChunkExtension(bytes.toString('latin1', extension, at))
    }
    if (at + 1 === stop) return -1
    if (bytes[at + 1] !== LF)
      throw new AnswerRefused(
        'chunk-size',
        `expected a line feed after the size of a chunk, got ${describeByte(bytes[at + 1] ?? 0)}`,
      )
    if (this.bodyBytes + size > this.#limits.maxBodyBytes) this.#refuseBody(this.bodyBytes + size)
    this.#left = size
    this.#state = size === 0 ? 'trailers' : 'chunk-data'
    return at + 2
  }

  #readChunkEnd(bytes: Buffer, at: number, stop: number): number {
    if (bytes[at] !== CR)
      throw new AnswerRefused('chunk-end', `expected CRLF after the data of a chunk, got ${describeByte(bytes[at] ?? 0)}`)
    if (at + 1 === stop) return -1
    if (bytes[at + 1] !== LF)
      throw new AnswerRefused(
        'chunk-end',
        `expected CRLF after the data of a chunk, got ${describeByte(bytes[at + 1] ?? 0)} after CR`,
      )
    this.#state = 'chunk-size'
    return at + 2
  }

  #readTrailers(bytes: Buffer, from: number, stop: number): number {
    // Trailers must not say anything about framing (RFC 9110 section 6.5.1): as the body is chunked already, such a field is refused.
    trailerHead.reset()
    trailerHead.chunked = true
    const at = parseFieldLines(bytes, from, stop, trailerHead)
    if ((at === -1 ? stop : at) - from > this.#limits.maxHeaderBytes) {
      throw new AnswerRefused('header-size', `the trailers are larger than the limit of ${this.#limits.maxHeaderBytes} bytes`)
    }
    if (at === -1) return -1
    if (trailerHead.saysClose) this.keepAlive = false
    if (at - from > 2) this.trailers = bytes.toString('latin1', from, at)
    this.#state = 'done'
    return at
  }

  #take(bytes: Buffer, from: number, to: number): void {
    this.bodyBytes += to - from
    if (this.bodyBytes > this.#limits.maxBodyBytes) this.#refuseBody(this.bodyBytes)
    const room = this.#keep - this.#kept
    if (room <= 0) return
    const end = Math.min(to, from + room)
    // The copy is what makes one read buffer for all sockets possible.
    const piece = Buffer.from(bytes.subarray(from, end))
    if (this.pieces === undefined) this.pieces = [piece]
    else this.pieces.push(piece)
    this.#kept += end - from
  }

  #refuseBody(size: number): never {
    throw new AnswerRefused(
      'body-size',
      `the body (${size} bytes or more) is larger than the limit of ${this.#limits.maxBodyBytes} bytes`,
    )
  }
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const chunkExtension = new RegExp(
  `^(;${token}(=(${token}|"([\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"))?)*$`,
)

function checkChunkExtension(text: string): void {
  if (!chunkExtension.test(text))
    throw new AnswerRefused('chunk-extension', `expected chunk extensions like ";name=value", got "${text.slice(0, 60)}"`)
}
