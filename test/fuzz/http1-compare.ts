import { AnswerParser } from '../../src/protocols/http1/answer-parser.ts'
import { fieldsOf, headFields } from '../../src/protocols/http1/fields.ts'
import type { RefusalRule } from '../../src/protocols/http1/refusal.ts'
import { AnswerRefused } from '../../src/protocols/http1/refusal.ts'
import type { FuzzStream } from './http1-streams.ts'

/** One answer as both parsers must see it. */
export interface ParsedAnswer {
  readonly status: number
  readonly version: string
  readonly fields: readonly (readonly [string, string])[]
  readonly body: string
  readonly trailers: readonly (readonly [string, string])[]
  readonly keepAlive: boolean
  /** Of llhttp only: what else the rules below look at. */
  readonly reason?: string
  readonly interims?: readonly Interim[]
}

interface Interim {
  readonly status: number
  readonly version: string
  readonly reason: string
  readonly fields: readonly (readonly [string, string])[]
  readonly keepAlive: boolean
}

export interface Reading {
  readonly answers: readonly ParsedAnswer[]
  /** Why reading ended before all requests were answered; undefined: it did not, or the stream just ended. */
  readonly refusal?: { readonly rule: string; readonly message: string }
  /** 1xx answers of llhttp that were not followed by a whole answer. */
  readonly interims?: readonly Interim[]
}

const limits = { maxHeaderBytes: 60_000, maxBodyBytes: Number.MAX_SAFE_INTEGER }
const shared = Buffer.alloc(1 << 17)

/** Cuts bytes at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const list: Buffer[] = []
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    if (cut > from) list.push(bytes.subarray(from, cut))
    from = Math.max(from, cut)
  }
  return list
}

/** Our parser. The pieces go through one buffer that is overwritten after each, as sockets do it. */
export function readOurs(stream: FuzzStream, bytes: Buffer, cuts: readonly number[]): Reading {
  const answers: ParsedAnswer[] = []
  const parser = new AnswerParser(limits)
  let next = 0
  const begin = (): boolean => {
    const method = stream.methods[next++]
    if (method === undefined || answers.at(-1)?.keepAlive === false) return false
    parser.begin(method === 'HEAD', Infinity)
    return true
  }
  begin()
  try {
    for (const piece of pieces(bytes, cuts)) {
      let rest = piece
      while (rest.length > 0) {
        rest.copy(shared)
        const left = parser.push(shared, rest.length)
        shared.fill(0xaa, 0, rest.length)
        if (!parser.done) break
        answers.push(ourAnswer(parser))
        if (!begin()) return { answers }
        rest = rest.subarray(rest.length - left)
      }
    }
  } catch (error) {
    if (error instanceof AnswerRefused) return { answers, refusal: { rule: error.rule, message: error.message } }
    throw error
  }
  if (parser.finish()) answers.push(ourAnswer(parser))
  return { answers }
}

function ourAnswer(parser: AnswerParser): ParsedAnswer {
  const { head } = parser
  const body = parser.quick ? parser.text.slice(parser.headLength) : Buffer.concat(parser.pieces ?? []).toString('latin1')
  return {
    status: head.status,
    version: `1.${head.minorVersion}`,
    fields: headFields(parser.text, parser.headLength),
    body,
    trailers: fieldsOf(parser.trailers),
    keepAlive: parser.keepAlive,
  }
}

/** What of Node's own binding is used here; it has no types. */
interface LlhttpParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void
  execute(bytes: Buffer): number | Error
  finish(): Error | undefined
  [callback: number]: unknown
}
interface LlhttpClass {
  new (): LlhttpParser
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}
// process.binding is how Node's tests reach llhttp; it is not in the types.
const { HTTPParser } = (process as unknown as { binding(name: string): { HTTPParser: LlhttpClass } }).binding('http_parser')
const llhttp = new HTTPParser()

