import { ToolError } from '../../base/errors.ts'
import type { OutgoingBody } from './outgoing-body.ts'
import type { PreparedRequest } from './target.ts'

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const forbidden = /[\x00-\x08\x0a-\x1f\x7f]/
const beyondLatin1 = /[^\x00-\xff]/

/** What {@link composeHead} puts together; later parts win over earlier ones: defaults, body, cookies, the request's own headers. */
export interface HeadParts {
  readonly defaults: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly body: OutgoingBody | undefined
  /** Of the jar; empty: none. */
  readonly cookie: string
}

/** The head of a request that has something of its own, as Latin-1 text; with a text body behind it. */
export function composeHead(request: PreparedRequest, parts: HeadParts): string {
  const { headers, body } = parts
  const own = headers === undefined ? undefined : ownNames(headers)
  let { lead } = request
  if (own?.has('host') === true) lead = lead.replace(/\r\nhost: [^\r]*/, '')
  if (own?.has('authorization') === true) lead = lead.replace(/\r\nauthorization: [^\r]*/, '')
  let head = lead
  for (const [name, value] of parts.defaults) if (own?.has(name) !== true) head += fieldLine(name, value)
  if (body !== undefined) head += bodyLines(body, own)
  else if (!request.bodiless) head += 'content-length: 0\r\n'
  if (parts.cookie !== '' && own?.has('cookie') !== true) head += `cookie: ${parts.cookie}\r\n`
  if (headers !== undefined) for (const name of Object.keys(headers)) head += fieldLine(name, headers[name] ?? '')
  return body?.kind === 'text' ? `${head}\r\n${body.text}` : `${head}\r\n`
}

function ownNames(headers: Readonly<Record<string, string>>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const name of Object.keys(headers)) names.add(name.toLowerCase())
  for (const ours of ['content-length', 'transfer-encoding']) {
    if (names.has(ours))
      throw new ToolError(
        'PLAN_INVALID',
        `Expected no \`${ours}\` among the headers of a request: proofload sets it from the body.`,
      )
  }
  return names
}

function bodyLines(body: OutgoingBody, own: ReadonlySet<string> | undefined): string {
  const length = body.kind === 'text' ? body.text.length : body.kind === 'bytes' ? body.bytes.length : body.length
  const type = body.type === undefined || own?.has('content-type') === true ? '' : `content-type: ${body.type}\r\n`
  return `${type}${length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`}\r\n`
}

function fieldLine(name: string, value: unknown): string {
  if (!token.test(name)) throw new ToolError('PLAN_INVALID', `Expected the name of a header, got "${name}".`)
  // Users write plans in JavaScript too: a number is fine, undefined is a mistake that would be sent as a word.
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new ToolError('PLAN_INVALID', `Expected the header ${name} to be a string, got ${typeof value}.`)
  const text = String(value)
  if (forbidden.test(text))
    throw new ToolError('PLAN_INVALID', `The value of the header ${name} contains a line break or another control character.`)
  return `${name}: ${beyondLatin1.test(text) ? Buffer.from(text).toString('latin1') : text}\r\n`
}
