import type { LabelMatcher, MonitorSpec, Scrape, ScrapedLatency, SeriesSelector } from '../model/monitor-spec.ts'
import type { MetricsPage, Reading } from './prometheus-text.ts'

type Monitored = Required<Pick<Scrape, 'counts' | 'latencies'>>

/** Picks from pages what the target says of itself. */
export function monitoredSeries({ counts, latencies }: MonitorSpec): (page: MetricsPage) => Monitored {
  const ofCounts = counts.map(({ series }) => selects(series))
  const ofLatencies = latencies.map(({ series }) => ({ metric: series.metric, fits: selects(series) }))
  return ({ readings }) => ({
    counts: ofCounts.map((fits) => sumOf(readings.filter(({ name, labels }) => fits(name, labels)))),
    latencies: ofLatencies.map(({ metric, fits }) => latencyOf(readings, metric, (labels) => fits(metric, labels))),
  })
}

/** The infinite bucket is the count. */
function latencyOf(
  readings: readonly Reading[],
  metric: string,
  fits: (labels: Reading['labels']) => boolean,
): ScrapedLatency | null {
  const of = (suffix: string): readonly Reading[] =>
    readings.filter(({ name, labels }) => name === `${metric}${suffix}` && fits(labels))
  const buckets = new Map<number, number>()
  for (const { labels, value } of of('_bucket')) {
    const le = Number(labels['le'])
    if (Number.isFinite(le) && Number.isFinite(value)) buckets.set(le, (buckets.get(le) ?? 0) + value)
  }
  const count = sumOf(of('_count'))
  const sum = sumOf(of('_sum'))
  if (count === null || sum === null) return null
  return { count, sum, buckets: [...buckets].sort(([a], [b]) => a - b) }
}

/** Null where there is nothing to add up. */
function sumOf(readings: readonly Reading[]): number | null {
  const values = readings.flatMap(({ value }) => (Number.isFinite(value) ? [value] : []))
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}

function selects({ metric, matchers }: SeriesSelector): (name: string, labels: Reading['labels']) => boolean {
  const all = matchers.map(fitsLabel)
  return (name, labels) => name === metric && all.every((fits) => fits(labels))
}

/** As in PromQL a label that is not there is an empty one, and patterns are anchored. */
function fitsLabel({ label, op, value }: LabelMatcher): (labels: Reading['labels']) => boolean {
  const isNegated = op.startsWith('!')
  const pattern = op.endsWith('~') ? new RegExp(`^(?:${value})$`, 'u') : undefined
  return (labels) => {
    const found = labels[label] ?? ''
    return (pattern?.test(found) ?? found === value) !== isNegated
  }
}
