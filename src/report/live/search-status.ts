import type { LoadUnit } from '../../model/load-spec.ts'
import type { RunEvent, TrialKind } from '../../model/run-event.ts'
import type { SearchSoFar } from '../../verdicts/index.ts'
import { searchSoFar } from '../../verdicts/index.ts'
import { loadText, trialWords } from '../capacity-words.ts'
import { percent } from '../numbers.ts'
import type { ReporterTick } from '../reporter.ts'

/** Where a search is: the trial that runs, or the settling after it, and what is known. */
export interface SearchStatus {
  readonly unit: LoadUnit
  /** Counts from 1; 0 before the first. */
  readonly trial: number
  readonly purpose: TrialKind | null
  readonly load: number | null
  readonly factor: number | null
  readonly elapsedSec: number
  readonly plannedSec: number
  /** The trial is over, and the target is awaited at its baseline for so long already. */
  readonly settlingSec: number | null
  readonly within: number
  readonly quick: boolean
  readonly soFar: SearchSoFar
}

/** Follows the search of a test; undefined for any other test. Judges again only when another trial has ended. */
export function createSearchWatch(): (tick: ReporterTick) => SearchStatus | undefined {
  let judged: { readonly test: string; readonly ended: number; readonly soFar: SearchSoFar } | undefined
  return ({ data, test: name, nowSec }) => {
    const test = data.test(name)
    const capacity = test?.spec.capacity
    if (test === undefined || capacity === undefined) return undefined
    const ended = test.events.filter(({ kind }) => kind === 'trial-ended')
    if (judged?.test !== name || judged.ended !== ended.length)
      judged = { test: name, ended: ended.length, soFar: searchSoFar(data, test) ?? { lower: null, upper: null, trials: [] } }
    const started = test.events.findLast((event) => event.kind === 'trial-started')
    const over = ended.find((event) => event.kind === 'trial-ended' && event.trial === started?.trial)
    return {
      unit: capacity.unit,
      trial: started?.trial ?? 0,
      purpose: started?.purpose ?? null,
      load: started?.load ?? null,
      factor: started?.factor ?? null,
      elapsedSec: started === undefined ? 0 : Math.min(started.durationSec, Math.max(0, (over?.t ?? nowSec) - started.t)),
      plannedSec: started?.durationSec ?? 0,
      settlingSec: over === undefined ? null : Math.max(0, nowSec - over.t),
      within: capacity.quick ? 2 * capacity.within : capacity.within,
      quick: capacity.quick,
      soFar: judged.soFar,
    }
  }
}

/** `trial 5, bisect at 310/s`. */
export function trialText({
  trial,
  purpose,
  load,
  unit,
  factor,
}: Pick<SearchStatus, 'trial' | 'purpose' | 'load' | 'unit' | 'factor'>): string {
  if (purpose === null) return 'the search begins'
  const times = factor === null ? '' : ` (× ${factor})`
  return `trial ${trial}, ${trialWords[purpose]} at ${loadText(load, unit)}${times}`
}

/** `bears 300/s, breaks at 350/s: 14.3 % apart, 5 % wanted`. */
export function knownText({ soFar: { lower, upper }, unit, within, quick }: SearchStatus): string {
  if (lower === null && upper === null) return 'nothing yet'
  if (lower === null) return `breaks at ${loadText(upper, unit)}`
  if (upper === null) return `bears ${loadText(lower, unit)}`
  return `bears ${loadText(lower, unit)}, breaks at ${loadText(upper, unit)}: ${percent((upper - lower) / upper)} apart, ${percent(within)} wanted${quick ? ' (quick)' : ''}`
}

/** The last results, the newest first. */
export function resultsText({ soFar, unit }: SearchStatus, most: number): string {
  return soFar.trials
    .slice(-most)
    .reverse()
    .map(({ trial, load, verdict }) => `${trial} at ${loadText(load, unit)} ${verdict}`)
    .join(' · ')
}

type Settled = Extract<RunEvent, { kind: 'settled' }>

/** Worth a line only when it did not come back. */
export function settledText({ settled, sec, waitedFor, afterTrial }: Settled): string | undefined {
  if (settled) return undefined
  return `after trial ${afterTrial} the target was not back at its baseline within ${Math.round(sec)} s: ${waitedFor.join(', ')}`
}
