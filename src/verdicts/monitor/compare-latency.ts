import type { MonitorComparison } from '../../model/monitor-result.ts'
import type { MonitoredLatency, ScrapedLatency } from '../../model/monitor-spec.ts'
import { isOnLink } from '../../model/on-link.ts'
import type { Increase, Range, TestData } from '../../analysis/index.ts'
import { bucketOf, enoughSamples, increaseOf, ofLatencies, requestsOf, seenOf } from '../../analysis/index.ts'
import type { Distribution } from '../../metrics/index.ts'
import { createTally } from '../../metrics/index.ts'
import { digits } from '../format-value.ts'
import type { MonitorInput } from './compare-counts.ts'
import { latenessOf } from './lateness.ts'
import type { Lateness } from './lateness.ts'
import { alsoAsked, isQuiet, unknownComparison, windowsOf } from './span.ts'

/** What the monitor's times may be off by. */
export const latencyTolerance = 0.1
/** With more values than this that are none of the requests that were answered, the times of both say nothing of each other. Ours. */
const mostDoubt = 0.05
const quantiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** A histogram of the page against service times: what a request waits before it is sent is none of the target's. */
export function compareLatency(input: MonitorInput, monitored: MonitoredLatency, index: number): readonly MonitorComparison[] {
  const { data, test, scrapes } = input
  const { series, of, msPerUnit } = monitored
  const unknown = (reason: string) => [unknownComparison(series.text, { statistic: 'mean', unit: 'ms', reason })]
  const answered = scrapes.filter(({ error }) => error === undefined)
  if (answered.length > 0 && answered.every(({ latencies }) => (latencies?.[index] ?? null) === null))
    return unknown(`No histogram or summary of the page fits \`${series.text}\`.`)
  // One with labels comes to be with its first value.
  const nothing: ScrapedLatency = { count: 0, sum: 0, buckets: [] }
  const readings = answered.map(({ fromSec, toSec, latencies }) => ({ fromSec, toSec, value: latencies?.[index] ?? nothing }))
  const increase = increaseOf(readings, ofLatencies)
  if (increase === undefined) return unknown('Fewer than two looks at the page were answered.')
  const between = faultsBetween(test)
  if (between.length > 0)
    return unknown(`Between the users and the target was ${between.join(', ')}: what users wait there the target cannot see.`)
  const { possible } = windowsOf(increase, test)
  const times = serviceTimes(test, of.names, possible)
  if (times.count === 0 || increase.by.count <= 0) return unknown('There were no answers to compare.')
  const { doubtful } = seenOf(test, of, possible)
  const most = doubtful + alsoAsked(data, test, { scrapes, increase }) + inDoubt(test, of, increase)
  // Where as many were timed as were answered they are the same, and none of those that might be in it is.
  const apart = Math.abs(increase.by.count - times.count)
  const isWhole = isQuiet(increase, test) && increase.resets.length === 0
  const doubt = (isWhole ? apart : Math.max(apart, most)) / times.count
  if (doubt > mostDoubt)
    return unknown(
      isWhole
        ? `It has timed ${digits(increase.by.count)}, and ${digits(times.count)} were answered: these are not the same requests.`
        : `Too much of what it may have timed is not known to be what was answered: ${digits(100 * doubt)} %.`,
    )
  const pair: Pair = { said: increase.by, times, doubt, msPerUnit, lateness: latenessOf(test, requestsOf(test, of.names)) }
  return [meanOf(series.text, pair), ...quantiles.flatMap(([name, q]) => quantileOf(series.text, pair, { name, q }))]
}

/** Faults of this test on the link that the users come by. */
function faultsBetween({ spec: { faults = [], nemesis } }: TestData): readonly string[] {
  return [...faults, ...(nemesis?.faults ?? [])].flatMap(({ id, fault }) =>
    isOnLink(fault) && fault.on === 'target' ? [id] : [],
  )
}

interface Pair {
  readonly said: ScrapedLatency
  readonly times: Distribution
  readonly doubt: number
  readonly msPerUnit: number
  readonly lateness: Lateness
}

/** Of requests near the looks and the resets nobody knows on which side they are. */
function inDoubt(test: TestData, of: MonitoredLatency['of'], increase: Increase<ScrapedLatency>): number {
  const { certain, possible } = windowsOf(increase, test)
  const edges = seenOf(test, of, possible).certain - seenOf(test, of, certain).certain
  const resets = increase.resets.map(({ fromSec, toSec }) =>
    seenOf(test, of, { from: Math.floor(fromSec), to: Math.ceil(toSec) + 1 }),
  )
  return resets.reduce((sum, { certain: count }) => sum + count, edges)
}

function serviceTimes(test: TestData, names: readonly string[], range: Range): Distribution {
  const tally = createTally()
  for (const name of requestsOf(test, names)) tally.addDistribution(test.total('request', { name, range }).service)
  return tally
}

function meanOf(series: string, { said, times, doubt, msPerUnit, lateness }: Pair): MonitorComparison {
  const says = (said.sum / said.count) * msPerUnit
  const seen = times.sum / times.count / 1000
  return compared(series, 'mean', { says: [says, says], seen, allowance: lateness.meanMs + doubt * seen })
}

function quantileOf(
  series: string,
  { said, times, doubt, msPerUnit, lateness }: Pair,
  { name, q }: { readonly name: string; readonly q: number },
): readonly MonitorComparison[] {
  const bucket = bucketOf(said, q, doubt)
  const micros = enoughSamples(q, times.count) ? times.quantile(q) : null
  if (bucket === undefined || micros === null) return []
  const says = [bucket[0] * msPerUnit, bucket[1] * msPerUnit] as const
  return [compared(series, name, { says, seen: micros / 1000, allowance: lateness.quantileMs(q) })]
}

function compared(
  series: string,
  statistic: string,
  { says, seen, allowance }: { readonly says: readonly [number, number]; readonly seen: number; readonly allowance: number },
): MonitorComparison {
  const [low, high] = says
  const distance = Math.max(0, low - seen - allowance, seen - high - allowance)
  const deviation = distance / seen
  const isEndless = !Number.isFinite(high)
  const shown = low === high ? digits(low) : isEndless ? `more than ${digits(low)}` : `${digits(low)} to ${digits(high)}`
  return {
    series,
    statistic,
    says: [low, isEndless ? null : high],
    seen: [seen, seen],
    unit: 'ms',
    deviation,
    verdict: deviation > latencyTolerance ? 'fail' : 'pass',
    reason: `It says ${shown} ms, seen were ${digits(seen)} ms${distance > 0 ? `: ${digits(100 * deviation)} % apart` : ''}.`,
  }
}
