import type { TestSpec } from '../../model/plan-spec.ts'
import { metricKind } from '../metric-kind.ts'

export interface LatencyLimit {
  readonly q: number
  readonly limitMs: number
}

/** Nielsen 1993: 0.1 s is the limit of "instantly". Where no objective speaks of latency, 95 of 100 requests are held to it. */
const unsaid: LatencyLimit = { q: 0.95, limitMs: 100 }

/** The percentiles that the objectives of a test limit. */
export function latencyLimits({ objectives }: TestSpec): readonly LatencyLimit[] {
  const limits = objectives.flatMap(({ metric, op, value }): LatencyLimit[] => {
    const kind = metricKind(metric.name)
    const isLimit = kind.kind === 'latency' && kind.clock === 'response' && (op === '<' || op === '<=')
    return isLimit && kind.statistic.kind === 'quantile' && value > 0 ? [{ q: kind.statistic.q, limitMs: value }] : []
  })
  return limits.length === 0 ? [unsaid] : limits
}
