import type { MetastableResult } from '../../model/recovery-result.ts'
import type { TestData } from '../test-data.ts'
import { mannKendall, theilSen } from '../trend.ts'
import type { Point } from '../trend.ts'
import { amplificationOf, predictedEscape } from './amplification.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import { escapeOf } from './escape.ts'
import type { FaultTimes } from './fault-times.ts'
import type { Reference } from './reference.ts'

export interface MetastableInput {
  readonly test: TestData
  readonly fault: FaultTimes
  readonly clearedSec: number
  readonly reference: Reference
  /** Null: it did not recover. */
  readonly recoveredSec: number | null
  readonly windows: readonly ArrivalWindow[]
  /** From the end of the fault, at the load of the fault, until something else happens. */
  readonly after: readonly ArrivalWindow[]
  /** Start of the next fault; infinite without one. */
  readonly next: number
}

/** D8: whoever does not hold the load for so long after the fault cannot tell. */
const shortestHoldSec = 60
/** Fewer seconds after a fault than this show no trend. */
const shortestTrendSec = 15
/** One-sided 5 %. */
const trendZ = 1.64

/**
 * D8: bad although what caused it is gone, and not getting better. Metastable is a goodput below half of the baseline in the last third of the hold without an
 * upward trend of it, or a downward one of the latency or of the requests in flight (Mann-Kendall). What gets better is a slow recovery; the time it will take is
 * read off the trend.
 */
export function metastableOf(input: MetastableInput): MetastableResult {
  const { recoveredSec, after, reference, test } = input
  const none = {
    amplification: null,
    escapePerSec: null,
    predictedEscapePerSec: null,
    isBistable: null,
    cause: null,
    expectedSec: null,
  }
  if (recoveredSec !== null) return { ...none, verdict: 'no', reason: 'It recovered at the same load.' }
  if (test.end === 'target-died') return { ...none, verdict: 'no', reason: 'The target died.' }
  const holdSec = after.length
  const last = after.slice(Math.floor((2 * holdSec) / 3)).filter(reference.says)
  const lastTwo = after.slice(Math.floor(holdSec / 3)).filter(reference.says)
  const amplified = amplificationOf(input, last)
  const amplification = amplified?.result ?? null
  const facts = { ...none, ...escapeOf(input), amplification }
  if (holdSec < shortestTrendSec || last.length === 0)
    return { ...facts, verdict: 'unknown', reason: `The load went on for only ${holdSec} s after the ${input.fault.word}.` }
  const share = shareOf(last, reference)
  const expectedSec = improvingUntil({ last, lastTwo }, input)
  if (expectedSec !== null)
    return {
      ...facts,
      ...{ verdict: 'slow-recovery', expectedSec },
      reason: `Not recovered within ${holdSec} s, but getting better: by its trend it takes some ${rounded(expectedSec)} s.`,
    }
  const percent = `${Math.round(100 * share)} % of the goodput`
  if (share >= 0.5)
    return {
      ...facts,
      verdict: 'no',
      reason: `It keeps ${percent} without getting better: degraded, but not metastable (less than half).`,
    }
  const needed = neededHold(input)
  if (holdSec < needed)
    return {
      ...facts,
      verdict: 'unknown',
      reason: `${upperFirst(percent)} and not getting better, but the load was held for only ${holdSec} s; ${rounded(needed)} s are needed to tell.`,
    }
  const cause =
    amplification === null
      ? null
      : amplification.bad / amplification.good > 1.2
        ? 'workload-amplification'
        : 'capacity-degradation'
  return {
    ...facts,
    ...{ verdict: 'yes', cause, predictedEscapePerSec: amplified === null ? null : predictedEscape(test, amplified) },
    reason: `The ${input.fault.word} is gone, and ${holdSec} s later at the same load there is ${percent} and nothing gets better${causeWords(cause, amplification)}.`,
  }
}

function causeWords(cause: MetastableResult['cause'], amplification: MetastableResult['amplification']): string {
  if (amplification === null || cause !== 'workload-amplification') return ''
  return `: ${rounded(amplification.bad)} ${amplification.of} instead of ${rounded(amplification.good)}`
}

