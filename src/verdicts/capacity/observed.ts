import type { ValidityCheck } from '../../model/run-result.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import type { Growth, Observation, RunData, TestData, TrialRecord, WindowClass } from '../../analysis/index.ts'
import { classifyRun, classifyWindow, enoughSamples, growthTest, trialsOf } from '../../analysis/index.ts'
import { latencyOf } from '../latency.ts'
import { judgeObjective } from '../objectives.ts'
import { steadyState } from '../steady.ts'
import { judgeValidity } from '../validity.ts'
import { metricKind } from '../metric-kind.ts'
import { missedShare } from './certain.ts'
import type { LatencyLimit, Work, WorkKind } from './work.ts'
import { acceptedQuantile, allowedShareOf, latencyLimitOf, workIn, workKindOf } from './work.ts'
import { figuresOf } from './windows.ts'

/** A trial and everything that is judged of it. */
export interface ObservedTrial {
  readonly record: TrialRecord
  readonly work: Work
  readonly ranSec: number
  /** Good answers a second of the load. */
  readonly goodPerSec: number
  /** Answers a second of the load, those in the time after it left out. */
  readonly completedPerSec: number
  readonly acceptedP99Sec: number | null
  readonly growth: Growth | null
  readonly voidBy: readonly string[]
  readonly class: WindowClass
  readonly failedObjective: string | null
  /** Null where no objective could be judged. */
  readonly objectivesHold: boolean | null
  /** False when the target was not back at its baseline in time after this trial. */
  readonly cameBack: boolean
}

/** The trials of a search that have ended, judged. A trial that was cut off tells nothing. */
export function observeTrials(data: RunData, test: TestData): readonly ObservedTrial[] {
  const records = trialsOf(test).filter(({ end }) => end !== 'unknown' && end !== 'interrupted')
  const limit = latencyLimitOf(test.spec.objectives)
  const kind = workKindOf(test)
  const firsts = records.map((record) => firstLook(data, record, { kind, limit, spec: test.spec }))
  const scale = scaleOf(firsts, limit, allowedShareOf(test.spec.objectives))
  return firsts.map((first, i) => {
    const answersLater = firsts.slice(i + 1).some(({ work }) => work.good > 0)
    const options = { kind, limit, perIteration: scale.perIteration, generatorLimited: first.voidBy.length > 0 }
    const windows = figuresOf(data, first.record, options).map((figures) => classifyWindow(figures, scale))
    return { ...first, class: classOf(first, windows, answersLater) }
  })
}

/** A trial that was stopped as soon as its failure was certain has no three bad windows in a row: then the last of its bad ones names it. */
function classOf(
  { objectivesHold, growth }: Omit<ObservedTrial, 'class'>,
  windows: readonly WindowClass[],
  answersLater: boolean,
): WindowClass {
  const lasting = classifyRun(windows, { answersLater })
  if (lasting.class !== 'F0' || (objectivesHold !== false && growth?.growing !== true)) return lasting
  // What is neither refused nor broken and yet not good is late.
  return windows.findLast((window) => window.class !== 'F0' && window.class !== 'FX') ?? { class: 'F2' }
}

/** What the search is told of a trial; overload and what follows it are no part of the search. */
export function toObservation(trial: ObservedTrial): Observation | undefined {
  const { plan, end } = trial.record
  const { purpose, load, durationSec } = plan
  if (purpose === 'overload' || purpose === 'hysteresis') return undefined
  const { work, ranSec, completedPerSec, growth, voidBy, failedObjective, objectivesHold } = trial
  const seconds = (q: number): number | null => micros(work.response.quantile(q))
  const [median, p99] = [seconds(0.5), seconds(0.99)]
  return {
    load,
    durationSec,
    purpose,
    ranSec,
    good: work.good,
    notGood: work.notGood,
    completedPerSec,
    ...(median === null ? {} : { medianLatencySec: median }),
    ...(p99 === null ? {} : { p99LatencySec: p99 }),
    growth: end === 'completed' ? growth : null,
    // A trial that failed for certain was stopped early: too short for some checks of the generator, and its failure stands.
    ...(voidBy.length > 0 ? { generatorLimited: true } : {}),
    ...(objectivesHold === null ? {} : { objectivesHold }),
    ...(failedObjective === null ? {} : { failedObjective }),
    failureClass: trial.class.class,
    ...(trial.cameBack ? {} : { cameBack: false }),
  }
}

function micros(value: number | null): number | null {
  return value === null ? null : value / 1e6
}

interface LookOptions {
  readonly kind: WorkKind
  readonly limit: LatencyLimit
  readonly spec: TestSpec
}

