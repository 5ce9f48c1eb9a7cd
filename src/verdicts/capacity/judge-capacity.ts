import type { CapacityKind, CapacityResult, CurveResult, ResourceUse, TrialResult } from '../../model/capacity-result.ts'
import type { CapacitySpec } from '../../model/capacity-spec.ts'
import type { RunData, SearchResult, TestData } from '../../analysis/index.ts'
import { headroom, isHardFailure } from '../../analysis/index.ts'
import { latencyOf } from '../latency.ts'
import { sureToBear, sureToFail } from './confidence.ts'
import { failureName } from './failure-name.ts'
import type { ObservedTrial } from './observed.ts'
import { errorRate, judgeOverload } from './overload.ts'
import { byLoad, isValid, kneesOf, uslOf } from './scaling.ts'
import { searchState } from './search-state.ts'
import { latencyLimitOf } from './work.ts'

export interface CapacityVerdict {
  readonly result: CapacityResult
  readonly trials: readonly ObservedTrial[]
  /** The trial that bears the answer: the longest at the lower end; without one, the last. */
  readonly support: ObservedTrial | undefined
}

/** Judges which resource gave out first. */
export type JudgeSaturation = (
  data: RunData,
  loads: readonly { readonly load: number; readonly bears: boolean; readonly view: TestData }[],
) => { readonly limitedBy: string | null; readonly saturation: readonly ResourceUse[]; readonly reason: string }

/** Everything that is said of a capacity search: a function of its record. */
export function judgeCapacity(
  data: RunData,
  test: TestData,
  capacity: CapacitySpec,
  judgeSaturation: JudgeSaturation,
): CapacityVerdict {
  const { trials, next, result } = searchState(data, test, capacity)
  const { seed } = data.header
  const limit = latencyLimitOf(test.spec.objectives)
  const curve = curveOf(trials)
  const valid = trials.filter(isValid)
  const { lower, upper } = result
  const goodput = curve.find(({ offered }) => offered === lower)?.goodput ?? result.goodput
  const { limitedBy, saturation, reason } = judgeSaturation(
    data,
    [...byLoad(valid.filter(isSteady))].map(([load, same]) => {
      const longest = longestOf(same)
      return { load, bears: bears(longest), view: longest.record.view }
    }),
  )
  const kind = next.kind === 'done' ? result.kind : 'unfinished'
  return {
    trials,
    support: supportOf(trials, lower),
    result: {
      kind,
      unit: capacity.unit,
      lower,
      upper,
      width: result.width,
      within: capacity.quick ? 2 * capacity.within : capacity.within,
      confidence: confidenceOf(valid, test.spec.objectives, { lower, upper }),
      goodputPerSec: goodput,
      ...kneesOf(trials, seed),
      limitedBy: limitOf(kind, limitedBy),
      limitReason: reason,
      saturation,
      failureClass: result.failureClass === null ? null : classAt(trials, upper),
      limitingObjective: result.limitingObjective,
      hardBreakingPoint: hardBreakingPoint(result, trials),
      irregular: result.irregular,
      quick: capacity.quick,
      headroom:
        capacity.peak === undefined || lower === null ? null : { peak: capacity.peak, share: headroom(capacity.peak, lower) },
      curve,
      usl: uslOf(trials, capacity.unit, seed),
      trials: trials.map(trialResult),
      costSec: result.costSec,
      staircaseSec: result.staircaseSec,
      overload: lower === null || goodput === null ? null : judgeOverload(trials, { capacity, limit, lower, goodput }),
    },
  }
}

/** A search that never met the limit knows nothing of it, except where the generator was it. */
function limitOf(kind: CapacityKind, limitedBy: string | null): string | null {
  if (kind === 'generator-limited') return 'generator'
  return kind === 'at-least' ? null : limitedBy
}

function supportOf(trials: readonly ObservedTrial[], lower: number | null): ObservedTrial | undefined {
  const at = trials.filter((trial) => trial.record.plan.load === lower && isValid(trial) && bears(trial))
  return at.length === 0 ? trials.at(-1) : longestOf(at)
}

