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
  const kind = workKindOf(test)
  const planned = { load, durationSec, requestsPerLoad: perLoad ?? 1 }
  return objectives.some(({ metric, op, value, overSec }) => {
    if ((op !== '<' && op !== '<=') || metric.selector !== undefined || overSec !== undefined) return false
    const asked = metricKind(metric.name)
    if (asked.kind === 'errors' && value > 0) {
      const { failed } = workIn(running.view, kind, latencyLimitOf(objectives))
      return certainAlready({ ...planned, notGood: failed, allowedShare: value }) === 'fails'
    }
    if (asked.kind !== 'latency' || asked.clock !== 'response' || asked.statistic.kind !== 'quantile') return false
    const { answered, response } = workIn(running.view, kind, { limitSec: value / 1000, quantile: asked.statistic.q })
    const late = answered - response.countAtOrBelow(Math.round(value * 1000))
    const censored = kind === 'request' ? running.view.total('request').censored : undefined
    const waited = censored === undefined ? 0 : censored.count - censored.countAtOrBelow(Math.round(value * 1000))
    return certainAlready({ ...planned, notGood: late + waited, allowedShare: 1 - asked.statistic.q }) === 'fails'
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
