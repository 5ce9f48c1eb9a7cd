import type { Distribution } from '../../metrics/index.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { SeriesWindow } from '../../model/sample.ts'
import type { Range, RequestTotal, ScenarioTotal, StepTotal, TestData } from '../../analysis/index.ts'
import { metricKind } from '../metric-kind.ts'

/** What is counted in a trial: requests where there are any, else steps, else whole iterations. */
export type WorkKind = 'request' | 'step' | 'scenario'

/** The latency objective L and its quantile, as D1 asks for them. */
export interface LatencyLimit {
  /** Seconds; infinite without an objective on latency: then every good answer is in time. */
  readonly limitSec: number
  readonly quantile: number
}

/** One stretch of work. Distributions are in microseconds, as everywhere. */
export interface Work {
  readonly kind: WorkKind
  readonly good: number
  readonly notGood: number
  /** Answered, well or not. */
  readonly answered: number
  readonly failed: number
  readonly response: Distribution
  readonly failedResponse: Distribution
}

export function workKindOf(test: TestData): WorkKind {
  if (test.total('request').count > 0) return 'request'
  return test.total('step').count > 0 ? 'step' : 'scenario'
}

/** What is done in a stretch, and how much of it was good: well answered, and within L. */
export function workIn(test: TestData, kind: WorkKind, { limitSec }: LatencyLimit, range?: Range): Work {
  const total: RequestTotal | StepTotal | ScenarioTotal = test.total(kind, { range })
  const { response, failedResponse } = total
  const ours = 'failures' in total ? (total.failures.aborted ?? 0) : 0
  const inTime = (times: Distribution): number =>
    limitSec === Infinity ? times.count : times.countAtOrBelow(Math.round(limitSec * 1e6))
  const good = Math.max(0, inTime(response) - inTime(failedResponse))
  return {
    kind,
    good,
    notGood: Math.max(0, total.count - ours - good),
    answered: response.count,
    failed: total.failed - ours,
    response,
    failedResponse,
  }
}

/** The windows of one second of the work. */
export function windowsOf(test: TestData, kind: WorkKind, sec: number): readonly Extract<SeriesWindow, { kind: WorkKind }>[] {
  return test.windowsAt(kind, sec).filter((window): window is Extract<SeriesWindow, { kind: WorkKind }> => window.kind === kind)
}

/**
 * L and its quantile: of the objectives on the latency of everything, the rarest quantile. A request between the limits of `p95 < 100ms` and
 * `p99 < 250ms` is one of those that may be slow: the later limit says which are not good.
 */
export function latencyLimitOf(objectives: readonly ObjectiveSpec[]): LatencyLimit {
  let limit: LatencyLimit = { limitSec: Infinity, quantile: 0.99 }
  let rarest = 0
  for (const { metric, op, value } of objectives) {
    if (op !== '<' && op !== '<=') continue
    const kind = metricKind(metric.name)
    if (
      kind.kind !== 'latency' ||
      kind.clock !== 'response' ||
      (metric.selector !== undefined && metric.selector.kind !== 'step')
    )
      continue
    const quantile = kind.statistic.kind === 'quantile' ? kind.statistic.q : kind.statistic.kind === 'max' ? 1 : 0
    if (quantile <= rarest) continue
    rarest = quantile
    limit = { limitSec: value / 1000, quantile: Math.min(quantile, 0.999) }
  }
  return limit
}

/** Share of the requests that may be not good: of the objectives on latency percentiles and on errors, the strictest. */
export function allowedShareOf(objectives: readonly ObjectiveSpec[]): number {
  const shares = objectives.flatMap(({ metric, op, value }) => {
    if ((op !== '<' && op !== '<=') || metric.selector !== undefined) return []
    const kind = metricKind(metric.name)
    if (kind.kind === 'latency' && kind.clock === 'response' && kind.statistic.kind === 'quantile') return [1 - kind.statistic.q]
    return kind.kind === 'errors' && value > 0 ? [value] : []
  })
  return shares.length === 0 ? 0.01 : Math.min(...shares)
}

/** The value at a quantile of the well answered, in seconds: the answered without those that failed. */
export function acceptedQuantile(
  { response, failedResponse }: Pick<Work, 'response' | 'failedResponse'>,
  q: number,
): number | null {
  const total = response.count - failedResponse.count
  if (total <= 0) return null
  const failed = new Map(failedResponse.buckets())
  const rank = Math.max(1, Math.ceil(q * total))
  let seen = 0
  for (const [value, count] of response.buckets()) {
    seen += count - (failed.get(value) ?? 0)
    if (seen >= rank) return Math.min(value, response.max) / 1e6
  }
  return response.max / 1e6
}
