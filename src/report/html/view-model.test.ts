import { expect, test } from 'vitest'
import { hostileText, syntheticRecord } from '../../../test/kit/synthetic-record.ts'
import { createRunData } from '../../analysis/index.ts'
import { judgeRun } from '../../verdicts/index.ts'
import { renderHtml } from './render-html.ts'
import { createViewModel } from './view-model.ts'

const assets = { script: 'const close = "</script>"', style: 'body { color: red }' }

test('fed second by second it says the same as fed at once', () => {
  const record = syntheticRecord({ seconds: 40 })
  const model = createViewModel(record.header)
  const growing = createRunData(record.header)
  for (const event of [...record.events].sort((a, b) => a.t - b.t)) growing.addEvent(event)
  const windows = [...record.windows].sort((a, b) => a.t - b.t)
  for (const [i, line] of windows.entries()) {
    growing.addWindow(line)
    if (i % 150 === 0) model.update(growing, judgeRun(growing))
  }
  const data = record.data()
  expect(model.update(growing, judgeRun(growing))).toEqual(createViewModel(record.header).update(data, judgeRun(data)))
})

test('a long test is drawn in longer steps whose percentiles come from merged histograms', () => {
  const record = syntheticRecord({ seconds: 1500, requestNames: 1, tests: 1 })
  const data = record.data()
  const [page] = createViewModel(record.header).update(data, judgeRun(data)).tests
  expect(page?.time).toMatchObject({ stepSec: 2, points: 750 })
  const p95 = page?.charts.find(({ id }) => id === 'latency')?.series[1]?.values[100]
  const merged = data
    .test('staircase')
    ?.total('request', { range: { from: 200, to: 202 } })
    .response.quantile(0.95)
  expect(p95).toBe(Number(((merged ?? 0) / 1000).toPrecision(4)))
})

test('every chart has one value a point of the one time axis', () => {
  const record = syntheticRecord({ seconds: 40 })
  const data = record.data()
  for (const { charts, time } of createViewModel(record.header).update(data, judgeRun(data)).tests) {
    expect(charts.map(({ id }) => id)).toEqual(expect.arrayContaining(['throughput', 'latency', 'errors', 'users']))
    for (const { series } of charts) for (const { values } of series) expect(values).toHaveLength(time.points)
  }
})

test('the percentile curve ends where the samples end', () => {
  const record = syntheticRecord({ seconds: 10, tests: 1, requestNames: 1 })
  const data = record.data()
  const [page] = createViewModel(record.header).update(data, judgeRun(data)).tests
  const { samples = 0, x = [] } = page?.percentiles ?? {}
  // p99 takes 368 samples, p99.9 takes 3,688 (two-sided, 95 %).
  expect(samples).toBeGreaterThan(368)
  expect(samples).toBeLessThan(3688)
  expect(x.at(-1)).toBeGreaterThanOrEqual(2)
  expect(x.at(-1)).toBeLessThan(3)
})

test('nothing in the page ends its blocks early, and the policy allows only what is there', () => {
  const record = syntheticRecord({ seconds: 20 })
  const data = record.data()
  const result = judgeRun(data)
  const html = renderHtml(
    record.header,
    data,
    { ...result, name: hostileText, errors: [{ code: 'X', text: hostileText }] },
    assets,
  )
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html.match(/<\/script/g)).toHaveLength(2)
  expect(html).not.toContain('<img')
  expect(html).toMatch(/default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'/)
  const json = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)?.[1] ?? ''
  expect((JSON.parse(json) as { title: string }).title).toContain('<script>window.hacked=1</script>')
})
