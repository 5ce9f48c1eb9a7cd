import type { RunData, TestData } from '../../analysis/index.ts'
import { messageMetric } from '../../model/message-metric.ts'
import type { PageChart, PageSeries, PageTime } from './page-data.ts'
import { onAxis, probeCharts } from './probe-charts.ts'
import { rounded } from './rounded.ts'
import type { TimeColumns, TimePoint } from './time-columns.ts'

/** All charts of a test, in reading order. */
export function chartsOf(data: RunData, test: TestData, columns: TimeColumns, time: PageTime): PageChart[] {
  return [...loadCharts(test, columns), ...probeCharts(data, test, time), ...metricCharts(data.header, test, time)]
}

function loadCharts(test: TestData, { points }: TimeColumns): PageChart[] {
  const column = (label: string, of: (point: TimePoint) => number | null, tone: PageSeries['tone'] = 'normal'): PageSeries => ({
    label,
    tone,
    values: points.map((point) => rounded(of(point))),
  })
  const kinds = [...new Set(points.flatMap((point) => Object.keys(point.failures)))].sort()
  const open =
    test.spec.capacity?.unit === 'perSec' || test.spec.loads.some(({ load }) => load.model === 'open' || load.model === 'trace')
  const dropped = points.some((point) => point.droppedPerSec > 0)
  const charts: PageChart[] = [
    {
      id: 'throughput',
      title: 'Throughput',
      group: 'main',
      unit: 'perSec',
      log: false,
      series: [column('requests', (p) => p.perSec), column('failed', (p) => p.failedPerSec, 'bad')],
    },
    {
      id: 'latency',
      title: 'Latency',
      group: 'main',
      unit: 'ms',
      log: true,
      series: [column('p50', (p) => p.p50), column('p95', (p) => p.p95), column('p99', (p) => p.p99)],
    },
  ]
  if (kinds.length > 0)
    charts.push({
      id: 'errors',
      title: 'Failed requests by kind',
      group: 'main',
      unit: 'perSec',
      log: false,
      series: kinds.slice(0, 8).map((kind) => column(kind, (p) => p.failures[kind] ?? 0)),
    })
  charts.push({
    id: 'users',
    title: 'Users and requests in flight',
    group: 'load',
    unit: 'count',
    log: false,
    series: [column('users', (p) => p.users), column('in flight', (p) => p.inFlight)],
  })
  if (open)
    charts.push({
      id: 'arrivals',
      title: 'Arrivals',
      group: 'load',
      unit: 'perSec',
      log: false,
      series: [
        column('planned', (p) => p.planned),
        column('started', (p) => p.started),
        ...(dropped ? [column('dropped', (p) => p.droppedPerSec, 'bad')] : []),
      ],
    })
  return charts
}

/** The plan's own metrics: trends and gauges as their value, counters as a rate. */
function metricCharts({ plan }: RunData['header'], test: TestData, time: PageTime): PageChart[] {
  const charts: PageChart[] = []
  const units = new Map(plan.metrics.map((metric) => [metric.name, metric.unit]))
  for (const kind of ['trend', 'counter', 'gauge'] as const) {
    for (const name of test.series(kind)) {
      const points: { t: number; value: number }[] = []
      for (let sec = 0; sec < time.points * time.stepSec; sec++) {
        for (const window of test.windowsAt(kind, sec)) {
          if (window.name !== name) continue
          if (window.kind === 'counter') points.push({ t: sec, value: window.sum })
          if (window.kind === 'gauge' && window.count > 0) points.push({ t: sec, value: window.sum / window.count })
          if (window.kind === 'trend' && window.values.count > 0)
            points.push({ t: sec, value: window.values.sum / window.values.count / 1000 })
        }
      }
      const label = kind === 'counter' ? 'per second' : 'mean'
      charts.push({
        id: `metric-${charts.length}`,
        title: name,
        group: 'more',
        unit: kind === 'counter' ? 'perSec' : (units.get(name) ?? messageMetric(name)?.unit ?? 'count'),
        log: false,
        series: [{ label, tone: 'normal', values: onAxis(points, time) }],
      })
    }
  }
  return charts.slice(0, 12)
}
