import type { Heard } from './pattern.ts'

/** A whole answer: its head, and its body as text. */
export interface WholeAnswer {
  readonly status: string
  readonly location: string
  readonly body: string
}

interface AnswerEar {
  hear(chunk: Buffer): readonly Heard[]
  /** The connection is over: an answer without a length ends with it. */
  atEnd(): readonly Heard[]
}

/** More of an answer than this is not waited for. */
const mostCharacters = 65_536
const headEnd = '\r\n\r\n'

/** Hears one answer to its end, and what it `says`. Bodies as they come: nothing is unpacked, and no `Accept-Encoding` asks for it. */
export function createAnswerEar(says: (answer: WholeAnswer) => string): AnswerEar {
  let text = ''
  const told = (answer: WholeAnswer): readonly Heard[] => {
    const body = Buffer.from(answer.body, 'latin1').toString('utf8')
    return [{ status: answer.status, text, says: says({ ...answer, body }) }]
  }
  return {
    hear(chunk) {
      text += chunk.toString('latin1')
      const answer = answerIn(text, text.length > mostCharacters)
      return answer === undefined ? [] : told(answer)
    },
    atEnd() {
      const answer = answerIn(text, true)
      return answer === undefined ? [] : told(answer)
    },
  }
}

/** `isAll`: nothing more will come, or is waited for. Undefined: it is not whole. */
function answerIn(text: string, isAll: boolean): WholeAnswer | undefined {
  const end = text.indexOf(headEnd)
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const rest = text.slice(end + headEnd.length)
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  if (status === undefined) return isAll ? { status: 'malformed', location: '', body: '' } : undefined
  // An interim answer (RFC 9110, 15.2) is none yet.
  if (status.startsWith('1')) return answerIn(rest, isAll)
  const body = bodyIn(head, rest)
  if (body === undefined && !isAll) return undefined
  return { status, location: headerIn(head, 'location'), body: body ?? rest }
}

function bodyIn(head: string, rest: string): string | undefined {
  // RFC 9110, 15.3.5 and 15.4.5: these have none.
  if (/^HTTP\/1\.[01] (?:204|304)/.test(head)) return ''
  if (/chunked/i.test(headerIn(head, 'transfer-encoding'))) return unchunked(rest)
  const length = headerIn(head, 'content-length')
  // Without a length it ends with its connection.
  if (!/^\d+$/.test(length)) return undefined
  return rest.length >= Number(length) ? rest.slice(0, Number(length)) : undefined
}

/** RFC 9112, 7.1; undefined while the last chunk is missing. */
function unchunked(text: string): string | undefined {
  let body = ''
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = Number.parseInt(text.slice(at, end), 16)
    if (!(size > 0)) return body
    body += text.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}

function headerIn(head: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*([^\\r\\n]*?)[ \\t]*$`, 'im').exec(head)?.[1] ?? ''
}
