import { expect, test } from 'vitest'
import { closedLoad, healthyRecord, histogramOf } from '../../../test/kit/healthy-record.ts'
import { judgeRun } from '../../verdicts/index.ts'
import { renderText } from './render-text.ts'

test('a run of functions in process shows its steps and no row of requests that never were', () => {
  const none = histogramOf([])
  const withRequests = healthyRecord({ seconds: 12 })
  const inProcess = healthyRecord({
    seconds: 12,
    load: closedLoad(10, 12),
    request: () => ({ count: 0, response: none, service: none }),
    generator: () => ({ requestsStarted: 0 }),
    series: () => [
      { kind: 'step', name: 'flow', count: 20, failed: 0, response: histogramOf(Array.from({ length: 20 }, () => 500_000)) },
    ],
  })
  const text = (data: typeof inProcess) => renderText(judgeRun(data), data.header)
  expect(text(withRequests)).toContain('2,400 requests')
  expect(text(inProcess)).toContain('2,400 iterations · no requests')
  expect(text(inProcess)).toContain('step flow')
})
