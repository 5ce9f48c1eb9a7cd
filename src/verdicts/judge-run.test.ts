import { describe, expect, test } from 'vitest'
import { healthyRecord, histogramOf } from '../../test/kit/healthy-record.ts'
import { createRunData } from '../analysis/index.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import { judgeRun } from './judge-run.ts'

const p95 = (value: number): ObjectiveSpec => ({ text: `p95 < ${value}ms`, metric: { name: 'p95' }, op: '<', value, unit: 'ms' })

describe('the result of a run', () => {
  test('has everything that was measured', () => {
    const result = judgeRun(
      healthyRecord({
        seconds: 40,
        objectives: [p95(100)],
        spec: { warmupSec: 10, phases: [{ name: 'hold', fromSec: 10, toSec: 40 }] },
        request: (_, window) => ({
          failed: 1,
          failures: { reset: 1 },
          parts: { connect: { sum: 3000, count: 2 } },
          count: window.count,
        }),
        series: () => [
          { kind: 'step', name: 'checkout', count: 2, failed: 1, response: histogramOf([4000, 6000]) },
          { kind: 'check', name: 'listed', passed: 9, failed: 1 },
          { kind: 'counter', name: 'orders', sum: 3 },
        ],
        probes: (sec) => ({ 'target.cpu': sec / 100 }),
        units: { 'target.cpu': 'ratio' },
      }),
    )
    expect(result).toMatchObject({
      schema: 'proofload.result/1',
      verdict: 'passed',
      exitCode: 0,
      seed: 7,
      fingerprint: 'f',
      errors: [],
    })
    const [only] = result.tests
    expect(only).toMatchObject({
      name: 'the test',
      verdict: 'passed',
      reason: 'The objective holds.',
      durationSec: 40,
      totals: { requests: 6000, failed: 30, iterations: 6000, dropped: 0, perSec: 200, errorRate: 0.005 },
      warmup: { sec: 10, trimmedShare: 0.25 },
      phases: [{ name: 'hold' }],
      steps: [{ name: 'checkout', count: 60, failed: 30 }],
      checks: [{ name: 'listed', passed: 270, failed: 30 }],
      metrics: [{ name: 'orders', kind: 'counter', sum: 90 }],
      errors: [{ kind: 'reset', name: 'GET /a', count: 30 }],
      requests: [{ name: 'GET /a', partsMs: { connect: 1.5 }, statuses: { 200: 6000 } }],
      probes: { 'target.cpu': { unit: 'ratio', min: 0.1, max: 0.39 } },
    })
    // Exponential of mean 10 ms, cut at 80: p95 is 10·ln 20 = 29.96 ms; three standard errors (below) are 1.7.
    expect(only?.latencyMs.p95).toBeGreaterThan(28.2)
    expect(only?.latencyMs.p95).toBeLessThan(31.7)
    const [low, high] = only?.latencyMs.intervals?.p95 ?? [0, 0]
    expect(low).toBeLessThan(only?.latencyMs.p95 ?? 0)
    expect(high).toBeGreaterThan(only?.latencyMs.p95 ?? 0)
    // Standard error of a quantile of n independent values: √(q(1-q)/n) / f = 0.56 ms here, so ±1.1 ms; the bootstrap is within a factor of two.
    expect((high - low) / 2).toBeGreaterThan(0.55)
    expect((high - low) / 2).toBeLessThan(2.2)
    expect(only?.latencyMs.samples).toBe(6000)
    expect(only?.slipMs.p99).toBe(0.05)
  })

  test('prints no percentile that its samples cannot carry', () => {
    const { latencyMs } = judgeRun(healthyRecord({ perSec: 10 })).tests[0]!
    expect(latencyMs).toMatchObject({ samples: 300, p99: null, p999: null })
    expect(latencyMs.p95).not.toBeNull()
    expect(latencyMs.intervals).not.toHaveProperty('p99')
  })

  test('is the same each time it is rebuilt', () => {
    expect(judgeRun(healthyRecord())).toEqual(judgeRun(healthyRecord()))
  })
})

