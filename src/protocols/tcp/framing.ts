import { describeValue } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'
import type { Framing } from '../../model/message-context.ts'

/** Cuts what is read into messages, and wraps those that are sent. One a connection: it keeps what has not come whole. */
export interface Framer {
  /** Throws FrameRefused. // hot */
  read(chunk: Buffer, deliver: Deliver): void
  wrap(message: string | Uint8Array): string | Uint8Array
  /** Something has come of a message that has not come whole. */
  readonly isBetween: boolean
}

/** `size`: with what frames it. Bytes are its own. */
export type Deliver = (text: string | undefined, bytes: Uint8Array | undefined, size: number) => void

/** Thrown inside the client when what came is no message; becomes a failure, never reaches the user. */
export class FrameRefused extends Error {
  readonly kind: 'too-large' | 'malformed'

  constructor(kind: 'too-large' | 'malformed', message: string) {
    super(message)
    this.kind = kind
  }
}

export interface FramerOptions {
  readonly maxBytes: number
  readonly text: boolean | undefined
}

/** Throws ToolError for a framing that there is not. */
export function framerOf(framing: Framing, { maxBytes, text }: FramerOptions): Framer {
  if (framing === 'line') return new LineFramer(maxBytes, text ?? true)
  const rules = { maxBytes, text: text ?? false }
  if (typeof framing === 'function') return new PlanFramer(framing, { ...rules, prefix: 0 })
  // A scenario without types may pass anything.
  const prefix = typeof framing === 'object' ? (framing as { lengthPrefix?: unknown } | null)?.lengthPrefix : undefined
  if (prefix === 1 || prefix === 2 || prefix === 4) return new PlanFramer(lengthAfter(prefix, maxBytes), { ...rules, prefix })
  throw new ToolError(
    'PLAN_INVALID',
    `Expected \`framing\` of tcp.connect to be 'line', { lengthPrefix: 1, 2 or 4 } or a function, got ${describeValue(framing)}.`,
  )
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

class LineFramer implements Framer {
  readonly #maxBytes: number
  readonly #text: boolean
  /** Pieces of a line that has not ended. */
  #pieces: Buffer[] = []
  #held = 0

  constructor(maxBytes: number, text: boolean) {
    this.#maxBytes = maxBytes
    this.#text = text
  }

  get isBetween(): boolean {
    return this.#held > 0
  }

  read(chunk: Buffer, deliver: Deliver): void {
    let from = 0
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      const size = this.#held + at + 1 - from
      this.#limit(size - 1)
      const line = this.#held === 0 ? chunk.subarray(from, at) : this.#join(chunk.subarray(from, at))
      from = at + 1
      const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length
      if (this.#text) deliver(line.toString('utf8', 0, end), undefined, size)
      else deliver(undefined, Uint8Array.from(line.subarray(0, end)), size)
    }
    if (from === chunk.length) return
    this.#held += chunk.length - from
    this.#pieces.push(Buffer.from(chunk.subarray(from)))
    this.#limit(this.#held)
  }

  wrap(message: string | Uint8Array): string | Uint8Array {
    if (typeof message === 'string') return `${message}\n`
    return Buffer.concat([message, Buffer.of(lineFeed)])
  }

  #join(last: Buffer): Buffer {
    const line = Buffer.concat([...this.#pieces, last])
    this.#pieces = []
    this.#held = 0
    return line
  }

  #limit(bytes: number): void {
    if (bytes > this.#maxBytes) throw new FrameRefused('too-large', `a line of more than ${this.#maxBytes} bytes`)
  }
}

/** Bytes of the first message with its prefix; 0 while the prefix has not come. */
function lengthAfter(prefix: 1 | 2 | 4, maxBytes: number): (bytes: Buffer) => number {
  return (bytes) => {
    if (bytes.length < prefix) return 0
    const length = bytes.readUIntBE(0, prefix)
    if (length > maxBytes) throw new FrameRefused('too-large', `a message of ${length} bytes, more than ${maxBytes}`)
    return prefix + length
  }
}

/** Asks a function how long the first message is. With a prefix, that is taken off what comes and put before what goes. */
class PlanFramer implements Framer {
  readonly #lengthOf: (bytes: Buffer) => number
  readonly #maxBytes: number
  readonly #prefix: 0 | 1 | 2 | 4
  readonly #text: boolean
  #held: Buffer = nothing

  constructor(
    lengthOf: (bytes: Buffer) => number,
    { maxBytes, text, prefix }: { maxBytes: number; text: boolean; prefix: 0 | 1 | 2 | 4 },
  ) {
    this.#lengthOf = lengthOf
    this.#maxBytes = maxBytes
    this.#text = text
    this.#prefix = prefix
  }

  get isBetween(): boolean {
    return this.#held.length > 0
  }

  read(chunk: Buffer, deliver: Deliver): void {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (bytes.length > 0) {
      const length = this.#lengthOf(bytes)
      if (!Number.isInteger(length) || length < 0)
        throw new FrameRefused('malformed', `the plan's \`framing\` says that a message has ${length} bytes`)
      if (length === 0 || length > bytes.length) break
      if (this.#text) deliver(bytes.toString('utf8', this.#prefix, length), undefined, length)
      else deliver(undefined, Uint8Array.from(bytes.subarray(this.#prefix, length)), length)
      bytes = bytes.subarray(length)
    }
    this.#held = bytes.length === 0 ? nothing : Buffer.from(bytes)
    if (this.#held.length > this.#maxBytes + this.#prefix)
      throw new FrameRefused('too-large', `a message of more than ${this.#maxBytes} bytes`)
  }

  wrap(message: string | Uint8Array): string | Uint8Array {
    if (this.#prefix === 0) return message
    const body = typeof message === 'string' ? Buffer.from(message) : message
    if (body.length >= 2 ** (8 * this.#prefix))
      throw new ToolError(
        'PLAN_INVALID',
        `Expected a message that ${this.#prefix} bytes can say the length of, got ${body.length} bytes.`,
      )
    const whole = Buffer.allocUnsafe(this.#prefix + body.length)
    whole.writeUIntBE(body.length, 0, this.#prefix)
    whole.set(body, this.#prefix)
    return whole
  }
}

const nothing = Buffer.alloc(0)
