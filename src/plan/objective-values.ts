import { readBytes } from '../base/bytes.ts'
import { readDuration } from '../base/duration.ts'
import { readRate } from '../base/rate.ts'
import { readShare } from '../base/share.ts'
import type { MetricUnit } from '../model/objective-spec.ts'
import type { MetricInfo } from './objective-metrics.ts'

/** A value in the metric's base unit; of a metric whose unit is not known yet, any notation, or those that it names. */
export function readValue(
  word: string,
  unit: MetricUnit | undefined,
  expected: MetricInfo['expected'],
): { readonly value: number; readonly unit?: MetricUnit } | undefined {
  if (unit !== undefined) {
    const value = readIn(word, unit)
    return value === undefined || value > (expected?.most ?? Infinity) ? undefined : { value, unit }
  }
  for (const guess of expected?.units ?? (['count', 'ratio', 'bytes', 'perSec', 'ms', 'bytesPerSec'] as const)) {
    const value = readIn(word, guess)
    // A bare number says nothing about the unit.
    if (value !== undefined) return guess === 'count' ? { value } : { value, unit: guess }
  }
  return undefined
}

function readIn(word: string, unit: MetricUnit): number | undefined {
  const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(word) ? Number(word) : undefined
  switch (unit) {
    case 'count':
      return number
    case 'ratio':
      return number === 0 ? 0 : readShare(word)
    case 'ms':
      return number === 0 ? 0 : readDuration(word)
    case 'sec': {
      const ms = readDuration(word)
      return ms === undefined ? undefined : ms / 1000
    }
    case 'bytes':
      return number === 0 ? 0 : readBytes(word)
    case 'bytesPerSec':
      return /\/s$/.test(word) ? readBytes(word.slice(0, -2)) : undefined
    case 'perSec':
      return number === 0 ? 0 : readRate(word)
  }
}

const examplesOf: Readonly<Record<MetricUnit, string>> = {
  ms: 'a duration such as `100ms`',
  sec: 'a duration such as `30s`',
  ratio: 'a percentage such as `1%` (at most `100%`)',
  bytes: 'a size such as `1GB`',
  bytesPerSec: 'a rate of bytes such as `10MB/s`',
  perSec: 'a rate such as `100/s`',
  count: 'a number',
}

export function valueExamples(unit: MetricUnit | undefined): string {
  return unit === undefined ? 'a number, percentage, size, duration or rate' : examplesOf[unit]
}

export function valueHint(word: string, unit: MetricUnit | undefined): string | undefined {
  if (!/^\d+(\.\d+)?$/.test(word)) return undefined
  if (unit === 'ms') return `Did you mean \`${word}ms\`?`
  if (unit === 'sec') return `Did you mean \`${word}s\`?`
  if (unit === 'ratio') return `Did you mean \`${word.startsWith('0.') ? Number(`${word}e2`) : word}%\`?`
  if (unit === 'perSec') return `Did you mean \`${word}/s\`?`
  return unit === 'bytes' ? `Did you mean \`${word}MB\`?` : undefined
}