describe('the verdict and its reason', () => {
  test('a failed objective is named with its value', () => {
    const result = judgeRun(healthyRecord({ objectives: [p95(5), p95(100)] }))
    expect(result).toMatchObject({ verdict: 'failed', exitCode: 1 })
    expect(result.tests[0]?.reason).toMatch(/^p95 was .* ms; it should be < 5 ms\.$/)
  })

  test('a void check outweighs a failed objective, and gives its advice', () => {
    const result = judgeRun(healthyRecord({ objectives: [p95(5)], generator: () => ({ cpu: 0.99 }) }))
    expect(result).toMatchObject({ verdict: 'invalid', exitCode: 3 })
    expect(result.tests[0]?.reason).toContain('The generator had no CPU to spare')
  })

  test('an unknown objective makes the test invalid, and the failed ones are told', () => {
    const lost: ObjectiveSpec = { text: 'lost = 0', metric: { name: 'lost' }, op: '=', value: 0 }
    const result = judgeRun(healthyRecord({ objectives: [lost, p95(5)] }))
    expect(result).toMatchObject({ verdict: 'invalid', exitCode: 3 })
    expect(result.tests[0]?.reason).toContain('"lost = 0" could not be judged')
    expect(result.tests[0]?.reason).toContain('Failed: p95 < 5ms.')
  })

  test('a stop condition, an interrupt and a dead target are told apart', () => {
    const alarm = {
      t: 12,
      kind: 'alarm',
      test: 'the test',
      condition: 'target.memory > 1GB',
      value: 2e9,
      scope: 'target',
    } as const
    const stopWhen = [{ text: alarm.condition, metric: { name: 'target.memory' }, op: '>', value: 1e9, unit: 'bytes' } as const]
    const spec = { stopWhen, durationSec: 60 }
    const farAs = 'after 30 s of load (60 s were planned), 6,000 iterations made, 200 arrivals/s at the end.'
    expect(judgeRun(healthyRecord({ end: 'stopped', events: [alarm], spec }))).toMatchObject({
      verdict: 'stopped',
      exitCode: 4,
      tests: [{ reason: `Stopped by "target.memory > 1GB" (it was 2 GB) ${farAs}` }],
    })
    const stopped = { t: 32, kind: 'error', code: 'STOPPED', text: 'The run was stopped from outside.' } as const
    expect(judgeRun(healthyRecord({ end: 'stopped', events: [alarm, stopped], spec }))).toMatchObject({
      verdict: 'stopped',
      exitCode: 4,
      tests: [{ reason: `Stopped from outside by \`proofload stop\` ${farAs}` }],
    })
    expect(judgeRun(healthyRecord({ end: 'interrupted' }))).toMatchObject({ verdict: 'interrupted', exitCode: 130 })
    const died = { t: 12, kind: 'target-ended', code: null, signal: 'SIGKILL', lastLines: [] } as const
    expect(judgeRun(healthyRecord({ end: 'target-died', events: [died] }))).toMatchObject({
      verdict: 'error',
      exitCode: 5,
      tests: [{ reason: 'The target died during the test (SIGKILL).' }],
    })
  })

  test('a search that was stopped says in which trial', () => {
    const trial = {
      t: 20,
      kind: 'trial-started',
      test: 'the test',
      trial: 7,
      purpose: 'bisect',
      load: 320,
      durationSec: 20,
    } as const
    const stopped = { t: 32, kind: 'error', code: 'HALTED', text: 'Halted.' } as const
    const spec = { durationSec: 0 }
    const [test] = judgeRun(healthyRecord({ end: 'stopped', events: [trial, stopped], spec })).tests
    expect(test?.reason).toBe(
      'Stopped from outside by the halt file of the machine after 30 s of load, 6,000 iterations made, last in trial 7 at 320/s.',
    )
  })

  test('what stopped the first part of a run that was resumed is over', () => {
    const stopped = { t: 12, kind: 'error', code: 'STOPPED', text: 'Stopped.' } as const
    const resumed = { t: 14, kind: 'run-resumed', startedAt: '2026-11-21T13:00:00.000Z' } as const
    expect(judgeRun(healthyRecord({ events: [stopped] })).exitCode).toBe(4)
    expect(judgeRun(healthyRecord({ events: [stopped, resumed] }))).toMatchObject({ verdict: 'passed', exitCode: 0, errors: [] })
  })

  test('a record that breaks off is interrupted, with what there is', () => {
    const result = judgeRun(healthyRecord({ end: 'killed', objectives: [p95(100)] }))
    expect(result).toMatchObject({
      verdict: 'interrupted',
      exitCode: 130,
      tests: [{ verdict: 'interrupted', totals: { requests: 3000 } }],
    })
    expect(result.tests[0]?.reason).toContain('breaks off after 15 s')
    expect(result.tests[0]?.objectives[0]?.verdict).toBe('pass')
  })

  test('a run that broke before its first test has its error and no tests', () => {
    const data = createRunData(healthyRecord().header)
    data.addEvent({ t: 0, kind: 'run-started', schema: 's', startedAt: 'now' })
    data.addEvent({ t: 1, kind: 'error', code: 'TARGET_NOT_STARTED', text: 'It did not start.' })
    data.addEvent({ t: 2, kind: 'run-ended', reason: 'error' })
    expect(judgeRun(data)).toMatchObject({ verdict: 'error', exitCode: 5, tests: [], errors: [{ code: 'TARGET_NOT_STARTED' }] })
  })

  test('a test whose load never began is judged without falling over', () => {
    const data = createRunData(healthyRecord().header)
    data.addEvent({ t: 1, kind: 'test-started', test: 'the test', spec: healthyRecord().tests[0]!.spec })
    expect(judgeRun(data)).toMatchObject({
      verdict: 'interrupted',
      tests: [{ totals: { requests: 0 }, latencyMs: { p50: null, samples: 0 } }],
    })
  })
})
