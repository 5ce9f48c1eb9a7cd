import type { MetastableResult } from '../../model/recovery-result.ts'
import type { TestData } from '../test-data.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import type { FaultTimes } from './fault-times.ts'
import { isOpen } from './load-level.ts'
import type { Reference } from './reference.ts'

export interface AmplificationInput {
  readonly test: TestData
  readonly fault: FaultTimes
  readonly reference: Reference
  readonly windows: readonly ArrivalWindow[]
}

/** How much more work a request makes, with where it was counted. */
export interface Amplification {
  readonly result: NonNullable<MetastableResult['amplification']>
  /** Null: requests were counted, and no calls. */
  readonly link: string | null
}

/** Calls to a dependency a client request; where no link counts calls, requests an arrival, which grow when the users ask again. The bad time is `bad`. */
export function amplificationOf(
  { test, fault, reference, windows }: AmplificationInput,
  bad: readonly ArrivalWindow[],
): Amplification | null {
  const { fromSec, toSec } = reference.baseline
  const good = windows.filter(({ sec }) => sec >= fromSec && sec < toSec)
  const links = fault.link === null ? (test.spec.links ?? []).filter((name) => name !== 'target') : [fault.link]
  const ofLinks = links.flatMap((link) => {
    const [now, then] = [callsPerRequest(test, link, bad), callsPerRequest(test, link, good)]
    return now === null || then === null || then === 0
      ? []
      : [{ result: { bad: now, good: then, of: `calls to ${link} a request` }, link }]
  })
  const growth = ({ result: { bad: now, good: then } }: Amplification): number => now / then
  const [first, ...others] = ofLinks
  if (first !== undefined) return others.reduce((worst, one) => (growth(one) > growth(worst) ? one : worst), first)
  if (!isOpen(test.spec)) return null
  const [now, then] = [startedPerArrival(bad), startedPerArrival(good)]
  if (now === null || then === null || then === 0) return null
  return { result: { bad: now, good: then, of: 'requests an arrival' }, link: null }
}

function startedPerArrival(windows: readonly ArrivalWindow[]): number | null {
  const planned = windows.reduce((sum, window) => sum + window.planned, 0)
  return planned === 0 ? null : windows.reduce((sum, { started }) => sum + started, 0) / planned
}

function callsPerRequest(test: TestData, link: string, windows: readonly ArrivalWindow[]): number | null {
  const started = windows.reduce((sum, window) => sum + window.started, 0)
  const [from, to] = [windows[0]?.sec ?? 0, (windows.at(-1)?.sec ?? -1) + 1]
  const points = to > from ? test.link(link, { from, to }) : []
  return started === 0 || points.length === 0
    ? null
    : points.reduce((sum, { calls, broken }) => sum + calls + broken, 0) / started
}

/** C / A, with the most calls (requests) a second that were ever seen to be answered: what can be done is that or more. */
export function predictedEscape(test: TestData, { result, link }: Amplification): number | null {
  const bySecond = new Map<number, number>()
  if (link === null) for (const { sec, samples } of test.rows()) bySecond.set(sec, samples)
  else for (const { t, answered } of test.link(link)) bySecond.set(Math.floor(t), (bySecond.get(Math.floor(t)) ?? 0) + answered)
  const most = Math.max(0, ...bySecond.values())
  return most > 0 && result.bad > 0 ? most / result.bad : null
}
