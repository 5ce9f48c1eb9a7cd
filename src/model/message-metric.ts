import type { MetricSpec } from './plan-spec.ts'

/** What connections with messages count by themselves. */
const always: readonly MetricSpec[] = [
  ...(['ws', 'tcp'] as const).flatMap((protocol): MetricSpec[] => [
    { name: `${protocol}.sent`, kind: 'counter', unit: 'count' },
    { name: `${protocol}.received`, kind: 'counter', unit: 'count' },
    { name: `${protocol}.lifetime`, kind: 'trend', unit: 'ms' },
  ]),
  { name: 'deliveries.lost', kind: 'counter', unit: 'count' },
  { name: 'deliveries.doubled', kind: 'counter', unit: 'count' },
  { name: 'deliveries.unordered', kind: 'counter', unit: 'count' },
]

/** The metric that a name is, or a statistic of: `ws.lifetime.p95`, `ws.closed.1006`, `tcp.closed.lost`. */
export function messageMetric(name: string): MetricSpec | undefined {
  const known = always.find((metric) => name === metric.name || name.startsWith(`${metric.name}.`))
  if (known !== undefined) return known
  const closed = /^(ws\.closed\.(\d{4}|us)|tcp\.closed\.(us|them|lost))$/.exec(name)
  return closed === null ? undefined : { name, kind: 'counter', unit: 'count' }
}
