import type { MetricUnit } from '../model/objective-spec.ts'

/** A value for a sentence: enough digits to compare, no more. */
export function formatValue(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'ms':
      return value >= 10_000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`
    case 'sec':
      return `${digits(value)} s`
    case 'ratio':
      return `${digits(value * 100)} %`
    case 'perSec':
      return `${digits(value)}/s`
    case 'bytes':
      return formatBytes(value)
    case 'bytesPerSec':
      return `${formatBytes(value)}/s`
    case 'count':
      return digits(value)
  }
}

/** Three significant digits; whole numbers whole. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) >= 1000 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** `1 source was`, `2 sources were`. */
export function plural(count: number, one: string, many: string): string {
  return `${digits(count)} ${count === 1 ? one : many}`
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3))
  return `${digits(bytes / 1000 ** step)} ${units[step] ?? 'B'}`
}
