import type { CapacityBack, RecoveryPoint, RecoveryResult, RecoveryStages } from '../../model/recovery-result.ts'
import type { TestData } from '../test-data.ts'
import type { ArrivalOptions, ArrivalWindow } from './arrival-windows.ts'
import { arrivalWindows, weightedQuantile } from './arrival-windows.ts'
import { capacityBack } from './capacity-back.ts'
import type { FaultTimes } from './fault-times.ts'
import { faultTimesOf } from './fault-times.ts'
import { isOpen, isSameLevel } from './load-level.ts'
import { metastableOf } from './metastable.ts'
import type { Reference } from './reference.ts'
import { referenceOf } from './reference.ts'
import { goodInARow } from './runs.ts'
import { firstGood, isGood, stagesOf } from './stages.ts'

export interface RecoveryOptions extends ArrivalOptions {
  /** Gauges of pools and queues that must come back too. */
  readonly gauges?: readonly string[]
  /** Attacks of the test: the service has to come back from each as from a fault. */
  readonly attacks?: readonly FaultTimes[]
  /** Good requests a second that a search of the same run found; undefined: there was none. */
  readonly capacityPerSec?: number | undefined
}

/** How the target took each fault of a test, then each attack, and came back (D6, D8); null for one that never came to be. In the order of the plan. */
export function recoveriesOf(test: TestData, options: RecoveryOptions): readonly (RecoveryResult | null)[] {
  const faults = [...faultTimesOf(test), ...(options.attacks ?? [])]
  if (faults.every(({ atSec }) => atSec === null)) return faults.map(() => null)
  const windows = arrivalWindows(test, options)
  return faults.map((fault) =>
    fault.atSec === null ? null : recoveryOf({ test, windows, faults, fault, atSec: fault.atSec, options }),
  )
}

interface Input {
  readonly test: TestData
  readonly windows: readonly ArrivalWindow[]
  readonly faults: readonly FaultTimes[]
  readonly fault: FaultTimes
  readonly atSec: number
  readonly options: RecoveryOptions
}

const noStages: RecoveryStages = {
  impactSec: null,
  detectionSec: null,
  detectedBy: null,
  goodputSec: null,
  lastLossSec: null,
  latencySec: null,
  queueSec: null,
  drainedSec: null,
  drainedLast: null,
  capacity: null,
}

function recoveryOf(input: Input): RecoveryResult {
  const { test, fault, atSec, faults, options } = input
  const unknown = (reason: string): RecoveryResult => ({
    ...{ sec: null, clearedSec: fault.clearedSec, horizonSec: 0, atLeastSec: null, verdict: 'unknown', reason, stages: noStages },
    ...{ lostWork: null, impact: null, baseline: null, metastable: null, curve: [] },
  })
  const { clearedSec } = fault
  if (clearedSec === null) return unknown(`The record does not tell the end of the ${fault.word}.`)
  const reference = beforeFaults(input)
  if (typeof reference === 'string') return unknown(`${upperFirst(reference)}.`)
  const other = faults.find(
    (one) => one.id !== fault.id && one.atSec !== null && one.atSec < clearedSec && (one.clearedSec ?? Infinity) > clearedSec,
  )
  const next = faults.reduce(
    (first, one) => (one.atSec !== null && one.atSec >= clearedSec && one.id !== fault.id ? Math.min(first, one.atSec) : first),
    Infinity,
  )
  const stretch = stretchOf(input, { clearedSec, reference, next })
  const { during, after, horizonSec } = stretch
  const shared = { horizonSec, clearedSec, baseline: reference.baseline, curve: curveOf(input, reference, next) }
  if (other !== undefined)
    return {
      ...unknown(`When it ended, the ${other.word} "${other.id}" was still there: that one’s recovery tells of both.`),
      ...shared,
      ...cost(during, reference),
    }
  if (!fault.reverted) return { ...unknown(`What the ${fault.word} did was not undone.`), ...shared, ...cost(during, reference) }
  const stages = stagesOf({
    ...{ test, fault, atSec, clearedSec, reference, during, after, horizonSec },
    gauges: options.gauges ?? [],
    capacity: capacityOf(input, { clearedSec, reference, next }),
  })
  const back = firstGood(after, reference)
  const facts = { stages, back, stretch, clearedSec, reference, word: fault.word }
  const { verdict, sec, atLeastSec, reason } = verdictOf(facts)
  const metastable = metastableOf({ test, fault, clearedSec, reference, recoveredSec: sec, windows: input.windows, after, next })
  const lossUntil = verdict === 'recovered' ? during.filter((window) => window.sec < (back?.sec ?? Infinity)) : during
  return {
    ...shared,
    ...{ sec, verdict, atLeastSec, stages, metastable },
    reason: `${reason}${cutBy(stretch, verdict)}`,
    ...(verdict === 'unaffected' ? { lostWork: 0, impact: 0 } : cost(lossUntil, reference)),
  }
}

