import type { LogInForm } from '../model/attack-spec.ts'
import type { Heard } from './pattern.ts'

/** A request as it goes over the wire; nothing here is checked: an attack may send what a client of ours would not. */
export function requestText({
  method,
  path,
  host,
  headers = {},
  body = '',
}: {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: proofload-attack',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** A log-in as the form of the plan has it, on a connection of its own. */
export function logInText(path: string, host: string, form: LogInForm, [user, password]: readonly [string, string]): string {
  const fields = { [form.userField]: user, [form.passwordField]: password }
  const isJson = form.type === 'json'
  return requestText({
    ...{ method: 'POST', path, host },
    headers: {
      'Content-Type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      Connection: 'close',
    },
    body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
  })
}

const statusLine = /HTTP\/1\.[01] (\d{3})/g
/** Longest beginning of a status line that may be cut off. */
const tailLength = 12

/** Hears the status lines among what comes in, also where a chunk ends within one. */
export function createStatusEar(): (chunk: Buffer) => readonly Heard[] {
  let tail = ''
  return (chunk) => {
    const text = tail + chunk.toString('latin1')
    const heard: Heard[] = []
    let end = 0
    for (const match of text.matchAll(statusLine)) {
      end = match.index + match[0].length
      // An interim answer (RFC 9110, 15.2) is none yet; 101 is one.
      if (match[1] === '100') continue
      heard.push({ status: match[1] ?? '', text })
    }
    tail = text.slice(Math.max(end, text.length - tailLength))
    return heard
  }
}
