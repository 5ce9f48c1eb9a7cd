import { describeValue } from './check.ts'
import { ToolError } from './errors.ts'

const unitSec: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600 }

export const rateExamples = "a rate such as '50/s', '3000/m' or '1/h'"

/** Per second of `'50/s'`, `'3000/m'`, `'1/h'` or of a number per second; undefined when it is not a rate. */
export function readRate(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^\s*(\d[\d_]*(?:\.\d+)?)\s*\/\s*(s|m|min|h)\s*$/.exec(value)
  return match ? Number(match[1]?.replaceAll('_', '')) / (unitSec[match[2] ?? ''] ?? 1) : undefined
}

export function parseRate(value: string | number): number {
  const rate = readRate(value)
  if (rate === undefined) throw new ToolError('PLAN_INVALID', `Expected ${rateExamples}, got ${describeValue(value)}`)
  return rate
}

/** `50/s`, and slow rates by the minute or hour where that is the rounder number. */
export function formatRate(perSec: number): string {
  for (const [unit, sec] of [
    ['s', 1],
    ['m', 60],
    ['h', 3600],
  ] as const) {
    const value = perSec * sec
    if (value >= 1 && Math.abs(value - Math.round(value)) < 1e-9 * value) return `${Math.round(value)}/${unit}`
  }
  return `${Number(perSec.toPrecision(6))}/s`
}
