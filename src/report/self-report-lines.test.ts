import { describe, expect, it } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import type { AlertResult } from '../model/alert-result.ts'
import type { MonitorResult } from '../model/monitor-result.ts'
import { judgeRun } from '../verdicts/index.ts'
import { renderMarkdown } from './markdown/render-markdown.ts'
import { alertLines, alertRows, monitorLines, monitorRows } from './self-report-lines.ts'

const monitor: MonitorResult = {
  verdict: 'LIES',
  reason: 'a_total, count: It says 80.',
  scrapes: { count: 31, failed: 2, late: 1, blind: 1, slowestSec: 2.5, withinSec: 2, example: 'ECONNREFUSED' },
  counts: [
    { series: 'a_total', statistic: 'count', says: [80, 80], seen: [100, 104], unit: 'count', deviation: 0.2, verdict: 'fail', reason: 'It says 80.' },
  ],
  latencies: [
    { series: 'b', statistic: 'p99', says: [1000, null], seen: [2000, 2000], unit: 'ms', deviation: 0, verdict: 'pass', reason: 'It says more.' },
  ],
  countDeviation: 0.2,
  latencyDeviation: 0,
} // prettier-ignore

const alerts: readonly AlertResult[] = [
  {
    ...{ name: 'slow', verdict: 'STUCK', reason: 'Still raised', condition: 'p95 > 1s', raisedAfterSec: 2, clearedAfterSec: null },
    due: [{ fromSec: 10, toSec: 20 }],
    raised: [{ fromSec: 12, toSec: null }],
  },
  { name: 'disk', verdict: 'UNLISTED', reason: 'Raised.', condition: null, due: [], raised: [{ fromSec: 1, toSec: 2 }], raisedAfterSec: null, clearedAfterSec: null },
] // prettier-ignore

describe('what a target says of itself, in a report', () => {
  it('is a line for the page and one for everything that was compared', () => {
    expect(monitorLines({ monitor })).toEqual([
      {
        mark: '✗',
        text: 'the page of metrics: lies. 31 looks, the slowest 2,500 ms; 2 failed, 1 came late, 1 of these while users were served.',
      },
      { mark: '✗', text: 'a_total, count: It says 80.' },
      { mark: '✓', text: 'b, p99: It says more.' },
    ])
    expect(monitorLines({})).toEqual([])
  })

  it('is a row a comparison, with its bounds', () => {
    expect(monitorRows(monitor).map(({ cells }) => cells)).toEqual([
      ['a_total', 'count', '80', '100 to 104', '20 %'],
      ['b', 'p99', 'more than 1,000 ms', '2,000 ms', '0 %'],
    ])
  })

  it('is a line and a row an alert', () => {
    expect(alertLines({ alerts }).map(({ mark, text }) => `${mark} ${text}`)).toEqual([
      '✗ slow: stuck. Still raised.',
      '· disk: unlisted. Raised.',
    ])
    expect(alertRows(alerts).map(({ cells }) => cells.slice(2, 5))).toEqual([
      ['p95 > 1s', '10–20 s', 'from 12 s on'],
      ['not in the plan', 'never', '1–2 s'],
    ])
  })

  it('is a section of the document only where there is something to tell', () => {
    const data = healthyRecord({ seconds: 10 })
    const result = judgeRun(data)
    expect(renderMarkdown(result, data.header)).not.toContain('## Monitoring and alerts')
    const told = { ...result, tests: result.tests.map((test) => ({ ...test, monitor, alerts })) }
    const text = renderMarkdown(told, data.header)
    expect(text).toContain('## Monitoring and alerts')
    expect(text).toContain('| slow | stuck | p95 &gt; 1s |')
  })

  it('is a line a test of several, and in full what was not as it should be', () => {
    const data = healthyRecord({ seconds: 10 })
    const result = judgeRun(data)
    const [test] = result.tests
    if (!test) throw new Error('no test')
    const well = { ...monitor, verdict: 'TRUTHFUL', counts: [], countDeviation: 0 } as const
    const quiet = { ...alerts[0], name: 'calm', verdict: 'OK', due: [], raised: [] } as AlertResult
    const tests = [
      { ...test, name: 'healthy', monitor: well, alerts: [quiet] },
      { ...test, name: 'ill', monitor, alerts: [quiet, ...alerts] },
      { ...test, name: 'not asked' },
    ]
    const text = renderMarkdown({ ...result, tests }, data.header)
    const section = /## Monitoring and alerts\n([^]*?)\n## /.exec(text)?.[1] ?? ''
    expect(section).toContain('| healthy | ✅ truthful | 31 | 2,500 ms | 1 | 0 % | ✅ none raised |')
    expect(section).toContain('| ill | ❌ lies | 31 | 2,500 ms | 2 | 20 % | ❌ slow stuck; slow, disk raised |')
    expect(section).not.toContain('not asked')
    expect(section).toContain('| a\\_total | count | 80 | 100 to 104 | 20 % |')
    expect(section).toContain('| slow | stuck |')
    // What was as it should be has no row of its own.
    expect(section).not.toContain('| b | p99 |')
    expect(section).not.toContain('| calm |')
  })
})
