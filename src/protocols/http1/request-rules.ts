import { parseDuration } from '../../base/duration.ts'
import { ToolError } from '../../base/errors.ts'
import type { RequestOptions } from '../../model/http-context.ts'
import type { HttpSpec } from '../../model/plan-spec.ts'

/** How one request is to be treated. One shared object for all requests without options. */
export interface RequestRules {
  readonly name: string | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly expect: readonly number[] | undefined
  readonly connectMs: number
  readonly firstByteMs: number
  readonly totalMs: number
  readonly redirects: number
  readonly signal: AbortSignal | undefined
  readonly keepBytes: number
}

const known = new Set([
  'name', 'headers', 'query', 'json', 'form', 'multipart', 'body', 'file', 'expect', 'timeout', 'redirects', 'signal', 'keepBody',
]) // prettier-ignore

export function defaultRules(spec: HttpSpec): RequestRules {
  return {
    name: undefined,
    headers: undefined,
    expect: undefined,
    connectMs: limit(spec.connectTimeoutMs),
    firstByteMs: limit(spec.firstByteTimeoutMs),
    totalMs: limit(spec.timeoutMs),
    redirects: spec.maxRedirects,
    signal: undefined,
    keepBytes: spec.keptBodyBytes,
  }
}

/** Throws ToolError for an option that cannot be used. */
export function rulesOf(options: RequestOptions, defaults: RequestRules): RequestRules {
  for (const key in options) {
    if (!known.has(key))
      throw new ToolError('PLAN_INVALID', `Expected an option of a request (${[...known].join(', ')}), got \`${key}\`.`)
  }
  const { name, headers, expect, timeout, redirects, signal, keepBody } = options
  const parts = typeof timeout === 'object' ? timeout : { total: timeout }
  return {
    name,
    headers,
    expect,
    connectMs: duration('timeout.connect', typeof timeout === 'object' ? timeout.connect : undefined, defaults.connectMs),
    firstByteMs: duration('timeout.firstByte', typeof timeout === 'object' ? timeout.firstByte : undefined, defaults.firstByteMs),
    totalMs: duration('timeout', parts.total, defaults.totalMs),
    redirects: count('redirects', redirects, defaults.redirects),
    signal,
    keepBytes: count('keepBody', keepBody, defaults.keepBytes),
  }
}

const parsed = new Map<string, number>()

function duration(where: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const before = parsed.get(text)
  if (before !== undefined) return before
  const ms = parseDuration(text)
  if (ms <= 0) throw new ToolError('PLAN_INVALID', `Expected \`${where}\` of a request to be longer than nothing, got "${text}".`)
  if (parsed.size < 1000) parsed.set(text, ms)
  return ms
}

function count(where: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (Number.isInteger(value) && value >= 0) return value
  throw new ToolError('PLAN_INVALID', `Expected \`${where}\` of a request to be a whole number, 0 or more, got ${value}.`)
}

/** 0 in the plan: no limit. */
function limit(ms: number): number {
  return ms > 0 ? ms : Infinity
}