/** Node's parser (llhttp), as `http.request` uses it. */
export function readTheirs(stream: FuzzStream, bytes: Buffer, cuts: readonly number[]): Reading {
  const answers: ParsedAnswer[] = []
  let lines: string[] = []
  let head = undefined as Interim | undefined // as `over`
  let interims: Interim[] = []
  let body = ''
  let over = false as boolean // callbacks change it, which the compiler does not see
  llhttp.initialize(HTTPParser.RESPONSE, {}, limits.maxHeaderBytes, 0)
  llhttp[HTTPParser.kOnHeaders] = (list: string[]) => {
    lines.push(...list)
  }
  llhttp[HTTPParser.kOnHeadersComplete] = (
    major: number,
    minor: number,
    list: string[] | undefined,
    _m: number,
    _u: string,
    status: number,
    reason: string,
    upgrade: boolean,
    keepAlive: boolean,
  ) => {
    if (list !== undefined) lines.push(...list)
    head = { status, version: `${major}.${minor}`, reason, fields: pairs(lines), keepAlive }
    lines = []
    body = ''
    if (upgrade) return 2
    if (status >= 100 && status < 200) return 1
    return stream.methods[answers.length] === 'HEAD' ? 1 : 0
  }
  llhttp[HTTPParser.kOnBody] = (piece: Buffer) => {
    body += piece.toString('latin1')
  }
  llhttp[HTTPParser.kOnMessageComplete] = () => {
    const trailers = pairs(lines)
    lines = []
    if (over || head === undefined) return
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      interims.push(head)
      return
    }
    answers.push({ ...head, body, trailers, interims })
    interims = []
    over = !head.keepAlive || answers.length === stream.methods.length
  }
  for (const piece of pieces(bytes, cuts)) {
    const result = llhttp.execute(piece)
    if (over) return { answers }
    if (result instanceof Error) return { answers, refusal: refusalOf(result), interims }
  }
  const result = llhttp.finish()
  return result instanceof Error && !over ? { answers, refusal: refusalOf(result) } : { answers }
}

function refusalOf(error: Error): { rule: string; message: string } {
  const { code, reason } = error as Error & { code?: string; reason?: string } // fields that the binding adds
  return { rule: code ?? '', message: reason ?? error.message }
}

function pairs(list: readonly string[]): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = []
  for (let i = 0; i < list.length; i += 2) fields.push([list[i]!.toLowerCase(), list[i + 1]!])
  return fields
}

/** The answer of llhttp with the 1xx answers before it: a rule may look at each. */
type Heads = readonly Interim[]

/** Where we refuse on purpose what llhttp takes; each looks at what llhttp made of that very answer. */
const stricter: Readonly<Partial<Record<RefusalRule, (heads: Heads, bytes: string, answer: ParsedAnswer) => boolean>>> = {
  // Only HTTP/1.0 and 1.1 are spoken here.
  version: (heads) => heads.some((head) => !/^1\.[01]$/.test(head.version)),
  'status-code': (heads) => heads.some((head) => head.status < 100),
  'switching-protocols': (heads) => heads.some((head) => head.status === 101),
  // RFC 9112 section 4: a reason phrase has no control characters.
  reason: (heads) => heads.some((head) => /[\x00-\x08\x0b-\x1f\x7f]/.test(head.reason)),
  // An empty line before a status line is what is left of an answer that was longer than it said.
  'leading-line': (_, bytes) => /(^|[^])[\r\n]HTTP\//.test(bytes),
  // Only "chunked", once, and no tab behind it (which llhttp reads as another coding): other codings would have to be undone, and lists of them are how answers are smuggled.
  'transfer-encoding': (heads, bytes, answer) =>
    /chunked[ ]*\t/i.test(bytes) ||
    heads.some((head) => oddTransferEncoding(head.fields)) ||
    fieldValues(answer.trailers, 'transfer-encoding').length > 0,
  // llhttp takes a second carriage return for the line feed that ends a status line.
  'line-end': (_, bytes) => /HTTP\/\d\.\d \d{3}[^\r\n]*\r\r/.test(bytes),
  // Numbers are exact here up to 2^53, there up to 2^64.
  'content-length': (heads, _, answer) =>
    [...heads, { fields: answer.trailers }].some((head) =>
      fieldValues(head.fields, 'content-length').some((value) => Number(value) > Number.MAX_SAFE_INTEGER),
    ),
  // RFC 9112 section 7.1.1 in full; llhttp takes an empty name.
  'chunk-extension': (_, bytes) => /[0-9a-f];[^\n]*\r\n/i.test(bytes),
}

function fieldValues(fields: ParsedAnswer['fields'], name: string): readonly string[] {
  return fields.flatMap(([field, value]) => (field === name ? [value] : []))
}

