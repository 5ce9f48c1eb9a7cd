import type { CapacityBack, RecoveryStages } from '../../model/recovery-result.ts'
import type { TestData } from '../test-data.ts'
import type { ArrivalWindow } from './arrival-windows.ts'
import type { FaultTimes } from './fault-times.ts'
import type { Reference } from './reference.ts'
import { badInARow, firstInARow, goodInARow } from './runs.ts'

export interface StageInput {
  readonly test: TestData
  readonly fault: FaultTimes
  readonly atSec: number
  readonly clearedSec: number
  readonly reference: Reference
  /** From the fault to the horizon. */
  readonly during: readonly ArrivalWindow[]
  /** From the end of the fault to the horizon. */
  readonly after: readonly ArrivalWindow[]
  readonly horizonSec: number
  /** Gauges of pools and queues on pages of metrics that must come back too. */
  readonly gauges: readonly string[]
  readonly capacity: CapacityBack | null
}

/** D6, stage by stage. */
export function stagesOf(input: StageInput): RecoveryStages {
  const { atSec, clearedSec, reference, during, after } = input
  const { says } = reference
  const since = (holds: (window: ArrivalWindow) => boolean): number | null => {
    const first = firstInARow(after, { length: goodInARow, says, holds })
    return first === undefined ? null : Math.max(0, first.sec - clearedSec)
  }
  const onset = firstInARow(during, { length: badInARow, says, holds: (window) => !isGood(reference, window) })
  const drained = drainedOf(input)
  const detected = detectionOf(input)
  return {
    impactSec: onset === undefined ? null : Math.max(0, onset.sec - atSec),
    detectionSec: detected === null ? null : detected.sec,
    detectedBy: detected === null ? null : detected.by,
    goodputSec: since(reference.isGoodputBack),
    lastLossSec: lastLossOf(input),
    latencySec: since((window) => isLatencyNear(reference, window)),
    ...drained,
    capacity: input.capacity,
  }
}

/** A bad second is one that is not good by any of the three measures. */
export function isGood(reference: Reference, window: ArrivalWindow): boolean {
  return reference.isGoodputBack(window) && reference.isErrorsBack(window) && reference.isLatencyBack(window)
}

/**
 * The first of five windows in a row that are good. One second in which answers come late together, as they do in every queue, is no relapse: the latency is judged over
 * the five, and of each only that most of its answers are in the band.
 */
export function firstGood(windows: readonly ArrivalWindow[], reference: Reference): ArrivalWindow | undefined {
  const { says, isGoodputBack, isErrorsBack } = reference
  const holds = (window: ArrivalWindow): boolean =>
    isGoodputBack(window) && isErrorsBack(window) && isLatencyNear(reference, window)
  return firstInARow(windows, { length: goodInARow, says, holds })
}

function isLatencyNear({ isLatencyBack, isLatencyBearable }: Reference, window: ArrivalWindow): boolean {
  return window.span === 1 ? isLatencyBearable(window) : isLatencyBack(window)
}

/** The last second with more failures than before by chance; null while they go on. By when they failed, as RFC 2544 has it: to the end of that second. */
function lastLossOf({ after, clearedSec, reference }: StageInput): number | null {
  const failing = (window: ArrivalWindow): boolean => {
    const { count, failed } = window.ended
    const usual = reference.baseline.errorHigh * count
    return reference.baseline.errorHigh > 0.01 ? failed > Math.max(1, usual) : failed > 0
  }
  const last = after.findLast(failing)
  if (last === undefined) return 0
  return last.sec >= (after.at(-1)?.sec ?? 0) - 1 ? null : last.sec + 1 - clearedSec
}

interface Detection {
  readonly sec: number
  readonly by: string
}

/** Ours: so large a share of rejects is an act of protection. */
const rejectShare = 0.1

/** The first outward act of protection while the fault is there: a dependency that is asked no more, requests that are turned away, a readiness page that says no, or an alert of its own. */
function detectionOf(input: StageInput): Detection | null {
  const acts = [asksNoMore(input), turnsAway(input), saysNotReady(input), raisesAlert(input)].filter(
    (act): act is Detection => act !== null,
  )
  return acts.reduce<Detection | null>((first, act) => (first === null || act.sec < first.sec ? act : first), null)
}

function turnsAway({ atSec, clearedSec, during, test, reference }: StageInput): Detection | null {
  const { fromSec, toSec } = reference.baseline
  const before = test.total('request', { range: { from: fromSec, to: toSec } })
  const usual = ((before.statuses['429'] ?? 0) + (before.statuses['503'] ?? 0)) / Math.max(1, before.count)
  const first = during.find(({ sec, ended }) => sec < clearedSec && ended.rejected > (rejectShare + usual) * ended.count)
  return first === undefined ? null : { sec: Math.max(0, first.sec - atSec), by: 'answers with 429 or 503' }
}

