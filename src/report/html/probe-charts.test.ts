import { expect, test } from 'vitest'
import { syntheticRecord } from '../../../test/kit/synthetic-record.ts'
import { createRunData } from '../../analysis/index.ts'
import { probeCharts } from './probe-charts.ts'

function chartsOf(values: (t: number) => Readonly<Record<string, number>>) {
  const record = syntheticRecord({ seconds: 20, tests: 1 })
  const header = {
    ...record.header,
    plan: { ...record.header.plan, probes: [{ kind: 'metrics-page' as const, name: 'app', url: '/metrics' }] },
  }
  const data = createRunData(header)
  for (const event of record.events) data.addEvent(event)
  for (const line of record.windows)
    if (line.kind === 'probe') data.addWindow({ t: line.t, kind: 'probe', values: values(line.t) })
  const [first] = data.tests
  if (first === undefined) throw new Error('the synthetic record has no test')
  return probeCharts(data, first, { points: 20, stepSec: 1 })
}

test('a page of metrics gives a chart a family, with its labels as legend, and counters as rates', () => {
  const charts = chartsOf((t) => ({
    'app.requests_total{method="GET",route="/a"}': 100 * t,
    'app.requests_total{method="POST",route="/a"}': 10 * t,
    'app.pool_waiting': t % 3,
  }))
  const requests = charts.find(({ title }) => title === 'App: requests_total')
  expect(requests?.series.map(({ label }) => label)).toEqual(['GET /a', 'POST /a'])
  expect(requests?.unit).toBe('perSec')
  const rates = requests?.series[0]?.values.filter((value) => value !== null) ?? []
  expect(rates.length).toBeGreaterThan(10)
  for (const rate of rates) expect(rate).toBeCloseTo(100, 6)
  expect(charts.map(({ title }) => title)).toContain('App: pool_waiting')
})

test('what the runtime adds comes after what the target says of itself', () => {
  const titles = chartsOf((t) => ({ 'app.nodejs_eventloop_lag_seconds': t, 'app.shop_orders_total': t * t })).map(
    ({ title }) => title,
  )
  expect(titles).toEqual(['App: shop_orders_total', 'App: nodejs_eventloop_lag_seconds'])
})