/** Windows before the first fault at the load that this one met; a sentence when they say nothing. */
function beforeFaults({ test, windows, faults, atSec, options }: Input): Reference | string {
  const firstOne = faults.reduce((least, one) => ((one.atSec ?? Infinity) < (least.atSec ?? Infinity) ? one : least))
  const first = firstOne.atSec ?? Infinity
  const level = windows[Math.floor(atSec)]?.level ?? windows.at(-1)?.level ?? null
  const before = windows.filter(({ sec, level: own }) => sec >= test.judged.from && sec + 1 <= first && isSameLevel(own, level))
  // What was asked for just before may meet the fault while it is under way.
  const clean = before.filter(({ sec }) => sec + 2 <= first)
  return referenceOf(clean.length >= goodInARow ? clean : before, {
    ...{ isOpen: isOpen(test.spec), limitSec: options.limitSec, word: firstOne.word },
  })
}

interface Stretch {
  readonly during: readonly ArrivalWindow[]
  readonly after: readonly ArrivalWindow[]
  readonly horizonSec: number
  readonly endedBy: 'the end of the load' | 'the next fault' | 'the next attack' | 'a change of the load'
}

function stretchOf(
  { windows, test, atSec, faults }: Input,
  { clearedSec, reference, next }: { readonly clearedSec: number; readonly reference: Reference; readonly next: number },
): Stretch {
  const changed = windows.find(({ sec, level }) => sec + 1 > clearedSec && !isSameLevel(level, reference.level))?.sec ?? Infinity
  const loadEnd = test.judged.to
  const until = Math.min(changed, Math.floor(next), loadEnd)
  const nextWord = faults.find((one) => one.atSec === next)?.word ?? 'fault'
  const endedBy =
    until === changed && changed < loadEnd
      ? 'a change of the load'
      : until === loadEnd
        ? 'the end of the load'
        : (`the next ${nextWord}` as const)
  const inside = windows.filter(({ sec }) => sec < until)
  return {
    during: inside.filter(({ sec }) => sec >= Math.floor(atSec)),
    after: inside.filter(({ sec }) => sec >= Math.floor(clearedSec)),
    horizonSec: Math.max(0, until - clearedSec),
    endedBy,
  }
}

/** Looked for under every load up to the next fault: it may rise only after the recovery. */
function capacityOf(
  { test, windows, options }: Input,
  { clearedSec, reference, next }: { readonly clearedSec: number; readonly reference: Reference; readonly next: number },
): CapacityBack | null {
  const { capacityPerSec } = options
  if (capacityPerSec === undefined || !isOpen(test.spec)) return null
  const until = Math.min(Math.floor(next), test.judged.to)
  const after = windows.filter(({ sec }) => sec >= Math.floor(clearedSec) && sec < until)
  return capacityBack(after, { perSec: capacityPerSec, clearedSec, asked: reference.expected })
}

type Verdict = Pick<RecoveryResult, 'verdict' | 'sec' | 'atLeastSec' | 'reason'>

