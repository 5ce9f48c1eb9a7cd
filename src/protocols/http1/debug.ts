import type { HttpResponse } from '../../model/http-context.ts'
import type { Exchange } from './exchange.ts'

const shownBody = 2_000

/** `>` lines: what goes out. */
export function describeRequest(exchange: Exchange): string {
  const { wire, body } = exchange
  const headEnd = wire.indexOf('\r\n\r\n')
  const lines = prefix('>', wire.slice(0, headEnd).replaceAll('\r\n', '\n'))
  const text =
    body === undefined
      ? ''
      : body.kind === 'text'
        ? wire.slice(headEnd + 4)
        : body.kind === 'bytes'
          ? readable(body.bytes)
          : `(a stream of ${body.length ?? 'unknown'} bytes)`
  return `${exchange.name} to ${exchange.request.origin.key}\n${lines}${shown('>', text)}`
}

/** `<` lines: what came back. */
export function describeAnswer(exchange: Exchange, answer: HttpResponse): string {
  const { timings } = answer
  const parts = Object.entries(timings)
    .filter(([name, ms]) => name !== 'service' && Number(ms) > 0)
    .map(([name, ms]) => `${name} ${Number(ms).toFixed(1)} ms`)
  const heads = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
  return `${exchange.name} answered ${answer.status} (${parts.join(', ')})\n${prefix('<', heads.join('\n'))}${shown('<', bodyText(answer))}`
}

function bodyText(answer: HttpResponse): string {
  try {
    return readable(answer.bytes)
  } catch (error) {
    return `(${error instanceof Error ? error.message : String(error)})`
  }
}

function readable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, shownBody)).toString('utf8')
  if (/[\x00-\x08\x0e-\x1f]/.test(text)) return `(${bytes.length} bytes that are no text)`
  return bytes.length > shownBody ? `${text}… (${bytes.length} bytes)` : text
}

function shown(mark: string, text: string): string {
  return text === '' ? '' : `\n${mark}\n${prefix(mark, text)}`
}

function prefix(mark: string, text: string): string {
  return text
    .split('\n')
    .map((line) => `${mark} ${line}`)
    .join('\n')
}
