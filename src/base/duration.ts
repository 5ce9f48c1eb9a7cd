import { ToolError } from './errors.ts'
import { describeValue } from './check.ts'

const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

export const durationExamples = "a duration such as '500ms', '30s' or '2m'"

/** Milliseconds of `'30s'`, `'500ms'`, `'1m30s'`, `'1h'` or of a number of milliseconds; undefined when it is not a duration. */
export function readDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string' || !/^(\s*\d+(\.\d+)?\s*(us|ms|s|min|m|h|d))+\s*$/.test(value)) return undefined
  let total = 0
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)\s*(us|ms|s|min|m|h|d)/g))
    total += Number(number) * (unitMs[unit ?? ''] ?? 0)
  // 32.093 * 1000 is not 32093 in doubles; nothing finer than a nanosecond was meant.
  return Number(total.toFixed(6))
}

/** As {@link readDuration}, but a mistake is an error: for values that scenarios compute while they run. */
export function parseDuration(value: string | number): number {
  const ms = readDuration(value)
  if (ms === undefined) throw new ToolError('PLAN_INVALID', `Expected ${durationExamples}, got ${describeValue(value)}`)
  return ms
}

/** The shortest exact spelling of a number of milliseconds: `90s` is `1m30s`, `1500` is `1.5s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1) return `${trim(ms * 1000)}us`
  if (ms < 1000) return `${trim(ms)}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = (ms % 60_000) / 1000
  const text = (hours > 0 ? `${hours}h` : '') + (minutes > 0 ? `${minutes}m` : '') + (seconds > 0 ? `${trim(seconds)}s` : '')
  return text === '' ? '0s' : text
}

/** At most six decimals, none that are zero. */
function trim(value: number): string {
  return String(Number(value.toFixed(6)))
}
