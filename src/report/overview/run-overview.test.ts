import { describe, expect, it } from 'vitest'
import { capacityRun } from '../../../test/kit/capacity-run.ts'
import { healthyRecord } from '../../../test/kit/healthy-record.ts'
import { syntheticFault } from '../../../test/kit/synthetic-faults.ts'
import type { BreakerResult } from '../../model/breaker-result.ts'
import type { PoolResult } from '../../model/pool-result.ts'
import type { Finding, ObjectiveResult, RunResult, TestResult } from '../../model/run-result.ts'
import { judgeRun } from '../../verdicts/index.ts'
import type { ReadinessCheck } from './readiness-checks.ts'
import { bottlenecksOf } from './bottlenecks.ts'
import { criteriaOf, criteriaSentence } from './criteria.ts'
import { readinessVerdict } from './readiness-verdict.ts'
import { runOverview } from './run-overview.ts'

const objective = (more: Partial<ObjectiveResult>): ObjectiveResult => ({
  text: 'p95(GET /a<b) < 100ms over 10s',
  verdict: 'pass',
  actual: 42,
  limit: 100,
  unit: 'ms',
  reason: 'said why',
  ...more,
})

const finding = (more: Partial<Finding>): Finding => ({
  id: 'slow-query',
  severity: 'warning',
  title: 'A statement is slow',
  evidence: 'seen',
  advice: 'do',
  ...more,
})

const { result: searched } = capacityRun({})

function runOf(...tests: readonly Partial<TestResult>[]): RunResult {
  const [one] = judgeRun(healthyRecord({ seconds: 12 })).tests
  if (one === undefined) throw new Error('the record has a test')
  return { ...searched, tests: tests.map((more, i) => ({ ...one, verdict: 'passed', name: `test ${i}`, ...more })) }
}

describe('criteria', () => {
  it('are every objective of every test, with what was expected and what was measured', () => {
    const word = objective({ text: 'breaker(pay) = ok', actual: null, limit: 0, unit: '', word: 'leaky', verdict: 'fail' })
    const run = runOf({ objectives: [objective({})] }, { objectives: [word, objective({ verdict: 'unknown', actual: null })] })
    expect(
      criteriaOf(run).map(({ test, expected, measured, verdict, reason }) => [test, expected, measured, verdict, reason]),
    ).toEqual([
      ['test 0', '< 100 ms', '42.0 ms', 'pass', ''],
      ['test 1', 'ok', 'leaky', 'fail', 'said why'],
      ['test 1', '< 100 ms', 'not known', 'unknown', 'said why'],
    ])
    expect(criteriaSentence(criteriaOf(run))).toBe(
      '1 of 3 criteria hold; missed: breaker(pay) = ok with leaky in “test 1”; 1 is not known.',
    )
  })

  it('that all hold are said in a few words', () => {
    expect(criteriaSentence(criteriaOf(runOf({ objectives: [objective({}), objective({})] })))).toBe('All 2 criteria hold.')
    expect(criteriaSentence([])).toBe('No criterion was set, so nothing was judged.')
  })
})

describe('a test that is not valid', () => {
  const validity = { verdict: 'void' as const, checks: [] }
  const slow = objective({ verdict: 'fail', actual: 463 })
  const limited = finding({ id: 'generator-limited', severity: 'critical' })

  it('shows its figures, and nothing is concluded from them', () => {
    const run = runOf({ objectives: [objective({}), slow], validity, findings: [limited], verdict: 'invalid' })
    expect(criteriaOf(run).map(({ measured, verdict }) => [measured, verdict])).toEqual([
      ['42.0 ms', 'unknown'],
      ['463 ms', 'unknown'],
    ])
    const { readiness, bottlenecks } = runOverview(run)
    expect([readiness.answer, bottlenecks]).toEqual(['not known', []])
  })

  it('does not hide what a valid one has missed', () => {
    const run = runOf({ validity, verdict: 'invalid' }, { objectives: [slow], verdict: 'failed' })
    expect(runOverview(run).readiness.answer).toBe('not ready')
  })
})

