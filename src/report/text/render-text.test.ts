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

test('a load with several levels is told level by level, in their order', () => {
  const phases = [
    { name: '200 users', fromSec: 0, toSec: 6 },
    { name: '100 users', fromSec: 6, toSec: 12 },
  ]
  const text = (spec: object) => {
    const data = healthyRecord({ seconds: 12, spec })
    return renderText(judgeRun(data), data.header)
  }
  expect(text({ phases })).toMatch(/Phases\n.*count.*\n {2}200 users +1,200 +200\/s +0 % .*\n {2}100 users +1,200 /)
  expect(text({ phases: phases.slice(0, 1) })).not.toContain('Phases')
})
