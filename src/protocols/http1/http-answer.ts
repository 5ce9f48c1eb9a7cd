import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { HttpResponse, ResponseTimings } from '../../model/http-context.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { AnswerParser } from './answer-parser.ts'
import type { Exchange } from './exchange.ts'
import { fieldsOf, headFields, joinFields } from './fields.ts'

const nothing: Readonly<Record<string, string>> = Object.freeze({})
const nonAscii = /[\x80-\xff]/

/** What a scenario gets. Everything but the status is worked out when it is asked for. */
export class HttpAnswer implements HttpResponse {
  readonly status: number
  readonly failure: FailureKind | undefined
  readonly #failureText: string
  readonly #exchange: Exchange
  /** Head and, when quick, body as Latin-1. */
  readonly #text: string
  readonly #headLength: number
  readonly #quick: boolean
  readonly #pieces: Buffer[] | undefined
  readonly #keptWhole: boolean
  readonly #encoded: boolean
  readonly #trailerText: string
  #headers: Readonly<Record<string, string>> | undefined
  #decoded: Buffer | undefined

  constructor(exchange: Exchange, parser: AnswerParser | undefined, failure: FailureKind | undefined, failureText: string) {
    this.#exchange = exchange
    this.failure = failure
    this.#failureText = failureText
    if (parser === undefined) {
      this.status = 0
      this.#text = ''
      this.#headLength = 0
      this.#quick = false
      this.#pieces = undefined
      this.#keptWhole = false
      this.#encoded = false
      this.#trailerText = ''
    } else {
      this.status = parser.head.status
      this.#text = parser.text
      this.#headLength = parser.headLength
      this.#quick = parser.quick
      this.#pieces = parser.pieces
      this.#keptWhole = parser.keptWhole
      this.#encoded = parser.head.encoded
      this.#trailerText = parser.trailers
    }
  }

  get ok(): boolean {
    return this.failure === undefined
  }

  get failureMessage(): string {
    return this.#failureText
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= joinFields(headFields(this.#text, this.#headLength))
    return this.#headers
  }

  get trailers(): Readonly<Record<string, string>> {
    return this.#trailerText === '' ? nothing : joinFields(fieldsOf(this.#trailerText))
  }

  headerValues(name: string): readonly string[] {
    const wanted = name.toLowerCase()
    return headFields(this.#text, this.#headLength).flatMap(([field, value]) => (field === wanted ? [value] : []))
  }

  get url(): string {
    return this.#exchange.request.href
  }

  get redirects(): number {
    return this.#exchange.redirects
  }

  get timings(): ResponseTimings {
    return this.#exchange.timings
  }

  get bytes(): Uint8Array {
    return this.#bytes()
  }

  text(): string {
    // An ASCII body is its own UTF-8 text: no copy.
    if (this.#quick && !this.#encoded && this.status !== 0) {
      const body = this.#text.slice(this.#headLength)
      if (!nonAscii.test(body)) return body
    }
    return this.#bytes().toString('utf8')
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the public interface has it: the caller names the shape
  json<T = unknown>(): T {
    const text = this.text()
    try {
      // The caller says what the answer's shape is; nothing here can know it.
      return JSON.parse(text) as T
    } catch (cause) {
      const start = text.length > 200 ? `${text.slice(0, 200)}…` : text
      const type = this.headers['content-type'] ?? 'no content-type'
      throw new Error(
        `Expected JSON in the answer to ${this.#exchange.name} (status ${this.status}, ${type}), got: ${start === '' ? 'an empty body' : start}`,
        { cause },
      )
    }
  }

  #bytes(): Buffer {
    this.#decoded ??= this.#decode()
    return this.#decoded
  }

  #decode(): Buffer {
    const name = this.#exchange.name
    if (this.status === 0) throw new Error(`There was no answer to ${name}: ${this.#failureText}`)
    if (!this.#keptWhole) {
      throw new Error(
        `The body of the answer to ${name} is larger than what is kept; raise \`keepBody\` of the request or \`http.keptBodyBytes\` of the plan`,
      )
    }
    const raw = this.#quick ? Buffer.from(this.#text.slice(this.#headLength), 'latin1') : Buffer.concat(this.#pieces ?? [])
    const codings = (this.headers['content-encoding'] ?? '')
      .toLowerCase()
      .split(',')
      .map((coding) => coding.trim())
    try {
      return codings.reverse().reduce<Buffer>((bytes, coding) => decodeContent(bytes, coding, this.#exchange.maxBodyBytes), raw)
    } catch (cause) {
      throw new Error(`The body of the answer to ${name} cannot be decoded as ${codings.join(', ')}`, { cause })
    }
  }
}

/** `maxOutputLength` keeps a small answer from becoming gigabytes. */
function decodeContent(bytes: Buffer, coding: string, maxOutputLength: number): Buffer {
  if (bytes.length === 0) return bytes
  const options = { maxOutputLength: Math.min(maxOutputLength, 2 ** 31 - 1) }
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, options)
    case 'deflate':
      // Some servers send raw deflate under this name; a zlib stream begins with method 8.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options)
    case 'br':
      return brotliDecompressSync(bytes, options)
    default:
      return bytes
  }
}
