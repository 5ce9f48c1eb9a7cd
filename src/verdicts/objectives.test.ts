import { describe, expect, test } from 'vitest'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import { healthyRecord, histogramOf } from '../../test/kit/healthy-record.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import { judgeObjective } from './objectives.ts'

type Given = Partial<ObjectiveSpec> & { readonly selector?: ObjectiveSpec['metric']['selector'] }

function judge(text: string, record: HealthyOptions = {}, given: Given = {}) {
  const [name = '', op = '<', value = '0'] = text.split(' ')
  const { selector, ...rest } = given
  // The test writes one of the grammar's operators.
  const objective: ObjectiveSpec = {
    text,
    metric: { name, ...(selector && { selector }) },
    op: op as ObjectiveSpec['op'],
    value: Number(value),
    ...rest,
  }
  const data = healthyRecord(record)
  return judgeObjective(objective, data, data.tests[0]!)
}

const flat =
  (ms: number, perSec = 200) =>
  () =>
    Array.from({ length: perSec }, () => ms)

test('errors without a request are not known, and what to count instead is said', () => {
  const silent = { request: () => ({ count: 0 }) }
  expect(judge('errors < 0.01', silent)).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('such as errors(scenario:main)') as string,
  })
})

describe('an objective on response times', () => {
  test('passes below its limit and fails above it, with the value', () => {
    expect(judge('p95 < 100', { times: flat(40) })).toMatchObject({ verdict: 'pass', actual: 40, unit: 'ms', limit: 100 })
    expect(judge('p95 < 30', { times: flat(40) })).toMatchObject({
      verdict: 'fail',
      reason: 'p95 was 40 ms; it should be < 30 ms.',
    })
    expect(judge('mean <= 40', { times: flat(40) }).verdict).toBe('pass')
    expect(judge('max < 40', { times: flat(40) }).verdict).toBe('fail')
    expect(judge('service.p50 < 41', { times: flat(40) }).verdict).toBe('pass')
    expect(judge('slip.p99 < 1').actual).toBeCloseTo(0.05, 3)
  })

  test('is unknown with too few samples for its percentile', () => {
    expect(judge('p99 < 100', { perSec: 10 })).toMatchObject({ verdict: 'unknown', actual: null })
    expect(judge('p99 < 100', { perSec: 10 }).reason).toContain('needs at least 368 samples, there were 300')
    expect(judge('p99 < 100', { perSec: 13 }).verdict).toBe('pass')
  })

  test('leaves the warm-up out', () => {
    const slowStart = (sec: number) => Array.from({ length: 200 }, () => (sec < 5 ? 900 : 10))
    expect(judge('p95 < 100', { times: slowStart }).verdict).toBe('fail')
    expect(judge('p95 < 100', { times: slowStart, spec: { warmupSec: 5 } }).verdict).toBe('pass')
  })

  test('fails without a number when time-outs reach the percentile', () => {
    const timedOut = (count: number): HealthyOptions => ({
      times: flat(40, 100 - count),
      request: (_, window) => ({
        count: 100,
        failed: count,
        censored: histogramOf(Array.from({ length: count }, () => 5e6)),
        response: window.response,
      }),
    })
    const failed = judge('p95 < 10000', timedOut(5))
    expect(failed).toMatchObject({ verdict: 'fail', actual: null })
    expect(failed.reason).toMatch(/p95 ≥ .*\(time-outs\)/)
    expect(judge('p95 < 100', timedOut(4))).toMatchObject({ verdict: 'pass', actual: 40 })
    expect(judge('p99 < 10000', timedOut(4)).reason).toContain('p99 ≥ 5,000 ms (time-outs)')
  })

  test('names the requests that there are when its own is not among them', () => {
    const missing = judge('p95 < 100', {}, { selector: { kind: 'request', name: 'GET /b' } })
    expect(missing).toMatchObject({ verdict: 'unknown', reason: 'There is no request "GET /b"; the requests were: GET /a.' })
    expect(judge('p95 < 100', {}, { selector: { kind: 'request', name: 'GET /a' } }).verdict).toBe('pass')
    expect(judge('p95 < 100', {}, { selector: { kind: 'scenario', name: 'main' } }).verdict).toBe('pass')
    expect(judge('p95 < 100', {}, { selector: { kind: 'step', name: 'checkout' } }).reason).toContain('no steps were seen')
  })
})

