import { expect, test } from 'vitest'
import { closedLoad, healthyRecord, histogramOf } from '../../../test/kit/healthy-record.ts'
import { simulatePoolTest } from '../../../test/kit/pools/simulate.ts'
import { correctPool } from '../../../test/kit/pools/simulated-pool.ts'
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

test('counters of a dependency give the threshold of a breaker before it', () => {
  const counter = (name: string, sum: number) => ({ kind: 'counter' as const, name: `provider.${name}`, sum })
  const data = healthyRecord({ seconds: 12, series: () => [counter('completed', 95), counter('failed', 5)] })
  const flat = renderText(judgeRun(data), data.header).replace(/\s+/g, ' ')
  expect(flat).toContain(
    'breaker before provider: open at 52.5 % failures, half-way between the 5 % that are usual and all of them.',
  )
  const down = healthyRecord({ seconds: 12, series: () => [counter('completed', 5), counter('failed', 95)] })
  expect(renderText(judgeRun(down), down.header)).not.toContain('breaker before')
})

test('a report of several tests ends with the verdict, and a line a test', () => {
  const data = healthyRecord({ seconds: 12 })
  const result = judgeRun(data)
  const [only] = result.tests
  if (only === undefined) throw new Error('the record has a test')
  const two = { ...result, tests: [only, { ...only, name: 'the other' }] }
  const text = renderText(two, data.header)
  const end = text.slice(text.lastIndexOf('✓ PASSED'))
  expect(text.startsWith('✓ PASSED')).toBe(true)
  expect(end).toMatch(/^✓ PASSED {2}healthy\n.*the test.*\n.*the other.*\n\nSeed /)
  // One test and its verdict stand on one screen.
  expect(renderText(result, data.header).match(/✓ PASSED/g)).toHaveLength(1)
})

test('the test of a connection pool is told with its arithmetic, and what failed meanwhile is no defect', () => {
  const link = { kind: 'link' as const, name: 'db' }
  const asked = { text: 'pool(db) = ok', op: '=' as const, word: 'ok', value: 0, metric: { name: 'pool', selector: link } }
  const data = simulatePoolTest({ truth: correctPool, seed: 3, objectives: [asked] })
  const result = judgeRun(data)
  const flat = renderText(result, data.header).replace(/\s+/g, ' ')
  // What is a word has no limit.
  expect(renderText(result, data.header)).toMatch(/✓ pool\(db\) = ok {2}ok\n/)
  expect(flat).toMatch(
    /✓ connection pool to db: OK\. Full with 10 connections, after \d+ ms; \d+ requests were given up after a wait/,
  )
  expect(flat).toMatch(/· [\d.]+\/s × [\d.]+ ms held each = [\d.]+ connections in use on average \(Little's law\)\./)
  expect(flat).toMatch(/The database leaves 100 − 3 reserved = 97 to ordinary users: \d+ instances with \d+ each\./)
  expect(result.tests[0]?.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
  expect(result.tests[0]?.objectives).toMatchObject([{ verdict: 'pass' }])
})
