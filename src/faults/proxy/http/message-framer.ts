import type { BodyRule } from './message-head.ts'

/** What a framer finds, in the order of the bytes. Bytes are parts of the chunks that were pushed, not copies. */
export interface MessageSink<Head> {
  /** The head of a message by its text, or undefined when it is none. */
  parse(text: string): Head | undefined
  /** More of a head that is not complete. Answers whether these bytes have been passed on: else they come again with the head. */
  partial(bytes: Buffer): boolean
  /** `bytes`: what of the head was not passed on before; `isWhole` when that is all of it. */
  head(head: Head, bytes: Buffer, isWhole: boolean): void
  /** Bytes of the body as they are on the wire, with the frame of chunks. */
  body(bytes: Buffer): void
  /** The message is complete. */
  end(): void
  /** Bytes that are no HTTP, or no longer. */
  raw(bytes: Buffer): void
  /** It was no HTTP, and everything from here on is `raw`. */
  malformed(): void
}

type State = 'head' | 'length' | 'size' | 'data' | 'data-end' | 'trailer' | 'until-end' | 'raw'

const CR = 13
const LF = 10
const SEMICOLON = 59
const headEnd = Buffer.from('\r\n\r\n')
const largestHead = 64 * 1024
const nothing = Buffer.alloc(0)

/** Cuts one direction of an HTTP/1.1 connection into messages (RFC 9112), without holding any body. */
export class MessageFramer<Head extends { readonly body: BodyRule }> {
  readonly #sink: MessageSink<Head>
  #state: State = 'head'
  /** Of a head that came in pieces. */
  #held: Buffer = nothing
  #passed = 0
  /** Bytes of a body or of a chunk that are still to come; of a size line and a trailer, what has been read of them. */
  #left = 0
  #digits = 0
  #inExtension = false

  constructor(sink: MessageSink<Head>) {
    this.#sink = sink
  }

  /** It keeps bytes of a head that were not passed on. */
  get isHolding(): boolean {
    return this.#held.length > this.#passed
  }

  get #isRaw(): boolean {
    return this.#state === 'raw'
  }

  /** From here on nothing is looked at. */
  becomeRaw(): void {
    this.#state = 'raw'
  }

  // hot
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'head') at = this.#readHead(chunk, at)
      else if (this.#state === 'raw') {
        this.#sink.raw(at === 0 ? chunk : chunk.subarray(at))
        return
      } else at = this.#readBody(chunk, at)
    }
  }

  /** No more bytes come. A body that goes on until the end of the connection is complete now. Answers whether a message was cut off. */
  finish(): boolean {
    if (this.#state === 'until-end') this.#endMessage()
    const isCut = !this.#isRaw && (this.#state !== 'head' || this.#held.length > 0)
    const held = this.#held.subarray(this.#passed)
    this.#held = nothing
    this.#state = 'raw'
    if (held.length > 0) this.#sink.raw(held)
    return isCut
  }

  #readHead(chunk: Buffer, from: number): number {
    const before = this.#held.length
    const bytes = before === 0 ? (from === 0 ? chunk : chunk.subarray(from)) : Buffer.concat([this.#held, chunk.subarray(from)])
    let start = 0 // empty lines before a message are no part of it (RFC 9112 section 2.2)
    while (bytes[start] === CR || bytes[start] === LF) start++
    const end = bytes.indexOf(headEnd, Math.max(start, before - 3))
    if (end < 0 && bytes.length - start <= largestHead) return this.#keepPartial(chunk, from, bytes)
    const head = end < 0 ? undefined : this.#sink.parse(bytes.toString('latin1', start, end))
    const size = head === undefined ? bytes.length : end + 4
    const unpassed = bytes.subarray(this.#passed, size)
    const isWhole = this.#passed === 0
    this.#held = nothing
    this.#passed = 0
    if (head === undefined) {
      this.#state = 'raw'
      this.#sink.malformed()
      this.#sink.raw(unpassed)
      return chunk.length
    }
    this.#begin(head.body)
    this.#sink.head(head, unpassed, isWhole)
    if (head.body.kind === 'none' && !this.#isRaw) this.#endMessage()
    return from + size - before
  }

  #keepPartial(chunk: Buffer, from: number, bytes: Buffer): number {
    const fresh = from === 0 ? chunk : chunk.subarray(from)
    const isPassed = this.#passed === this.#held.length && this.#sink.partial(fresh)
    this.#held = bytes
    if (isPassed) this.#passed = this.#held.length
    return chunk.length
  }

  #begin(rule: BodyRule): void {
    if (rule.kind === 'length') {
      this.#state = 'length'
      this.#left = rule.bytes
    } else if (rule.kind === 'chunked') this.#beginSize()
    else if (rule.kind === 'until-end') this.#state = 'until-end'
    else if (rule.kind === 'raw') this.#state = 'raw'
  }

  /** One span of body: to the end of the message, or of the chunk. */
  #readBody(chunk: Buffer, from: number): number {
    if (this.#state === 'until-end') {
      this.#sink.body(from === 0 ? chunk : chunk.subarray(from))
      return chunk.length
    }
    if (this.#state === 'length') return this.#readLength(chunk, from)
    let at = from
    let isDone = false
    while (at < chunk.length && !isDone) {
      if (this.#state === 'data') at = this.#skip(chunk, at)
      else isDone = this.#readFrameByte(chunk[at++] ?? 0)
      if (this.#state === 'raw') return this.#breakOff(chunk, from, at - 1)
    }
    this.#sink.body(chunk.subarray(from, at))
    if (isDone) this.#endMessage()
    return at
  }

  #readLength(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left)
    this.#left -= end - from
    this.#sink.body(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end))
    if (this.#left === 0) this.#endMessage()
    return end
  }

  #skip(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    this.#left -= end - at
    if (this.#left === 0) this.#state = 'data-end'
    return end
  }

  /** What was good is body, and from the first bad byte on everything is raw. */
  #breakOff(chunk: Buffer, from: number, bad: number): number {
    if (bad > from) this.#sink.body(chunk.subarray(from, bad))
    this.#sink.malformed()
    this.#sink.raw(chunk.subarray(bad))
    return chunk.length
  }

  /** A byte of the frame of chunks (RFC 9112 section 7.1); true when it was the last one of the message. */
  #readFrameByte(byte: number): boolean {
    if (this.#state === 'size') this.#readSizeByte(byte)
    else if (this.#state === 'data-end') {
      if (byte === LF) this.#beginSize()
      else if (byte !== CR) this.#state = 'raw'
    } else if (byte === LF) {
      // A trailer ends with an empty line.
      if (this.#left === 0) return true
      this.#left = 0
    } else if (byte !== CR) this.#left++
    return false
  }

  #readSizeByte(byte: number): void {
    if (byte === LF) {
      if (this.#digits === 0) this.#state = 'raw'
      else if (this.#left === 0) this.#state = 'trailer'
      else this.#state = 'data'
      return
    }
    if (byte === SEMICOLON) this.#inExtension = true
    if (this.#inExtension || byte === CR || byte === 32 || byte === 9) return
    const digit = hexDigit(byte)
    if (digit < 0 || ++this.#digits > 12) this.#state = 'raw'
    else this.#left = this.#left * 16 + digit
  }

  #beginSize(): void {
    this.#state = 'size'
    this.#left = 0
    this.#digits = 0
    this.#inExtension = false
  }

  #endMessage(): void {
    this.#state = 'head'
    this.#left = 0
    this.#sink.end()
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 0x20
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