describe('an objective on counts', () => {
  const failing = (from: number, to: number): HealthyOptions => ({
    request: (sec, window) =>
      sec >= from && sec < to ? { failed: window.count / 2, failures: { status: window.count / 2 } } : {},
  })

  test('errors are failed over all requests', () => {
    expect(judge('errors < 0.01').actual).toBe(0)
    expect(judge('errors = 0').verdict).toBe('pass')
    expect(judge('errors < 0.01', failing(0, 3))).toMatchObject({ verdict: 'fail', actual: 0.05, unit: 'ratio' })
  })

  test('over 10s means every such window; the worst is reported', () => {
    const result = judge('errors < 0.2', failing(12, 17), { overSec: 10 })
    expect(result).toMatchObject({ verdict: 'fail', actual: 0.25 })
    expect(result.reason).toContain('in the worst window (7-17 s)')
    expect(judge('errors < 0.2', failing(12, 17)).verdict).toBe('pass')
    expect(judge('errors < 0.3', failing(12, 17), { overSec: 10 }).verdict).toBe('pass')
    expect(judge('errors < 0.3', { seconds: 8 }, { overSec: 10 })).toMatchObject({ verdict: 'unknown' })
    expect(judge('throughput > 150', { times: (sec) => (sec === 20 ? [] : flat(10)()) }, { overSec: 1 }).actual).toBe(0)
  })

  test('during a phase only its seconds count', () => {
    const phases = [
      { name: 'calm', fromSec: 0, toSec: 10 },
      { name: 'storm', fromSec: 10, toSec: 20 },
    ]
    const record: HealthyOptions = { ...failing(12, 17), spec: { phases } }
    expect(judge('errors < 0.01', record, { during: 'calm' })).toMatchObject({ verdict: 'pass', actual: 0 })
    expect(judge('errors < 0.01', record, { during: 'storm' })).toMatchObject({ verdict: 'fail', actual: 0.25 })
    expect(judge('errors < 0.01', record, { during: 'flood' }).reason).toBe(
      'There is no phase "flood"; the phases were: calm, storm.',
    )
  })

  test('throughput, iterations, checks and dropped are measured', () => {
    expect(judge('throughput >= 200')).toMatchObject({ verdict: 'pass', actual: 200, unit: 'perSec' })
    expect(judge('iterations > 5999')).toMatchObject({ verdict: 'pass', actual: 6000 })
    const checks: HealthyOptions = { series: () => [{ kind: 'check', name: 'ok', passed: 9, failed: 1 }] }
    expect(judge('checks > 0.99', checks)).toMatchObject({ verdict: 'fail', actual: 0.9 })
    expect(judge('checks > 0.5', checks, { selector: { kind: 'check', name: 'ok' } }).verdict).toBe('pass')
    expect(judge('checks > 0.99').verdict).toBe('unknown')
    const dropping: HealthyOptions = { generator: () => ({ dropped: { usersCap: 0, generator: 0, target: 2 } }) }
    expect(judge('dropped < 0.001', dropping)).toMatchObject({ verdict: 'fail', actual: 0.01 })
    expect(judge('dropped = 0').verdict).toBe('pass')
  })

  test('what our own stop cut off is no error of the target', () => {
    const data = healthyRecord()
    const aborted = {
      count: 3,
      failed: 3,
      failures: { aborted: 3 },
      censored: histogramOf([4e6, 4e6, 4e6]),
      response: histogramOf([]),
      service: histogramOf([]),
    }
    data.addWindow({
      t: 33,
      test: 'the test',
      kind: 'request',
      name: 'GET /a',
      bytesIn: 0,
      bytesOut: 0,
      statuses: {},
      parts: {},
      ...aborted,
    })
    const objective: ObjectiveSpec = { text: 'errors = 0', metric: { name: 'errors' }, op: '=', value: 0 }
    expect(judgeObjective(objective, data, data.tests[0]!)).toMatchObject({ verdict: 'pass', actual: 0 })
  })
})

