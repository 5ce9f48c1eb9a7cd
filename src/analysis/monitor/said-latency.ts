import type { ScrapedLatency } from '../../model/monitor-spec.ts'
import type { Growth } from './increase.ts'

export const ofLatencies: Growth<ScrapedLatency> = {
  isReset: (before, after) => after.count < before.count,
  subtract: (after, before) => combined(after, before, -1),
  add: (a, b) => combined(a, b, 1),
}

/** A bucket appears with its first value on some pages. */
function combined(a: ScrapedLatency, b: ScrapedLatency, sign: 1 | -1): ScrapedLatency {
  const buckets = new Map(a.buckets)
  for (const [le, count] of b.buckets) buckets.set(le, (buckets.get(le) ?? 0) + sign * count)
  return {
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    buckets: [...buckets].sort(([x], [y]) => x - y),
  }
}

/**
 * The bucket in which a quantile lies, as [lowest, highest]: all that a histogram of buckets knows of it, whatever is interpolated within. `doubt` is the share of the values
 * that are none of ours, wherever they lie. Undefined where there are no buckets.
 */
export function bucketOf(
  { count, buckets }: ScrapedLatency,
  q: number,
  doubt: number,
): readonly [low: number, high: number] | undefined {
  if (buckets.length === 0 || count <= 0) return undefined
  const bounds = [...buckets, [Infinity, count] as const]
  const at = (share: number): number => {
    const rank = Math.min(count, Math.max(1, Math.ceil(share * count - 1e-9)))
    const index = bounds.findIndex(([, upTo]) => upTo >= rank)
    return index < 0 ? bounds.length - 1 : index
  }
  return [bounds[at(q - doubt) - 1]?.[0] ?? 0, bounds[at(q + doubt)]?.[0] ?? Infinity]
}