describe('bottlenecks', () => {
  it('are told once each, worst first, with the tests that show them', () => {
    const critical = finding({ id: 'lost-update', severity: 'critical' })
    const info = finding({ id: 'target-saturated', severity: 'info' })
    const run = runOf({ findings: [finding({}), info] }, { findings: [finding({}), critical] })
    const all = bottlenecksOf({ tests: [...run.tests, ...searched.tests] })
    const [limit] = searched.tests.flatMap(({ capacity }) => capacity?.limitedBy ?? [])
    expect(all.map(({ id, tests }) => [id, tests])).toEqual([
      ['lost-update', ['test 1']],
      [limit, ['capacity']],
      ['slow-query', ['test 0', 'test 1']],
    ])
  })

  it('are not what is wrong with what watches the target', () => {
    const watching = ['monitor-lies', 'monitor-blind', 'alert-missing', 'alert-late'].map((id) =>
      finding({ id, severity: 'critical' }),
    )
    expect(bottlenecksOf(runOf({ findings: [...watching, finding({})] })).map(({ id }) => id)).toEqual(['slow-query'])
  })

  it('are not what was to be shown by taking something away, while the objectives held', () => {
    const errors = finding({ id: 'server-errors', severity: 'critical' })
    const limits = [{ name: 'files', asked: 64, set: true, how: 'prlimit' }]
    expect(bottlenecksOf(runOf({ findings: [errors], limits }))).toEqual([])
    expect(bottlenecksOf(runOf({ findings: [errors], limits, verdict: 'failed' }))).toHaveLength(1)
    expect(bottlenecksOf(runOf({ findings: [errors] }))).toHaveLength(1)
    // Their tests break what is behind them by themselves.
    const breaker: BreakerResult = {
      ...{ link: 'payments', verdict: 'OK', reason: '', defects: [], tests: [], states: [] },
      ...{ kappa: { closed: 1, open: 0 }, waitSec: 2, probes: 1 },
    }
    expect(bottlenecksOf(runOf({ findings: [errors], breakers: [breaker] }))).toEqual([])
    expect(bottlenecksOf(runOf({ findings: [errors], breakers: [breaker], verdict: 'failed' }))).toHaveLength(1)
    const pool: PoolResult = {
      ...{ link: 'db', verdict: 'OK', reason: '', defects: [], tests: [], limit: null, database: null, usual: null },
      ...{ full: null, recoverySec: null, limitAgain: null, steps: [], databaseFull: null, size: null },
    }
    expect(bottlenecksOf(runOf({ findings: [errors], pools: [pool] }))).toEqual([])
  })
})

describe('readiness', () => {
  const check = (kind: 'pass' | 'fail' | 'not tested', more: Partial<ReadinessCheck> = {}): ReadinessCheck => ({
    title: `It is a ${kind}`,
    weight: 'must',
    judgesLoad: false,
    found: kind === 'not tested' ? { kind, by: 'capacity' } : { kind, evidence: 'So it was seen.' },
    ...more,
  })
  const load = check('pass', { judgesLoad: true })

  it.each<[string, string, readonly ReadinessCheck[]]>([
    ['ready', 'everything that must hold was tested and passed', [load, check('not tested', { weight: 'should' })]],
    ['ready with limits', 'something that must hold was not tested', [load, check('not tested')]],
    ['ready with limits', 'something fails that can be lived with', [load, check('fail', { weight: 'should' })]],
    ['not ready', 'something that must hold fails', [load, check('fail'), check('fail', { weight: 'measurement' })]],
    ['not known', 'the measurement cannot be relied on', [load, check('fail', { weight: 'measurement' })]],
    ['not known', 'no load was judged', [check('pass'), check('not tested', { judgesLoad: true })]],
  ])('is “%s” when %s', (answer, _, checks) => {
    expect(readinessVerdict(checks).answer).toBe(answer)
    expect(readinessVerdict(checks).reasons.join('')).not.toBe('')
  })
})

describe('the summary of a run', () => {
  it('is one paragraph whose every figure is one of the results', () => {
    const { result } = capacityRun({ overload: true, beyond: 'shed' })
    const run = { ...result, tests: [...runOf({ suite: 'load', objectives: [objective({})] }).tests, ...result.tests] }
    const { summary, capacity } = runOverview(run)
    expect(summary).toMatch(
      /^capacity plan: 2 tests of suites load, stress in .*: all passed\. All 2 criteria hold\. Bears 300\/s, breaks at/,
    )
    expect(summary).toMatch(/limited by .* leaves 30 % headroom .* Readiness: ready with limits \(3 checks were not made\)\.$/)
    expect(capacity.join(' ')).toContain('⌈210/s / 300/s⌉')
  })

  it('of a service that collapses and does not come back says so', () => {
    const bad = capacityRun({ overload: true, beyond: 'congestion-collapse' }).result
    const stuck = syntheticFault('refused', 60)
    const notBack = stuck.recovery && { ...stuck.recovery, verdict: 'not-recovered' as const, sec: null }
    const faults = [{ ...stuck, ...(notBack === undefined ? {} : { recovery: notBack }) }]
    const { summary, readiness } = runOverview({ ...bad, tests: [...bad.tests, ...runOf({ faults }).tests] })
    expect(summary).toContain('It did not come back from 1 of 1 faults (down(db)).')
    expect(summary).toMatch(
      /Readiness: not ready \(“It comes back by itself after overload”, “It comes back by itself after faults” fail\)\.$/,
    )
    expect(readiness.reasons).toHaveLength(2)
  })

  it('judges the configuration that is there, not those it was compared with', () => {
    const run = runOf({ name: 'a' }, { name: 'b', findings: [finding({ severity: 'critical' })] })
    const variant = (name: string) => ({ name, env: {}, tests: [{ name, counts: true }] })
    const best = { variant: null, reason: 'No difference is shown.' }
    const variants = [{ test: 'x', rounds: 1, variants: [variant('a'), variant('b')], figures: [], best }]
    expect(runOverview(run).bottlenecks).toHaveLength(1)
    expect(runOverview({ ...run, variants })).toMatchObject({
      bottlenecks: [],
      configuration: ['Best configuration of “x”: No difference is shown.'],
    })
  })
})