/** Of the longest trials at the two ends: the same that say whether they are borne. */
function confidenceOf(
  valid: readonly ObservedTrial[],
  objectives: TestData['spec']['objectives'],
  { lower, upper }: Pick<CapacityResult, 'lower' | 'upper'>,
): NonNullable<CapacityResult['confidence']> {
  const deciding = (load: number | null): ObservedTrial | undefined => {
    const at = valid.filter(({ record }) => record.plan.load === load)
    return at.length === 0 ? undefined : longestOf(at)
  }
  const [below, above] = [deciding(lower), deciding(upper)]
  return {
    lower: below === undefined || !bears(below) ? null : sureToBear(below, objectives),
    upper: above === undefined || bears(above) ? null : sureToFail(above, objectives),
  }
}

/** Of equally long ones the latest: that is the confirmation. */
function longestOf(trials: readonly ObservedTrial[]): ObservedTrial {
  return trials.reduce((a, b) => (Math.round(b.ranSec) >= Math.round(a.ranSec) ? b : a))
}

export function bears({ objectivesHold, growth, work }: ObservedTrial): boolean {
  return objectivesHold !== false && growth?.growing !== true && work.good > 0
}

function classAt(trials: readonly ObservedTrial[], load: number | null): CapacityResult['failureClass'] {
  const failed = trials.findLast((trial) => trial.record.plan.load === load && isValid(trial) && !bears(trial))
  return failed === undefined ? null : failureName(failed.class)
}

/** D2 looks at the loads beyond the capacity as well. */
function hardBreakingPoint({ hardBreakingPoint: searched }: SearchResult, trials: readonly ObservedTrial[]): number | null {
  const beyond = trials.filter(
    (trial) => trial.record.plan.purpose === 'overload' && isValid(trial) && isHardFailure(trial.class.class),
  )
  const loads = [...beyond.map(({ record }) => record.plan.load), ...(searched === null ? [] : [searched])]
  return loads.length === 0 ? null : Math.min(...loads)
}

/** What follows an overload is no steady load. */
function isSteady({ record }: ObservedTrial): boolean {
  return record.plan.purpose !== 'hysteresis'
}

/** One point a load: counts of all its valid trials together, percentiles of the longest. */
function curveOf(trials: readonly ObservedTrial[]): readonly CurveResult[] {
  const held = trials.filter((trial) => isValid(trial) && isSteady(trial))
  return [...byLoad(held)]
    .map(([load, same]): CurveResult => {
      const longest = longestOf(same)
      const { p50, p95, p99 } = latencyOf(longest.work.response)
      const seconds = same.reduce((sum, { ranSec }) => sum + ranSec, 0)
      const sum = (of: (trial: ObservedTrial) => number): number => same.reduce((total, trial) => total + of(trial), 0)
      const all = sum(({ work }) => work.good + work.notGood)
      return {
        offered: load,
        goodput: sum(({ goodPerSec, ranSec }) => goodPerSec * ranSec) / seconds,
        completedPerSec: sum(({ completedPerSec, ranSec }) => completedPerSec * ranSec) / seconds,
        p50,
        p95,
        p99,
        errorRate: all === 0 ? 0 : sum(({ work }) => Math.max(0, work.failed)) / all,
        class: failureName(longest.class),
        passes: bears(longest),
      }
    })
    .toSorted((a, b) => a.offered - b.offered)
}

function trialResult(trial: ObservedTrial): TrialResult {
  const { record, work, goodPerSec, completedPerSec, growth, voidBy, failedObjective } = trial
  const { plan, fromSec, toSec, end, settle } = record
  const { p50, p95, p99 } = latencyOf(work.response)
  return {
    trial: plan.trial,
    purpose: plan.purpose,
    load: plan.load,
    factor: plan.factor ?? null,
    fromSec,
    toSec,
    plannedSec: plan.durationSec,
    end,
    verdict: voidBy.length > 0 ? 'void' : bears(trial) ? 'bears' : 'fails',
    goodput: goodPerSec,
    completedPerSec,
    p50,
    p95,
    p99,
    errorRate: errorRate(trial),
    class: failureName(trial.class),
    failedObjective,
    growing: growth?.growing === true,
    voidBy,
    settle: settle ?? null,
  }
}
