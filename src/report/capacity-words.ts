import type { CapacityResult, FailureName } from '../model/capacity-result.ts'
import type { LoadUnit } from '../model/load-spec.ts'
import type { TrialKind } from '../model/run-event.ts'
import { count, digits, perSec, unknown } from './numbers.ts'

/** What a target does in each class, after "the target": `sheds what it cannot carry`. */
export const failureWords: Readonly<Record<FailureName, { readonly name: string; readonly does: string }>> = {
  healthy: { name: 'healthy', does: 'bears it' },
  shed: { name: 'shed', does: 'sheds what it cannot carry' },
  saturation: { name: 'saturation', does: 'queues: all are answered, too late' },
  'congestion-collapse': { name: 'congestion collapse', does: 'collapses: busy with work that nobody waits for any more' },
  'application-errors': { name: 'application errors', does: 'answers with errors' },
  refused: { name: 'connection refused', does: 'refuses connections' },
  reset: { name: 'connection reset', does: 'resets connections' },
  'accept-then-close': { name: 'accept then close', does: 'accepts connections and closes them' },
  'connect-timeout': { name: 'connect timeout', does: 'lets connections time out' },
  tls: { name: 'TLS failure', does: 'fails TLS handshakes' },
  hang: { name: 'hang', does: 'hangs: not a byte comes back' },
  crash: { name: 'crash', does: 'crashes' },
  'out-of-memory': { name: 'out of memory', does: 'runs out of memory' },
  'data-fault': { name: 'data fault', does: 'answers with wrong data' },
  drift: { name: 'drift', does: 'gets slower and slower' },
  metastable: { name: 'metastable', does: 'does not come back by itself' },
  'generator-limited': { name: 'generator-limited', does: 'was not the limit: the generator was' },
}

export const trialWords: Readonly<Record<TrialKind, string>> = {
  bracket: 'bracket',
  bisect: 'bisect',
  'confirm-lower': 'confirm lower end',
  'confirm-upper': 'confirm upper end',
  overload: 'overload',
  hysteresis: 'hysteresis',
}

/** A load in the unit of its search: `310/s` or `310 users`. */
export function loadText(load: number | null, unit: LoadUnit): string {
  if (load === null) return unknown
  if (unit === 'perSec') return Number.isInteger(load) ? `${count(load)}/s` : perSec(load)
  return `${Number.isInteger(load) ? count(load) : digits(load)} ${load === 1 ? 'user' : 'users'}`
}

/** The answer in half a sentence: `bears 310/s, breaks at 325/s`. Who begins a sentence with it writes its first letter large. */
export function capacityAnswer({ kind, unit, lower, upper }: CapacityResult): string {
  const [low, high] = [loadText(lower, unit), loadText(upper, unit)]
  switch (kind) {
    case 'interval':
      return `bears ${low}, breaks at ${high}`
    case 'at-least':
      return `bears at least ${low}: the search ended there, unbroken`
    case 'fails-at-from':
      return upper === null
        ? 'does not bear the smallest load of the search'
        : `does not bear ${high}, the smallest load of the search`
    case 'generator-limited':
      return lower === null
        ? 'capacity unknown: the generator was the limit'
        : `bears at least ${low}: beyond it the generator was the limit`
    case 'unfinished':
      if (lower !== null && upper !== null) return `bears ${low}, breaks at ${high}, as far as the unfinished search knows`
      if (lower !== null) return `bears ${low} at least: the search did not end`
      return upper === null ? 'capacity unknown: the search did not end' : `breaks at ${high} or before: the search did not end`
  }
}