function oddTransferEncoding(fields: ParsedAnswer['fields']): boolean {
  const codings = fieldValues(fields, 'transfer-encoding')
  return codings.length > 1 || (codings.length === 1 && codings[0]?.toLowerCase() !== 'chunked')
}

/** Where we close a connection that llhttp would keep: it overlooks `close` before a tab, in HTTP/1.0 beside `keep-alive`, and until the next answer in trailers. */
function closesMore(our: ParsedAnswer, their: ParsedAnswer, bytes: string): boolean {
  if (our.keepAlive || !their.keepAlive) return false
  if (fieldValues(our.trailers, 'connection').length + fieldValues(our.trailers, 'proxy-connection').length > 0) return true
  const options = [...fieldValues(our.fields, 'connection'), ...fieldValues(our.fields, 'proxy-connection')].join().toLowerCase()
  return options.includes('close') && (our.version === '1.0' || /connection:[^\r\n]*close[ ]*\t/i.test(bytes))
}

function headsOf(their: ParsedAnswer): Heads {
  return [...(their.interims ?? []), { ...their, reason: their.reason ?? '' }]
}

/**
 * Where we keep a connection that llhttp would close: it does not know of HEAD when it decides (without a length it expects a body until the end
 * of the stream), and it overlooks the `keep-alive` of HTTP/1.0 before a tab.
 */
function keepsMore(our: ParsedAnswer, their: ParsedAnswer, method: string | undefined, bytes: string): boolean {
  if (!our.keepAlive || their.keepAlive) return false
  if (our.version === '1.0' && /connection:[^\r\n]*keep-alive[ ]*\t/i.test(bytes)) return true
  return (
    method === 'HEAD' &&
    fieldValues(our.fields, 'content-length').length === 0 &&
    fieldValues(our.fields, 'transfer-encoding').length === 0
  )
}

/** The first disagreement of the two readings that no rule above allows, in words; undefined: they agree. */
export function disagreement(ours: Reading, theirs: Reading, { bytes, methods }: FuzzStream): string | undefined {
  const count = Math.max(ours.answers.length, theirs.answers.length)
  for (let i = 0; i < count; i++) {
    const our = ours.answers[i]
    const their = theirs.answers[i]
    if (our === undefined) {
      const rule = ours.refusal?.rule as RefusalRule | undefined // Reading.refusal of ours holds one of our rules
      if (rule !== undefined && their !== undefined && stricter[rule]?.(headsOf(their), bytes, their) === true) return undefined
      return `answer ${i}: we refuse (${ours.refusal?.rule ?? 'incomplete'}: ${ours.refusal?.message ?? ''}), llhttp reads status ${their?.status ?? 0}`
    }
    if (
      their === undefined &&
      theirs.refusal?.rule === 'HPE_CLOSED_CONNECTION' &&
      theirs.interims?.some((interim) => !interim.keepAlive) === true
    )
      return undefined
    if (their === undefined)
      return `answer ${i}: we read status ${our.status}, llhttp refuses (${theirs.refusal?.rule ?? 'incomplete'}: ${theirs.refusal?.message ?? ''})`
    if (keepsMore(our, their, methods[i], bytes)) return undefined
    if (closesMore(our, their, bytes)) return undefined
    const difference = firstDifference(our, their)
    if (difference !== undefined) return `answer ${i}: ${difference}`
    if (!our.keepAlive) return undefined
  }
  return undefined
}

function firstDifference(our: ParsedAnswer, their: ParsedAnswer): string | undefined {
  if (our.status !== their.status) return `status ${our.status} against ${their.status}`
  if (our.version !== their.version) return `version ${our.version} against ${their.version}`
  if (our.body !== their.body) return `body of ${our.body.length} against ${their.body.length} bytes`
  if (our.keepAlive !== their.keepAlive) return `keep-alive ${our.keepAlive} against ${their.keepAlive}`
  if (!sameFields(our.fields, their.fields))
    return `headers ${JSON.stringify(our.fields)} against ${JSON.stringify(their.fields)}`
  if (!sameFields(our.trailers, their.trailers))
    return `trailers ${JSON.stringify(our.trailers)} against ${JSON.stringify(their.trailers)}`
  return undefined
}

function sameFields(a: ParsedAnswer['fields'], b: ParsedAnswer['fields']): boolean {
  return a.length === b.length && a.every(([name, value], i) => name === b[i]?.[0] && value === b[i][1])
}