/** D6: fewer than a tenth of the calls. Where nobody is seen to try after the fault began, the calls may be stopped by the fault itself, and nothing is known. */
function asksNoMore({ test, fault, atSec, clearedSec, reference }: StageInput): Detection | null {
  if (fault.link === null) return null
  const { fromSec, toSec } = reference.baseline
  const callsIn = (from: number, to: number): number =>
    test.link(fault.link ?? '', { from, to }).reduce((sum, { calls, broken }) => sum + calls + broken, 0)
  const usual = callsIn(fromSec, toSec) / (toSec - fromSec)
  if (usual <= 0) return null
  let tried = false
  for (let t = atSec; t + 1 <= clearedSec; t += 0.1) {
    tried ||= callsIn(t, t + 0.1) > 0
    if (tried && callsIn(t, t + 1) < 0.1 * usual) return { sec: t - atSec, by: `hardly any calls to ${fault.link}` }
  }
  return null
}

/** Readiness was there before the fault, and now somebody answers that it is not: a process that does not answer at all has not noticed anything. */
function saysNotReady({ test, atSec, clearedSec }: StageInput): Detection | null {
  if (test.probe('target.ready', { from: 0, to: atSec }).at(-1)?.value !== 1) return null
  const during = { from: atSec, to: clearedSec }
  const answered = new Set(test.probe('target.ready.answered', during).flatMap(({ t, value }) => (value === 1 ? [t] : [])))
  const first = test.probe('target.ready', during).find(({ t, value }) => value === 0 && answered.has(t))
  return first === undefined ? null : { sec: first.t - atSec, by: 'readiness says no' }
}

/** One that was raised before tells nothing of this fault, also when it is told again. */
function raisesAlert({ test, atSec, clearedSec }: StageInput): Detection | null {
  const start = test.loadStartSec ?? test.startSec
  const open = new Set<string>()
  for (const event of test.events) {
    if (event.kind !== 'alert') continue
    const sec = event.t - start
    const isNew = event.status === 'raised' && !open.has(event.name)
    if (isNew && sec >= atSec && sec < clearedSec) return { sec: sec - atSec, by: `alert “${event.name}”` }
    open[event.status === 'raised' ? 'add' : 'delete'](event.name)
  }
  return null
}

interface Held {
  readonly name: string
  readonly before: readonly number[]
  readonly after: readonly { readonly t: number; readonly value: number }[]
}

type Drained = Pick<RecoveryStages, 'queueSec' | 'drainedSec' | 'drainedLast'>

/** When requests in flight, sockets, files and gauges are back: at most a tenth, and one, above the most that the baseline had, for five readings in a row. */
function drainedOf({ test, after, clearedSec, horizonSec, reference, gauges }: StageInput): Drained {
  const { fromSec, toSec } = reference.baseline
  const inFlight: Held = {
    name: 'requests in flight',
    before: test.rows({ range: { from: fromSec, to: toSec } }).map((row) => row.inFlight),
    after: after.map((window) => ({ t: window.sec, value: window.inFlight })),
  }
  const range = { from: clearedSec, to: clearedSec + horizonSec }
  const probes = ['target.sockets', 'target.files', ...gauges].map((name): Held => ({
    name,
    before: test.probe(name, { from: fromSec, to: toSec }).map(({ value }) => value),
    after: test.probe(name, range),
  }))
  const queueSec = backSince(inFlight, clearedSec)
  const known = [inFlight, ...probes.filter(({ before, after: later }) => before.length > 0 && later.length >= goodInARow)]
  const each = known.map((held) => ({ name: held.name, sec: backSince(held, clearedSec) }))
  const open = each.find(({ sec }) => sec === null)
  if (open !== undefined) return { queueSec, drainedSec: null, drainedLast: open.name }
  const last = each.reduce((a, b) => ((b.sec ?? 0) > (a.sec ?? 0) ? b : a))
  return { queueSec, drainedSec: last.sec, drainedLast: last.name }
}

function backSince({ before, after }: Held, clearedSec: number): number | null {
  if (before.length === 0) return null
  const most = 1.1 * Math.max(...before) + 1
  for (let i = 0; i + goodInARow <= after.length; i++) {
    const five = after.slice(i, i + goodInARow)
    if (five.every(({ value }) => value <= most)) return Math.max(0, (five[0]?.t ?? clearedSec) - clearedSec)
  }
  return null
}
