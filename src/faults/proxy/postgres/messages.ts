/** Letters of the messages that the proxy knows (PostgreSQL documentation, "Message Formats"). A letter may mean one thing up and another down. */
export const QUERY = 81
export const PARSE = 80
export const BIND = 66
export const EXECUTE = 69
export const SYNC = 83
export const FUNCTION_CALL = 70
export const COPY_DONE = 99
export const COPY_FAIL = 102

export const ERROR_RESPONSE = 69
export const COMMAND_COMPLETE = 67
export const EMPTY_QUERY = 73
export const PORTAL_SUSPENDED = 115
export const COPY_IN = 71
export const READY = 90

/** What the first message of a client says instead of the version of the protocol. */
export const CANCEL_REQUEST = 80877102
export const SSL_REQUEST = 80877103
export const ENCRYPTION_REQUEST = 80877104

/** Of the fields of an error: its SQLSTATE. */
const CODE = 67

/** Of a server's answer to a request for encryption. */
export const NO = 78

export interface ServerError {
  readonly severity: 'ERROR' | 'FATAL'
  readonly code: string
  readonly text: string
}

/** As the server itself says it. */
export function errorResponse({ severity, code, text }: ServerError): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${text}`]
  return message(ERROR_RESPONSE, Buffer.from(`${fields.join('\0')}\0\0`))
}

export function query(sql: string): Buffer {
  return message(QUERY, Buffer.from(`${sql}\0`))
}

/** SQLSTATE of an error, as far as it is within the first bytes of its message. */
export function codeOf(content: Buffer): string {
  for (let at = 0; at < content.length && content[at] !== 0;) {
    const { text, end } = readText(content, at + 1)
    if (content[at] === CODE) return text
    at = end
  }
  return ''
}

/** The text up to the next nought, and where what follows begins. */
export function readText(content: Buffer, from: number): { readonly text: string; readonly end: number } {
  const end = content.indexOf(0, from)
  return { text: content.toString('latin1', from, end < 0 ? content.length : end), end: end < 0 ? content.length : end + 1 }
}

function message(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeUInt32BE(content.length + 4, 1)
  return Buffer.concat([head, content])
}
