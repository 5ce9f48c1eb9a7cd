import { describeValue } from '../../base/check.ts'
import { parseDuration } from '../../base/duration.ts'
import { ToolError } from '../../base/errors.ts'
import type { AnswerOptions } from '../../model/message-context.ts'

const parsed = new Map<string, number>()

/** Milliseconds of an option; scenarios write the same few over and over. Throws ToolError. */
export function milliseconds(where: string, text: unknown, fallback: number): number {
  if (text === undefined) return fallback
  if (typeof text === 'string') {
    const before = parsed.get(text)
    if (before !== undefined) return before
  }
  if (typeof text !== 'string' && typeof text !== 'number')
    throw new ToolError('PLAN_INVALID', `Expected \`${where}\` to be a duration such as '2s', got ${describeValue(text)}.`)
  const ms = parseDuration(text)
  if (ms <= 0) throw new ToolError('PLAN_INVALID', `Expected \`${where}\` to be longer than nothing, got ${describeValue(text)}.`)
  if (typeof text === 'string' && parsed.size < 1000) parsed.set(text, ms)
  return ms
}

/** 0 in the plan: no limit. */
export function limit(ms: number): number {
  return ms > 0 ? ms : Infinity
}

/** Throws ToolError for an option that nobody knows. */
export function checkKeys(what: string, options: object, known: readonly string[]): void {
  for (const key in options) {
    if (!known.includes(key))
      throw new ToolError('PLAN_INVALID', `Expected an option of ${what} (${known.join(', ')}), got \`${key}\`.`)
  }
}

/** A whole number that an option gives. Throws ToolError. */
export function wholeNumber(where: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
  throw new ToolError('PLAN_INVALID', `Expected \`${where}\` to be a whole number, 1 or more, got ${describeValue(value)}.`)
}

export interface WaitRules {
  readonly name: string | undefined
  readonly timeoutMs: number
  /** Whether what came is good; undefined: all of it is. */
  readonly expect: Expect | undefined
}

export type Expect = (message: unknown) => boolean

const waitKeys = ['name', 'timeout']
const answerKeys = [...waitKeys, 'expect']

/** What `'2s'` or `{ timeout, name, expect }` says; a ping has nothing that could be expected. Throws ToolError. */
export function waitRules(
  what: 'next' | 'request' | 'ping',
  within: string | AnswerOptions<unknown> | undefined,
  fallbackMs: number,
): WaitRules {
  if (typeof within !== 'object')
    return { name: undefined, timeoutMs: milliseconds(`timeout of ${what}`, within, fallbackMs), expect: undefined }
  checkKeys(what, within, what === 'ping' ? waitKeys : answerKeys)
  const { name, timeout, expect } = within
  if (expect !== undefined && typeof expect !== 'function')
    throw new ToolError('PLAN_INVALID', `Expected \`expect\` of ${what} to be a function, got ${describeValue(expect)}.`)
  return { name, timeoutMs: milliseconds(`timeout of ${what}`, timeout, fallbackMs), expect }
}