describe('an objective on probes and metrics of the plan', () => {
  const busy: HealthyOptions = {
    probes: (sec) => ({ 'target.cpu': sec === 10 ? 1 : 0.5, 'target.memory': sec === 10 ? 3e8 : 1e8 }),
    units: { 'target.cpu': 'ratio', 'target.memory': 'bytes' },
  }

  test('CPU is judged by its mean, memory by its highest second', () => {
    expect(judge('target.cpu < 0.7', busy)).toMatchObject({ verdict: 'pass', unit: 'ratio' })
    expect(judge('target.cpu.max < 0.7', busy)).toMatchObject({ verdict: 'fail', actual: 1 })
    expect(judge('target.memory < 200000000', busy)).toMatchObject({
      verdict: 'fail',
      actual: 3e8,
      unit: 'bytes',
      reason: 'target.memory was 300 MB; it should be < 200 MB.',
    })
    expect(judge('target.cpu < 0.7', busy, { overSec: 2 })).toMatchObject({ verdict: 'fail', actual: 0.75 })
  })

  test('growth is the slope of the lows', () => {
    const growing: HealthyOptions = { seconds: 60, probes: (sec) => ({ 'target.memory': 1e8 + sec * 1e6 + (sec % 10) * 3e6 }) }
    expect(judge('target.memory.growth < 100000', growing, { unit: 'bytesPerSec' })).toMatchObject({
      verdict: 'fail',
      unit: 'bytesPerSec',
    })
    expect(judge('target.memory.growth < 100000', growing).actual).toBeCloseTo(1e6, -2)
    expect(
      judge('target.memory.growth < 100000', { ...growing, probes: (sec) => ({ 'target.memory': 1e8 + (sec % 10) * 3e6 }) })
        .verdict,
    ).toBe('pass')
  })

  test('custom metrics have their statistics', () => {
    const record: HealthyOptions = {
      series: (sec) => [
        { kind: 'trend', name: 'cart', values: histogramOf(Array.from({ length: 20 }, (_, i) => (i + 1) * 1000)) },
        { kind: 'counter', name: 'orders', sum: 2 },
        { kind: 'gauge', name: 'queue', last: sec, min: sec, max: sec + 5, sum: sec, count: 1 },
      ],
    }
    expect(judge('cart < 11', record).actual).toBeCloseTo(10.5, 1)
    expect(judge('cart.p95 < 20', record).actual).toBeCloseTo(19, 1)
    expect(judge('orders >= 60', record)).toMatchObject({ verdict: 'pass', actual: 60 })
    expect(judge('queue = 29', record).verdict).toBe('pass')
    expect(judge('queue.max < 30', record)).toMatchObject({ verdict: 'fail', actual: 34 })
  })

  test('what never appeared is unknown, and says what there was', () => {
    const events = [{ t: 1, kind: 'probe-unavailable', probe: 'process', reason: 'no /proc here' } as const]
    const result = judge('target.files < 10', { ...busy, events })
    expect(result.verdict).toBe('unknown')
    expect(result.reason).toContain('no /proc here')
    expect(result.reason).toContain('target.cpu, target.memory')
    expect(judge('recovery < 30').reason).toContain('needs a fault')
    expect(judge('lost = 0').verdict).toBe('unknown')
  })
})
