import { ERROR_RESPONSE } from './messages.ts'

/** A message as far as anybody wants to know it. `type` is its letter's code; the messages before log-in have none: 0. */
export interface MessageHead {
  readonly type: number
  /** The first bytes of its content, and all of it when it is short. */
  readonly content: Buffer
}

/** What a framer finds, in the order of the bytes. Bytes are parts of the chunks that were pushed, not copies. */
export interface MessageSink {
  /** Messages of this type go on with their chunk, and nobody wants to know. */
  skips(type: number): boolean
  /** More of a head that is not complete. Answers whether these bytes have been passed on: else they come again with the head. */
  partial(bytes: Buffer): boolean
  /** `bytes`: what was not passed on before; `isWhole` when that is all. */
  head(head: MessageHead, bytes: Buffer, isWhole: boolean): void
  body(bytes: Buffer): void
  end(): void
  /** The single byte that answers a request for encryption. */
  byte(value: number, bytes: Buffer): void
  /** Bytes that are no messages, or not to be read. */
  raw(bytes: Buffer): void
  malformed(): void
}

/** What comes at the border of two messages. */
type Expected = 'startup' | 'byte' | 'typed' | 'raw'

/** So much of a message's content belongs to its head: enough for the names and the first words of a statement. */
const mostContent = 256
/** PostgreSQL's own limits (MAX_STARTUP_PACKET_LENGTH, PQ_LARGE_MESSAGE_LIMIT). */
const longestStartup = 10_000
const longestMessage = 0x3fffffff
const nothing = Buffer.alloc(0)

/** Cuts one direction of a PostgreSQL connection (protocol 3) into messages: a letter, four bytes of length that count themselves, content. */
export class MessageFramer {
  readonly #sink: MessageSink
  #expected: Expected
  /** Of a head that came in pieces. */
  #held: Buffer = nothing
  #passed = 0
  /** Of the message in hand, bytes that are still to come. */
  #left = 0

  /** @param expected `startup`: of a client, whose first messages have no letter */
  constructor(sink: MessageSink, expected: 'startup' | 'typed') {
    this.#sink = sink
    this.#expected = expected
  }

  /** It keeps bytes of a head that were not passed on. */
  get isHolding(): boolean {
    return this.#held.length > this.#passed
  }

  /** What comes after the message in hand. */
  expect(expected: Expected): void {
    this.#expected = expected
  }

  // hot
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) at = this.#readBody(chunk, at)
      else if (this.#expected === 'raw') {
        this.#sink.raw(at === 0 ? chunk : chunk.subarray(at))
        return
      } else if (this.#expected === 'byte' && chunk[at] !== ERROR_RESPONSE) at = this.#readByte(chunk, at)
      else at = this.#readHead(chunk, at)
    }
  }

  /** No more bytes come. */
  finish(): void {
    const held = this.#held.subarray(this.#passed)
    this.#held = nothing
    this.#expected = 'raw'
    if (held.length > 0) this.#sink.raw(held)
  }

  #readBody(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left)
    this.#left -= end - from
    this.#sink.body(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end))
    if (this.#left === 0) this.#sink.end()
    return end
  }

  /** A server that knows nothing of encryption answers with an error, which is a message. */
  #readByte(chunk: Buffer, from: number): number {
    this.#expected = 'typed'
    this.#sink.byte(chunk[from] ?? 0, chunk.subarray(from, from + 1))
    return from + 1
  }

  #readHead(chunk: Buffer, from: number): number {
    const before = this.#held.length
    const bytes = before > 0 ? Buffer.concat([this.#held, chunk.subarray(from)]) : from > 0 ? chunk.subarray(from) : chunk
    const letters = this.#expected === 'startup' ? 0 : 1
    if (bytes.length < letters + 4) return this.#keep(chunk, from, bytes)
    const type = letters === 0 ? 0 : (bytes[0] ?? 0)
    const length = bytes.readUInt32BE(letters)
    if (!isPossible(type, length)) return this.#giveUp(chunk, bytes)
    if (before === 0 && type !== 0 && this.#sink.skips(type)) return this.#skip(chunk, from, 1 + length)
    const size = letters + 4 + Math.min(length - 4, mostContent)
    if (bytes.length < size) return this.#keep(chunk, from, bytes)

    const unpassed = bytes.subarray(this.#passed, size)
    const isWhole = this.#passed === 0
    this.#held = nothing
    this.#passed = 0
    this.#left = letters + length - size
    this.#sink.head({ type, content: bytes.subarray(letters + 4, size) }, unpassed, isWhole)
    if (this.#left === 0) this.#sink.end()
    return from + size - before
  }

  #skip(chunk: Buffer, from: number, size: number): number {
    const end = Math.min(chunk.length, from + size)
    this.#left = from + size - end
    return end
  }

  #keep(chunk: Buffer, from: number, bytes: Buffer): number {
    const fresh = from === 0 ? chunk : chunk.subarray(from)
    const isPassed = this.#passed === this.#held.length && this.#sink.partial(fresh)
    this.#held = bytes
    if (isPassed) this.#passed = bytes.length
    return chunk.length
  }

  #giveUp(chunk: Buffer, bytes: Buffer): number {
    const unpassed = bytes.subarray(this.#passed)
    this.#held = nothing
    this.#passed = 0
    this.#expected = 'raw'
    this.#sink.malformed()
    this.#sink.raw(unpassed)
    return chunk.length
  }
}

function isPossible(type: number, length: number): boolean {
  if (type === 0) return length >= 8 && length <= longestStartup
  return type > 32 && type < 127 && length >= 4 && length <= longestMessage
}
