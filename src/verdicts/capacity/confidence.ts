import type { BadShare } from '../../analysis/index.ts'
import { surelyAbove, surelyBelow } from '../../analysis/index.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import { metricKind } from '../metric-kind.ts'
import type { ObservedTrial } from './observed.ts'
import type { Work } from './work.ts'

/** How sure it is that every objective holds; null where one is of something else than a share of the requests: then nobody can say. */
export function sureToBear({ work }: Pick<ObservedTrial, 'work'>, objectives: readonly ObjectiveSpec[]): number | null {
  const limits = objectives
    .filter(({ metric }) => metricKind(metric.name).kind !== 'elsewhere')
    .map((each) => shareOf(each, work))
  const sure = limits.map((limit) => (limit === undefined ? null : surelyBelow(limit, limit.allowed)))
  return sure.reduce(
    (least, one) => (least === null || one === null ? null : Math.min(least, one)),
    limits.length === 0 ? null : 1,
  )
}

/** How sure it is that one of them does not; null where none of a share was missed: then it was something else that failed. */
export function sureToFail({ work }: Pick<ObservedTrial, 'work'>, objectives: readonly ObjectiveSpec[]): number | null {
  const missed = objectives.flatMap((each) => {
    const limit = shareOf(each, work)
    return limit === undefined || limit.bad <= limit.allowed * limit.of ? [] : [surelyAbove(limit, limit.allowed)]
  })
  return missed.length === 0 ? null : Math.max(...missed)
}

/** What an objective asks of all requests, as a share that may be bad: `p95 < 100ms` lets one in twenty be late, `errors < 1%` one in a hundred fail. */
function shareOf({ metric, op, value }: ObjectiveSpec, work: Work): (BadShare & { readonly allowed: number }) | undefined {
  if ((op !== '<' && op !== '<=') || metric.selector !== undefined) return undefined
  const kind = metricKind(metric.name)
  if (kind.kind === 'errors') return { bad: work.failed, of: work.good + work.notGood, allowed: value }
  if (kind.kind !== 'latency' || kind.clock !== 'response' || kind.statistic.kind !== 'quantile') return undefined
  const { response } = work
  const late = response.count - response.countAtOrBelow(Math.round(value * 1000))
  return { bad: late, of: response.count, allowed: 1 - kind.statistic.q }
}