function firstLook(data: RunData, record: TrialRecord, { kind, limit, spec }: LookOptions): Omit<ObservedTrial, 'class'> {
  const { view, end } = record
  const work = workIn(view, kind, limit)
  const ranSec = Math.max(view.loadSec, 1e-3)
  const during = workIn(view, kind, limit, { from: 0, to: Math.max(1, view.judged.to) })
  const duringSec = Math.max(1, Math.min(view.judged.to, ranSec))
  const judged = spec.objectives
    .filter(({ metric }) => metricKind(metric.name).kind !== 'elsewhere')
    .map((objective) => judgeObjective(objective, data, view))
  const failed = judged.find(({ verdict }) => verdict === 'fail')
  const open = spec.objectives.filter(({ text }) => judged.some((one) => one.text === text && one.verdict === 'unknown'))
  const missed = failed?.text ?? missedShare(view, open)?.text
  // What was ended for certain has failed, though it may be too short for its percentiles.
  const isCertain = end === 'certain' && record.plan.purpose !== 'hysteresis'
  const holds = judged.length > 0 ? missed === undefined && !isCertain : null
  const isCut = end === 'stopped' || end === 'target-died'
  const failedObjective =
    end === 'target-died' ? 'the target died' : end === 'stopped' ? (record.condition ?? 'a stop condition') : (missed ?? null)
  return {
    record,
    work,
    ranSec,
    // An arrival is answered for the load it came in. Users are always in the middle of something when the load ends: what they finish afterwards would count each of them once too often.
    goodPerSec: spec.capacity?.unit === 'users' ? during.good / duringSec : work.good / ranSec,
    completedPerSec: during.answered / duringSec,
    acceptedP99Sec: acceptedQuantile(work, 0.99),
    growth: growthOf(view, kind),
    voidBy: voidChecks(data, view, limit).filter((id) => !isOfOthers(record, id)),
    failedObjective,
    objectivesHold: isCut ? false : holds,
    cameBack: cameBack(record),
  }
}

/** Ours: who does not wait that long for a target does not know whether it would have come back. */
const tellingWaitSec = 10

/** D2: whether what the target was given is over with it. A runtime keeps its memory. */
function cameBack({ settle }: TrialRecord): boolean {
  if (settle === undefined || settle.settled || settle.sec < tellingWaitSec) return true
  return settle.waitedFor.every((what) => what === 'memory')
}

/** D1b, on the median latency of each second; where hardly any second has answers, on the number in flight. */
function growthOf(view: TestData, kind: WorkKind): Growth | null {
  const rows = view.rows({ kind, range: view.judged })
  const latency = rows.flatMap(({ sec, p50Ms }) => (p50Ms === null ? [] : [{ t: sec, value: p50Ms }]))
  if (latency.length >= rows.length / 2) return growthTest(latency)
  return growthTest(rows.map(({ sec, inFlight }) => ({ t: sec, value: inFlight })))
}

/** What follows an overload without a pause answers requests that it did not ask for: its sums cannot come out even. */
function isOfOthers({ plan }: TrialRecord, check: string): boolean {
  return plan.purpose === 'hysteresis' && check === 'conservation'
}

/** Checks that compare the generator's lateness with what was measured. A trial has a limit to be compared with instead. */
const ofLateness: ReadonlySet<string> = new Set(['late-sends', 'slip', 'event-loop-delay'])

/**
 * The checks by which the generator limited a trial. With a latency limit L a trial is valid when 99 % of the schedule was sent within max(1 ms, 5 % L)
 * and the event loop lags less than L / 10 (D1), with the floor of 2 ms that all limits relative to a latency have.
 */
function voidChecks(data: RunData, view: TestData, { limitSec }: LatencyLimit): readonly string[] {
  const latencyMs = latencyOf(view.total('request').response)
  const input = { data, test: view, objectives: [], latencyMs, steady: steadyState(view), leaks: undefined }
  const { checks } = judgeValidity(input)
  const broken = checks.filter(({ verdict }) => verdict === 'void')
  if (limitSec === Infinity) return broken.map(({ id }) => id)
  const starts = view.total('scenario', { range: view.judged }).slip
  // A p99 of eighty starts is the slowest of them.
  const slipMs = (starts.quantile(enoughSamples(0.99, starts.count) ? 0.99 : 0.95) ?? 0) / 1000
  const lagMs = checks.find(({ id }) => id === 'event-loop-delay')?.value ?? 0
  const isCapped = view.generators().some(({ window }) => window.usersCapSec > 0)
  const isLate = (!isCapped && slipMs > Math.max(1, 50 * limitSec)) || lagMs > Math.max(2, 100 * limitSec)
  return broken.filter(({ id }) => isLate || !ofLateness.has(id)).map(({ id }) => id)
}

/** Lateness that did not limit a trial is worth a warning, and no more. */
export function withoutLateness(checks: readonly ValidityCheck[]): readonly ValidityCheck[] {
  return checks.map((check) =>
    check.verdict === 'void' && ofLateness.has(check.id) ? { ...check, verdict: 'warn' as const } : check,
  )
}

/** What classes are measured by: the best that the target showed at any load. */
function scaleOf(trials: readonly Omit<ObservedTrial, 'class'>[], limit: LatencyLimit, allowedShare: number) {
  const valid = trials.filter(({ voidBy }) => voidBy.length === 0)
  const best = (of: (trial: Omit<ObservedTrial, 'class'>) => number): number => Math.max(0, ...valid.map(of))
  const borne = valid.filter(({ objectivesHold }) => objectivesHold !== false)
  const iterations = borne.reduce((sum, { record }) => sum + record.view.total('scenario').count, 0)
  const answered = borne.reduce((sum, { work }) => sum + work.answered, 0)
  return {
    limitSec: limit.limitSec,
    allowedShare,
    goodMax: best(({ goodPerSec }) => goodPerSec),
    perIteration: iterations > 0 && answered > 0 ? answered / iterations : 1,
  }
}
