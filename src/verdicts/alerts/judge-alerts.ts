import type { AlertResult, AlertVerdict } from '../../model/alert-result.ts'
import type { AlertSpec } from '../../model/alert-spec.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { digits } from '../format-value.ts'
import type { Stretch } from './due.ts'
import { dueOf, joined, shownStretch } from './due.ts'
import { alertsIn } from './raised.ts'

/** The target looks at itself at other moments than our probes, which look once a second: what is this near is the same time. Ours. */
const slackSec = 2

/** What became of each alert of the plan, and of those that it does not know; undefined where there is neither. */
export function judgeAlerts(data: RunData, test: TestData): readonly AlertResult[] | undefined {
  const specs = data.header.plan.alerts ?? []
  if (test.loadStartSec === undefined) return undefined
  const { raised, untilSec } = alertsIn(data, test)
  const listed = specs.map((spec) => {
    const due = dueOf(spec, { data, test, untilSec })
    return judgeAlert(spec, { due, raised: raised.get(spec.name) ?? [], untilSec })
  })
  const others = [...raised].filter(([name]) => !specs.some((spec) => spec.name === name))
  const all = [...listed, ...others.map(([name, stretches]) => unlisted(name, stretches))]
  return all.length === 0 ? undefined : all
}

export interface AlertCourse {
  readonly due: readonly Stretch[] | string
  readonly raised: readonly Stretch[]
  readonly untilSec: number
}

/** One alert over one test, from when it was due and when it was raised. Where several things are wrong, the gravest is its verdict. */
export function judgeAlert(spec: AlertSpec, { due, raised, untilSec }: AlertCourse): AlertResult {
  const condition = conditionOf(spec)
  const common = { name: spec.name, condition, raised: raised.map(shownStretch) }
  if (typeof due === 'string')
    return { ...common, verdict: 'UNKNOWN', reason: due, due: [], raisedAfterSec: null, clearedAfterSec: null }
  const times = joined(due, spec.clearedWithinSec)
  const seen = times.map((time) => courseOf(spec, time, { raised, untilSec }))
  // One from before belongs to the test before.
  const wrong = raised.filter((one) => one.fromSec >= 0 && !times.some((time) => isOf(spec, time, one)))
  const said: readonly Said[] = [...seen.flatMap((one) => one.said), ...wrong.map((one) => falseAlert(one, times))]
  const worst = order.find((verdict) => said.some((one) => one.verdict === verdict))
  const reasons = said.filter(({ verdict }) => verdict === worst).map(({ reason }) => reason)
  return {
    ...common,
    verdict: worst ?? 'OK',
    reason: worst === undefined ? 'It was not due, and was not raised.' : shortened(reasons),
    due: times.map(shownStretch),
    raisedAfterSec: slowest(seen.map(({ raisedAfterSec }) => raisedAfterSec)),
    clearedAfterSec: slowest(seen.map(({ clearedAfterSec }) => clearedAfterSec)),
  }
}

interface Said {
  readonly verdict: AlertVerdict
  readonly reason: string
}

/** The gravest first; what was in order tells only where nothing else does. */
const order: readonly AlertVerdict[] = ['MISSING', 'FALSE', 'STUCK', 'LATE', 'UNKNOWN', 'OK']

interface Course {
  readonly said: readonly Said[]
  readonly raisedAfterSec: number | null
  readonly clearedAfterSec: number | null
}

type Time = ReturnType<typeof joined>[number]

/** Whether an alert was raised for a time in which it was due: a little early, because it looks otherwise, or late, while it was still on its way. */
function isOf(spec: AlertSpec, { fromSec, toSec }: Stretch, raised: Stretch): boolean {
  const earliest = fromSec - (spec.when?.forSec ?? 0) - slackSec
  return raised.fromSec <= toSec + spec.raisedWithinSec + slackSec && raised.toSec >= earliest && raised.fromSec >= earliest
}

function courseOf(spec: AlertSpec, time: Time, { raised, untilSec }: Pick<AlertCourse, 'raised' | 'untilSec'>): Course {
  const its = raised.filter((one) => isOf(spec, time, one) || (one.fromSec < time.fromSec && one.toSec > time.fromSec))
  const [first] = its
  const mustBe = time.parts.find(({ fromSec, toSec }) => toSec - fromSec >= spec.raisedWithinSec)
  if (first === undefined) return missing(spec, time, { mustBe, untilSec })
  const raisedAfterSec = Math.max(0, first.fromSec - time.fromSec)
  const deadline = (mustBe?.fromSec ?? Infinity) + spec.raisedWithinSec
  const isLate = first.fromSec > deadline + slackSec
  const begun: Said = {
    verdict: isLate ? 'LATE' : 'OK',
    reason: `Due ${at(time.fromSec)}, raised after ${digits(raisedAfterSec)} s${isLate ? `: ${digits(spec.raisedWithinSec)} s were promised` : ''}.`,
  }
  const { said, clearedAfterSec } = clearing(spec, time, { last: its.at(-1) ?? first, untilSec })
  // Both are told in one sentence where both are well.
  const together = begun.verdict === said.verdict ? [{ ...said, reason: `${begun.reason} ${said.reason}`.trim() }] : [begun, said]
  return { said: together, raisedAfterSec, clearedAfterSec }
}

