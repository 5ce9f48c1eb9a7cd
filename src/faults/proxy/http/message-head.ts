/** How the bytes after a head are delimited (RFC 9112 section 6.3). `raw`: no HTTP any more (an upgrade, a tunnel). */
export type BodyRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-end' }
  | { readonly kind: 'raw' }

export interface RequestHead {
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly body: BodyRule
  /** The connection ends after the answer. */
  readonly closes: boolean
  /** The caller waits for `100 Continue` before it sends the body. */
  readonly waits: boolean
}

export interface AnswerHead {
  readonly status: number
  readonly body: BodyRule
}

/** What the length of an answer depends on besides its own head. */
export interface AnsweredRequest {
  readonly method: string
}

const requestLine = /^([!-~]+) ([!-~]+) HTTP\/1\.([01])(?:\r\n|$)/
const statusLine = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?(?:\r\n|$)/
const length = /^\d{1,15}$/
const none: BodyRule = { kind: 'none' }
const chunked: BodyRule = { kind: 'chunked' }
const untilEnd: BodyRule = { kind: 'until-end' }
const raw: BodyRule = { kind: 'raw' }

/** Undefined when that is no head of a request. `text` is without the empty line at its end. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const line = requestLine.exec(text)
  if (line === null) return undefined
  const [, method = '', target = '', minor] = line
  const lower = text.toLowerCase()
  const told = field(lower, 'content-length')
  const coding = field(lower, 'transfer-encoding')
  const connection = field(lower, 'connection') ?? ''
  const body = coding === undefined ? lengthRule(told, none) : coding.endsWith('chunked') ? chunked : undefined
  if (body === undefined) return undefined
  return {
    method,
    path: pathOf(target),
    body,
    closes: connection.includes('close') || (minor === '0' && !connection.includes('keep-alive')),
    waits: field(lower, 'expect') === '100-continue',
  }
}

/** Undefined when that is no head of an answer. */
export function parseAnswerHead(text: string, request: AnsweredRequest): AnswerHead | undefined {
  const line = statusLine.exec(text)
  if (line === null) return undefined
  const status = Number(line[1])
  const body = answerBody(status, request, text)
  return body && { status, body }
}

function answerBody(status: number, { method }: AnsweredRequest, text: string): BodyRule | undefined {
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return raw
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return none
  const lower = text.toLowerCase()
  const coding = field(lower, 'transfer-encoding')
  if (coding !== undefined) return coding.endsWith('chunked') ? chunked : untilEnd
  return lengthRule(field(lower, 'content-length'), untilEnd)
}

/** The same length said twice is one length (RFC 9110 section 8.6); two lengths are an attack. */
function lengthRule(value: string | undefined, absent: BodyRule): BodyRule | undefined {
  if (value === undefined) return absent
  let text = value
  if (value.includes(',')) {
    const [first = '', ...others] = value.split(',').map((part) => part.trim())
    if (others.some((other) => other !== first)) return undefined
    text = first
  }
  if (!length.test(text)) return undefined
  return text === '0' ? none : { kind: 'length', bytes: Number(text) }
}

/** The first field of that name in a head of lower-case letters. */
function field(lower: string, name: string): string | undefined {
  const at = lower.indexOf(`\r\n${name}:`)
  if (at < 0) return undefined
  const from = at + name.length + 3
  const end = lower.indexOf('\r\n', from)
  return lower.slice(from, end < 0 ? undefined : end).trim()
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  if (path.startsWith('/') || !path.includes('://')) return path
  const slash = path.indexOf('/', path.indexOf('://') + 3)
  return slash < 0 ? '/' : path.slice(slash)
}