function shareOf(windows: readonly ArrivalWindow[], reference: Reference): number {
  const expected = windows.reduce((sum, window) => sum + reference.expected(window), 0)
  return expected > 0 ? windows.reduce((sum, { good }) => sum + good, 0) / expected : 0
}

/** As long as twice the time in which a backlog of what was in flight is done, where the test ever showed that clearly more can be done than is asked for. */
function neededHold({ test, clearedSec, after, reference }: MetastableInput): number {
  const backlog = Math.max(0, ...after.filter(({ sec }) => sec < clearedSec + 3).map(({ inFlight }) => inFlight))
  const most = Math.max(0, ...test.rows().map(({ count, failed }) => count - failed))
  const usual = reference.baseline.goodputPerSec
  // Chance makes some seconds fuller than others: that is no spare capacity.
  const spare = most - usual
  const isSpare = spare > 0.1 * usual && spare > 4 * Math.sqrt(usual)
  return Math.max(shortestHoldSec, isSpare ? (2 * backlog) / spare : 0)
}

/** Ours: a trend that takes more than ten times as long as was watched is none that promises an end. */
const farthest = 10

/** The last third of the hold, and the last two. */
interface Thirds {
  readonly last: readonly ArrivalWindow[]
  readonly lastTwo: readonly ArrivalWindow[]
}

type Reading = (windows: readonly ArrivalWindow[]) => readonly Point[]

/** Seconds from the end of the fault until the baseline is reached, by the trend of what gets better soonest; null when nothing that is bad does. */
function improvingUntil({ last, lastTwo }: Thirds, { reference, clearedSec, after, windows }: MetastableInput): number | null {
  const { fromSec, toSec } = reference.baseline
  const usual = windows.filter(({ sec }) => sec >= fromSec && sec < toSec)
  const inFlight: Reading = (list) => list.map(({ sec, inFlight: value }) => ({ t: sec, value }))
  const latency: Reading = (list) =>
    list.flatMap((window) => {
      const value = meanMs(window)
      return value === null ? [] : [{ t: window.sec, value }]
    })
  const missing: Reading = (list) =>
    list.map((window) => ({ t: window.sec, value: 1 - window.good / Math.max(1e-9, reference.expected(window)) }))
  const usualOf = (of: Reading): number => mean(of(usual).map(({ value }) => value))
  const [waiting, late] = [usualOf(inFlight), usualOf(latency)]
  const measures: readonly (readonly [of: Reading, goal: number, bad: number])[] = [
    [missing, 0, 0.05],
    [inFlight, waiting, 1.1 * waiting + 1],
    [latency, late, 1.1 * late + 1],
  ]
  const ends = measures.flatMap(([of, goal, bad]) => {
    const end = fallsTo(of(last), { goal, bad })
    // One third alone may go down by chance.
    return end === null || fallsTo(of(lastTwo), { goal, bad }) === null ? [] : [end]
  })
  if (ends.length === 0) return null
  const expected = Math.min(...ends) - clearedSec
  return expected <= farthest * after.length ? Math.max(after.length, expected) : null
}

/** When the line through a series that is above its goal and falls is there; null without a trend. Neighbours in time depend on each other: groups of them are tested. */
function fallsTo(points: readonly Point[], { goal, bad }: { readonly goal: number; readonly bad: number }): number | null {
  const grouped = inGroups(points)
  const now = grouped.at(-1)
  if (now === undefined || mean(grouped.map(({ value }) => value)) <= bad) return null
  const slope = theilSen(grouped)
  if (slope === null || slope.perUnit >= 0 || mannKendall(grouped.map(({ value }) => value)).z > -trendZ) return null
  return now.t + Math.max(0, now.value - goal) / -slope.perUnit
}

const groups = 10

function inGroups(points: readonly Point[]): readonly Point[] {
  const per = Math.max(1, Math.floor(points.length / groups))
  const list: Point[] = []
  for (let i = 0; i + per <= points.length; i += per) {
    const group = points.slice(i, i + per)
    list.push({ t: mean(group.map(({ t }) => t)), value: mean(group.map(({ value }) => value)) })
  }
  return list
}

function meanMs({ times, answered }: ArrivalWindow): number | null {
  if (answered < 0.5) return null
  let sum = 0
  for (const [micros, count] of times) sum += micros * count
  return sum / answered / 1000
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function rounded(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10)
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
