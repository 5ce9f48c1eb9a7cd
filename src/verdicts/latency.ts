import type { Latency } from '../model/run-result.ts'
import { enoughSamples } from '../analysis/index.ts'
import type { Distribution } from '../metrics/index.ts'

/** What is printed of a distribution of microseconds, in ms. A percentile with too few samples behind it is null. */
export function latencyOf(times: Distribution, intervals?: Latency['intervals']): Latency {
  const percentile = (q: number) => {
    const value = enoughSamples(q, times.count) ? times.quantile(q) : null
    return value === null ? null : value / 1000
  }
  const some = times.count > 0
  return {
    p50: percentile(0.5),
    p90: percentile(0.9),
    p95: percentile(0.95),
    p99: percentile(0.99),
    p999: percentile(0.999),
    mean: some ? times.sum / times.count / 1000 : null,
    min: some ? times.min / 1000 : null,
    max: some ? times.max / 1000 : null,
    samples: times.count,
    ...(intervals === undefined ? {} : { intervals }),
  }
}
