import type { ValidityCheck } from '../model/run-result.ts'
import { digits } from './format-value.ts'

/** Checks that speak of the generator's lack of time. */
const limiting: ReadonlySet<string> = new Set([
  'generator-cpu',
  'event-loop-use',
  'event-loop-delay',
  'late-sends',
  'slip',
  'achieved-rate',
])

/** Those of them that were not ok. */
export function lackOfTime(checks: readonly ValidityCheck[]): readonly ValidityCheck[] {
  return checks.filter(({ id, verdict }) => limiting.has(id) && verdict !== 'ok')
}

/** What they show, with its figures. */
export function lackInWords(raised: readonly ValidityCheck[]): string {
  return raised.map(({ title, value, unit }) => `${title}: ${value === null ? 'unknown' : shown(value, unit)}`).join('; ')
}

function shown(value: number, unit: string): string {
  return unit === 'ratio' ? `${digits(value * 100)} %` : `${digits(value)} ${unit}`
}