function verdictOf(facts: {
  readonly stages: RecoveryStages
  readonly back: ArrivalWindow | undefined
  readonly stretch: Stretch
  readonly clearedSec: number
  readonly reference: Reference
  readonly word: FaultTimes['word']
}): Verdict {
  const { stages, back, clearedSec, reference, word } = facts
  const { during, after, horizonSec } = facts.stretch
  const telling = after.filter(reference.says)
  const isHit = stages.impactSec !== null || during.some((window) => reference.says(window) && reference.isHit(window))
  if (back !== undefined) {
    const sec = Math.max(0, back.sec - clearedSec)
    if (!isHit)
      return {
        verdict: 'unaffected',
        sec: 0,
        atLeastSec: null,
        reason: 'No three seconds in a row were bad, and none lost much of its goodput.',
      }
    const reason =
      sec === 0
        ? `Good again from the second on in which the ${word} ended.`
        : `Good again ${figure(sec)} s after the ${word} had ended${laterParts(stages, sec)}.`
    return { verdict: 'recovered', sec, atLeastSec: null, reason }
  }
  // Seconds at the end that are good may be the first of five.
  const lastBad = telling.findLast((window) => !isGood(reference, window))
  const atLeastSec = lastBad === undefined ? 0 : Math.max(0, lastBad.sec + 1 - clearedSec)
  const open = telling.length - 1 - (lastBad === undefined ? -1 : telling.indexOf(lastBad))
  if (telling.length < goodInARow)
    return {
      verdict: 'unknown',
      sec: null,
      atLeastSec,
      reason: `Only ${telling.length} seconds followed the ${word}; five good ones in a row are looked for`,
    }
  if (open > 0 && lastBad !== undefined)
    return {
      verdict: 'not-recovered',
      sec: null,
      atLeastSec,
      reason: `Not good for five seconds in a row within ${figure(horizonSec)} s; the last ${open} were good`,
    }
  return {
    verdict: 'not-recovered',
    sec: null,
    atLeastSec,
    reason: `Not recovered within ${figure(horizonSec)} s: ${whatIsBad(stages)}`,
  }
}

function whatIsBad({ goodputSec, latencySec }: RecoveryStages): string {
  if (goodputSec === null) return 'the goodput is not back'
  return latencySec === null ? 'the goodput is back, the latency is not' : 'errors go on'
}

/** What was back earlier than all of it together. */
function laterParts({ goodputSec, latencySec }: RecoveryStages, sec: number): string {
  const parts = [['goodput', goodputSec] as const, ['latency', latencySec] as const].flatMap(([name, at]) =>
    at !== null && at < sec - 1 ? [`${name} after ${figure(at)} s`] : [],
  )
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function cutBy({ endedBy, horizonSec }: Stretch, verdict: RecoveryResult['verdict']): string {
  if (verdict === 'recovered' || verdict === 'unaffected') return ''
  return endedBy === 'the end of the load'
    ? '; then the load ended.'
    : `; it was watched for ${figure(horizonSec)} s, until ${endedBy}.`
}

/** Requests that would have been good, and the worst second. Chance is taken out of neither the sum nor a second that lost something. */
function cost(windows: readonly ArrivalWindow[], reference: Reference): Pick<RecoveryResult, 'lostWork' | 'impact'> {
  const telling = windows.filter(({ isVoid }) => !isVoid)
  const lost = telling.reduce((sum, window) => sum + reference.expected(window) - window.good, 0)
  const shares = telling.map((window) =>
    reference.isGoodputBack(window) ? 0 : Math.min(1, Math.max(0, 1 - window.good / reference.expected(window))),
  )
  return { lostWork: Math.max(0, lost), impact: Math.max(0, ...shares) }
}

/** Of a soak with many faults, no more of the time before than a figure needs. */
const shownBeforeSec = 30

function curveOf({ windows, atSec, test }: Input, reference: Reference, next: number): readonly RecoveryPoint[] {
  const from = Math.max(reference.baseline.fromSec, Math.floor(atSec) - shownBeforeSec)
  const to = Math.min(test.judged.to, Math.ceil(next))
  return windows
    .filter(({ sec }) => sec >= from && sec < to)
    .map((window) => {
      const p99 = weightedQuantile(window.times, 0.99)
      return {
        sec: window.sec,
        goodput: window.good,
        expected: reference.expected(window),
        failed: window.failed,
        p99Ms: p99 === null ? null : p99 / 1000,
      }
    })
}

function figure(sec: number): string {
  return String(Math.round(sec * 10) / 10)
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
