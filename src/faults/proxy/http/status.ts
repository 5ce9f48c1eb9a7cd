import { STATUS_CODES } from 'node:http'
import type { HttpAction } from '../../../model/link-fault.ts'
import type { CallToxic } from '../protocol.ts'
import type { RequestHead } from './message-head.ts'

export type StatusAction = Extract<HttpAction, { kind: 'status' }>

export const goOn = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')

/** The answer in the upstream's stead. The connection is kept, unless the caller wanted it closed. */
export function statusAnswer(action: StatusAction, toxic: CallToxic, request: RequestHead): Buffer {
  const { status, retryAfter } = action
  const hasBody = status >= 200 && status !== 204 && status !== 304
  const text = hasBody ? 'A fault of a test answered this request.\n' : ''
  const fields = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...(hasBody ? ['Content-Type: text/plain', `Content-Length: ${text.length}`] : []),
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter === true ? secondsLeft(toxic) : retryAfter}`]),
    `Connection: ${request.closes ? 'close' : 'keep-alive'}`,
  ]
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\n${request.method === 'HEAD' ? '' : text}`)
}

/** Whole seconds, so that who waits for that long is not too early (RFC 9110 section 10.2.3). */
function secondsLeft({ spec, endsAtMs }: CallToxic): number {
  const plannedEndMs = endsAtMs - spec.lifeMs + (spec.forMs ?? spec.lifeMs)
  return Math.max(0, Math.ceil((plannedEndMs - performance.now()) / 1000))
}
