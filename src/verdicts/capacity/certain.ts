import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { TrialPlan } from '../../model/run-event.ts'
import type { TestData } from '../../analysis/index.ts'
import { certainAlready, trialsOf } from '../../analysis/index.ts'
import { metricKind } from '../metric-kind.ts'
import { latencyLimitOf, workIn, workKindOf } from './work.ts'

/**
 * Whether a trial that runs must fail, whatever comes: more requests are too slow, or failed, than all of its planned ones may be. Each objective that
 * allows a share is asked by itself. Only the search stops early; what is held beyond the capacity is meant to fail.
 */
export function failsForCertain(test: TestData, { trial, purpose, load, durationSec }: TrialPlan): boolean {
  const { capacity, objectives } = test.spec
  if (capacity === undefined || purpose === 'overload' || purpose === 'hysteresis') return false
  const trials = trialsOf(test)
  const running = trials.find(({ plan }) => plan.trial === trial)
  const perLoad = requestsPerLoad(test)
  // Before the first trial nobody knows how many requests a user makes.
  if (running === undefined || (perLoad === undefined && capacity.unit === 'users')) return false
  const planned = { load, durationSec, requestsPerLoad: perLoad ?? 1 }
  return objectives.some((objective) => {
    const share = badShareOf(objective, running.view, objectives)
    return share !== undefined && certainAlready({ ...planned, notGood: share.bad, allowedShare: share.allowed }) === 'fails'
  })
}

/** An objective as a share of the requests: how many are allowed to miss it, and how many did. */
interface BadShare {
  readonly bad: number
  readonly of: number
  readonly allowed: number
}

/** Undefined where the objective allows no share of everything: then it is judged as a whole, or not at all. */
function badShareOf(
  { metric, op, value, overSec }: ObjectiveSpec,
  view: TestData,
  objectives: readonly ObjectiveSpec[],
): BadShare | undefined {
  if ((op !== '<' && op !== '<=') || metric.selector !== undefined || overSec !== undefined) return undefined
  const asked = metricKind(metric.name)
  const kind = workKindOf(view)
  if (asked.kind === 'errors' && value > 0) {
    const { failed, good, notGood } = workIn(view, kind, latencyLimitOf(objectives))
    return { bad: failed, of: good + notGood, allowed: value }
  }
  if (asked.kind !== 'latency' || asked.clock !== 'response' || asked.statistic.kind !== 'quantile') return undefined
  const { answered, response } = workIn(view, kind, { limitSec: value / 1000, quantile: asked.statistic.q })
  const late = answered - response.countAtOrBelow(Math.round(value * 1000))
  const censored = kind === 'request' ? view.total('request').censored : undefined
  const waited = censored === undefined ? 0 : censored.count - censored.countAtOrBelow(Math.round(value * 1000))
  return { bad: late + waited, of: answered + (censored?.count ?? 0), allowed: 1 - asked.statistic.q }
}

/** The objective that more requests missed than it allows, be they too few for a percentile: a short trial can fail, and must not pass for that. */
export function missedShare(view: TestData, objectives: readonly ObjectiveSpec[]): ObjectiveSpec | undefined {
  return objectives.find((objective) => {
    const share = badShareOf(objective, view, objectives)
    return share !== undefined && share.bad > share.allowed * share.of
  })
}

/** Most requests a second that one unit of load made in any trial that ended: later ones make less, not more. */
function requestsPerLoad(test: TestData): number | undefined {
  const kind = workKindOf(test)
  const rates = trialsOf(test)
    .filter(({ end }) => end === 'completed')
    .map(({ plan, view }) => view.total(kind, { range: view.judged }).count / Math.max(1, view.judged.to) / plan.load)
  return rates.length === 0 ? undefined : Math.max(...rates)
}
