import { formatDuration } from '../base/duration.ts'
import { formatShare } from '../base/share.ts'
import type { MetricRef, MetricUnit, ObjectiveSpec } from '../model/objective-spec.ts'

/** The canonical text of an objective: reading it gives the same objective again. */
export function formatObjective({ metric, op, value, word, unit, overSec, forSec, during }: ObjectiveSpec): string {
  const name = metric.selector === undefined ? metric.name : `${metric.name}(${formatSelector(metric.selector)})`
  const parts = [name, op, word ?? formatIn(value, unit)]
  if (overSec !== undefined) parts.push('over', formatDuration(overSec * 1000))
  if (forSec !== undefined) parts.push('for', formatDuration(forSec * 1000))
  if (during !== undefined)
    parts.push('during', during !== during.trim() || during.startsWith('"') ? JSON.stringify(during) : during)
  return parts.join(' ')
}

function formatSelector({ kind, name }: NonNullable<MetricRef['selector']>): string {
  const bare =
    name === name.trim() &&
    /^[^"\\]+$/.test(name) &&
    pairs(name) &&
    !/^(request|step|scenario|check|fault|link|attack):/.test(name)
  const isOnlyKind = kind === 'request' || kind === 'fault' || kind === 'link' || kind === 'attack'
  return `${isOnlyKind && bare ? '' : `${kind}:`}${bare ? name : JSON.stringify(name)}`
}

/** Whether each parenthesis within the name has its partner: `down(db)`. */
function pairs(name: string): boolean {
  let depth = 0
  for (const char of name) {
    if (char === '(') depth++
    if (char === ')' && --depth < 0) return false
  }
  return depth === 0
}

function formatIn(value: number, unit: MetricUnit | undefined): string {
  switch (unit) {
    case undefined:
    case 'count':
      return String(value)
    case 'ratio':
      return formatShare(value)
    case 'ms':
      return formatDuration(value)
    case 'sec':
      return formatDuration(value * 1000)
    case 'bytes':
      return `${value}B`
    case 'bytesPerSec':
      return `${value}B/s`
    case 'perSec':
      return `${value}/s`
  }
}
