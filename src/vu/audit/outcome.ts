import { isRecord } from '../../base/check.ts'
import type { AuditOutcome } from '../../model/audit-record.ts'

interface Answer {
  readonly status: number
  readonly ok: boolean
  readonly failure?: unknown
  readonly headers?: unknown
}

/** An HTTP answer, ours or that of `fetch`. */
export function answerOf(value: unknown): Answer | undefined {
  if (!isRecord(value)) return undefined
  const { status, ok } = value
  // Getters of a class, read here so that a response without them is told apart.
  return typeof status === 'number' && typeof ok === 'boolean' ? (value as unknown as Answer) : undefined // both were looked at
}

/** An answer of another protocol, which says itself what is known of its effect. */
function saidBy(value: unknown): AuditOutcome | undefined {
  if (!isRecord(value) || typeof value['ok'] !== 'boolean') return undefined
  const { outcome } = value
  return outcome === 'acknowledged' || outcome === 'failed' || outcome === 'uncertain' ? outcome : undefined
}

/** Failures before anything can have reached the target. */
const neverSent: ReadonlySet<unknown> = new Set(['refused', 'dns', 'timeout-connect', 'tls', 'host-not-allowed'])

/** 408 and 409 say nothing: the first may come after the work, the second because an earlier attempt has done it. */
const promiseNothing: ReadonlySet<number> = new Set([408, 409])

/**
 * What an answer promises about the write that it answers. 503 is a refusal only together with Retry-After: gateways answer 503 as well when the
 * target broke off in the middle of the work (RFC 9110, 15.6.4, promises neither).
 */
export function outcomeOf(value: unknown): AuditOutcome {
  const said = saidBy(value)
  if (said !== undefined) return said
  const answer = answerOf(value)
  if (answer === undefined) return withoutStatus(value)
  const { status, ok, failure } = answer
  if (ok && status > 0 && status < 400) return 'acknowledged'
  if (status === 0) return neverSent.has(failure) ? 'failed' : 'uncertain'
  if (status >= 400 && status < 500) return promiseNothing.has(status) ? 'uncertain' : 'failed'
  return status === 503 && hasRetryAfter(answer.headers) ? 'failed' : 'uncertain'
}

/** A message and its answer, which has no status; anything else that was returned is taken at its word. */
function withoutStatus(value: unknown): AuditOutcome {
  if (!isRecord(value) || value['ok'] !== false || typeof value['failure'] !== 'string') return 'acknowledged'
  return neverSent.has(value['failure']) ? 'failed' : 'uncertain'
}

function hasRetryAfter(headers: unknown): boolean {
  if (headers instanceof Headers) return headers.has('retry-after')
  return isRecord(headers) && headers['retry-after'] !== undefined
}

/** Whether an answer shows what was asked for; undefined: it does not tell. */
export function seenIn(value: unknown): boolean | undefined {
  if (saidBy(value) !== undefined && isRecord(value) && typeof value['rowCount'] === 'number')
    return value['ok'] === true ? value['rowCount'] > 0 : undefined
  const status = answerOf(value)?.status ?? 0
  if (status >= 200 && status < 300) return true
  return status === 404 || status === 410 ? false : undefined
}