function missing(
  spec: AlertSpec,
  time: Time,
  { mustBe, untilSec }: { readonly mustBe: Stretch | undefined; readonly untilSec: number },
): Course {
  const none = { raisedAfterSec: null, clearedAfterSec: null }
  if (mustBe === undefined)
    return {
      ...none,
      said: [
        {
          verdict: 'OK',
          reason: `Due ${at(time.fromSec)} for ${digits(time.toSec - time.fromSec)} s: too short to have to be raised.`,
        },
      ],
    }
  if (untilSec < mustBe.fromSec + spec.raisedWithinSec + slackSec)
    return {
      ...none,
      said: [{ verdict: 'UNKNOWN', reason: `Due ${at(mustBe.fromSec)}, and the record ends before it had to be raised.` }],
    }
  const lasted = `true for ${digits(mustBe.toSec - mustBe.fromSec)} s`
  return { ...none, said: [{ verdict: 'MISSING', reason: `Due ${at(mustBe.fromSec)} (${lasted}), and never raised.` }] }
}

function clearing(
  spec: AlertSpec,
  time: Time,
  { last, untilSec }: { readonly last: Stretch; readonly untilSec: number },
): { readonly said: Said; readonly clearedAfterSec: number | null } {
  // One that was raised when its cause was over has its time from then.
  const from = Math.max(time.toSec, last.fromSec)
  const clearedAfterSec = Number.isFinite(last.toSec) ? Math.max(0, last.toSec - from) : null
  const isPromised = (sec: number): boolean => sec <= spec.clearedWithinSec + slackSec
  if (clearedAfterSec !== null && isPromised(clearedAfterSec))
    return { said: { verdict: 'OK', reason: `Cleared ${digits(clearedAfterSec)} s after its cause.` }, clearedAfterSec }
  const promised = `${digits(spec.clearedWithinSec)} s were promised`
  if (clearedAfterSec !== null)
    return {
      said: { verdict: 'STUCK', reason: `Cleared only ${digits(clearedAfterSec)} s after its cause: ${promised}.` },
      clearedAfterSec,
    }
  const watched = untilSec - from
  if (isPromised(watched))
    return {
      said: {
        verdict: 'UNKNOWN',
        reason: `Still raised when the record ends, ${digits(Math.max(0, watched))} s after its cause.`,
      },
      clearedAfterSec: null,
    }
  return {
    said: { verdict: 'STUCK', reason: `Still raised ${digits(watched)} s after its cause was over: ${promised}.` },
    clearedAfterSec: null,
  }
}

function falseAlert({ fromSec, toSec }: Stretch, times: readonly Stretch[]): Said {
  const length = Number.isFinite(toSec) ? ` for ${digits(toSec - fromSec)} s` : ''
  const why = times.length === 0 ? 'it was never due' : 'it was not due then'
  return { verdict: 'FALSE', reason: `Raised ${at(fromSec)}${length}: ${why}.` }
}

function unlisted(name: string, raised: readonly Stretch[]): AlertResult {
  return {
    name,
    verdict: 'UNLISTED',
    reason: `Raised ${at(raised[0]?.fromSec ?? 0)}; the plan does not say when it should be.`,
    condition: null,
    due: [],
    raised: raised.map(shownStretch),
    raisedAfterSec: null,
    clearedAfterSec: null,
  }
}

function conditionOf({ when, during }: AlertSpec): string | null {
  return when?.text ?? (during === undefined ? null : `during ${during}`)
}

function at(sec: number): string {
  return sec < 0 ? 'before the load' : `at ${digits(sec)} s`
}

function slowest(secs: readonly (number | null)[]): number | null {
  const known = secs.flatMap((sec) => (sec === null ? [] : [sec]))
  return known.length === 0 ? null : Math.max(...known)
}

/** Of an alert that comes and goes a hundred times, three are enough. */
function shortened(reasons: readonly string[]): string {
  const more = reasons.length - 3
  return `${reasons.slice(0, 3).join(' ')}${more > 0 ? ` And ${more} more times.` : ''}`
}
