import type { HttpFloodAction, MalformedAction, OversizeAction } from '../../model/attack-spec.ts'
import { createStatusEar, requestText } from '../http-text.ts'
import type { PatternOf } from '../pattern.ts'

const answerMs = 5000

/** Requests over kept connections, without waiting for the answers. */
export const httpFlood: PatternOf<HttpFloodAction> = ({ method, path, cacheBuster, bytes }, host) => {
  const body = method === 'POST' ? 'a'.repeat(bytes) : ''
  const mark = path.includes('?') ? '&' : '?'
  const headers = { Connection: 'keep-alive', ...(method === 'POST' ? { 'Content-Type': 'text/plain' } : {}) }
  return {
    style: 'messages',
    answerMs,
    open: () => ({
      message: (n) => requestText({ method, path: cacheBuster ? `${path}${mark}proofload=${n}` : path, host, headers, body }),
      hear: createStatusEar(),
    }),
  }
}

/** A request with very many header lines. */
export const headerFlood: PatternOf<OversizeAction> = ({ path, amount }, host) => {
  const lines = Array.from({ length: amount }, (_, i) => [`X-Proofload-${i}`, 'a'.repeat(32)] as const)
  const request = requestText({ method: 'GET', path, host, headers: { Connection: 'close', ...Object.fromEntries(lines) } })
  return { style: 'tries', answerMs, open: () => ({ opening: request, hear: createStatusEar() }) }
}

/** A body that is larger than the target should take. */
export const hugeBody: PatternOf<OversizeAction> = ({ path, amount }, host) => {
  const request = requestText({
    ...{ method: 'POST', path, host, body: 'a'.repeat(amount) },
    headers: { Connection: 'close', 'Content-Type': 'application/octet-stream' },
  })
  return { style: 'tries', answerMs, open: () => ({ opening: request, hear: createStatusEar() }) }
}

/** What is no HTTP, or wrong HTTP (RFC 9112): each must be answered with 400 or a closed connection, and none with a crash or a hang. Nothing that could smuggle a request past a proxy is among them. */
export const malformedRequests: readonly ((path: string, host: string) => string)[] = [
  () => '\r\n\r\n\r\nnot http at all\r\n\r\n',
  () => '\u0000\u0001\u0002\u00ff\r\n\r\n',
  (path) => `GET ${path} HTTP/1.1\r\n\r\n`,
  (path, host) => `GET ${path} HTTP/9.9\r\nHost: ${host}\r\n\r\n`,
  (path, host) => `G@T ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  (path, host) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nNo colon here\r\n\r\n`,
  (path, host) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nBad\u0000name: a\r\n\r\n`,
  (path, host) => `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: minus one\r\n\r\n`,
  (path, host) => `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
  (path, host) => `GET ${path}${'a'.repeat(20_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  (path, host) => `GET ${path}?%zz%00%ff HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
]

export const malformedHttp: PatternOf<MalformedAction> = ({ path }, host) => ({
  style: 'tries',
  answerMs,
  open: (n) => ({
    opening: Buffer.from(malformedRequests[n % malformedRequests.length]?.(path, host) ?? '', 'latin1'),
    hear: createStatusEar(),
  }),
})
