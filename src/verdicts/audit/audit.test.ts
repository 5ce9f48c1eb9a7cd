import { describe, expect, test } from 'vitest'
import { auditedRecord } from '../../../test/kit/audited-record.ts'
import type { AuditedOptions } from '../../../test/kit/audited-record.ts'
import type { AuditChanges } from '../../model/audit-record.ts'
import type { TestResult } from '../../model/run-result.ts'
import { healthyRecord } from '../../../test/kit/healthy-record.ts'
import { judgeRun } from '../judge-run.ts'

function judged(options: AuditedOptions): TestResult {
  const [only] = judgeRun(auditedRecord(options)).tests
  if (only === undefined) throw new Error('no test')
  return only
}

const ids = Array.from({ length: 300 }, (_, i) => `order-${String(i)}`)
const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)
const changes = (up: number, acknowledged: number): AuditChanges => ({
  begun: { count: up, up, down: 0 },
  acknowledged: { count: acknowledged, up: acknowledged, down: 0 },
  failed: { count: 0, up: 0, down: 0 },
  largest: 1,
})

test('a test whose scenarios keep no audit has none', () => {
  const [only] = judgeRun(healthyRecord({ seconds: 3 })).tests
  expect(only).not.toHaveProperty('audit')
})

describe('everything that was acknowledged', () => {
  test('and is there, once, passes, with the bound of what that says', () => {
    const result = judged({ acknowledged: ids, found: ids, objectives: ['lost = 0', 'duplicates = 0', 'phantoms = 0'] })
    expect(result.audit).toMatchObject({ verdict: 'PASS', defects: [], counts: { written: 300, acknowledged: 300, read: 300 } })
    expect(result.audit?.lostShareHigh).toBeCloseTo(0.00994, 4)
    expect(result.audit?.reason).toBe('All of 300 acknowledged writes are there, once (95 %: at most 0.994 % are ever lost).')
    expect(result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
    expect(result.verdict).toBe('passed')
    expect(named(result)).toEqual([])
  })

  test('and is not there is lost: the ids are told, the objective fails and a finding names it', () => {
    const result = judged({ acknowledged: ids, found: ids.slice(2), objectives: ['lost = 0', 'lost < 5'] })
    expect(result.audit).toMatchObject({
      verdict: 'FAIL',
      defects: [{ kind: 'lost', count: 2, of: 300, examples: ids.slice(0, 2) }],
    })
    expect(result.objectives).toMatchObject([
      { verdict: 'fail', actual: 2, reason: 'lost was 2 (order-0, order-1); it should be = 0.' },
      { verdict: 'pass', actual: 2 },
    ])
    expect(named(result)).toEqual(['lost-write'])
  })

  test('is not known to be there when nobody looked, or the look broke off: then the test is invalid', () => {
    const unread = judged({ acknowledged: ids, objectives: ['lost = 0'] })
    expect(unread.audit).toMatchObject({ verdict: 'UNKNOWN', lostShareHigh: null })
    expect(unread.audit?.reason).toContain('Nothing was read in the end')
    expect(unread.objectives[0]?.verdict).toBe('unknown')
    expect(unread.verdict).toBe('invalid')
    const broken = judged({ acknowledged: ids, found: ids.slice(9), error: 'connection refused', objectives: ['lost = 0'] })
    expect(broken.audit).toMatchObject({ verdict: 'UNKNOWN', defects: [] })
    expect(broken.objectives[0]?.reason).toBe('lost is not known: the final read broke off: connection refused.')
  })
})

test('an objective on the data without an audit, or on what nobody looked at, is unknown', () => {
  const [only] = judgeRun(healthyRecord({ seconds: 3, objectives: auditedRecord({ objectives: ['lost = 0'] }).tests[0]!.spec.objectives })).tests // prettier-ignore
  expect(only?.objectives[0]).toMatchObject({
    verdict: 'unknown',
    reason: 'lost needs an audit of the data, which is not in this run.',
  })
  const objectives = ['stale = 0', 'mixed = 0', 'torn = 0', 'invariants = 0', 'counters = 0']
  const { objectives: judgedOnes } = judged({ acknowledged: ids, found: ids, objectives })
  expect(judgedOnes.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown'])
})

test('what was seen to be wrong is wrong, whatever else was not looked at', () => {
  const work = { echoes: { count: 50, broken: 1, examples: ['asked for a, got b'] } }
  const result = judged({ acknowledged: ids, work, objectives: ['mixed = 0'] })
  expect(result.audit?.verdict).toBe('FAIL')
  expect(result.audit?.reason).toContain('and nothing was read in the end')
  expect(result.objectives[0]).toMatchObject({ verdict: 'fail', actual: 1 })
  expect(named(result)).toEqual(['mixed-answer'])
})

test('an audit that only compares answers needs no final read', () => {
  const work = { echoes: { count: 50, broken: 0, examples: [] }, payloads: { count: 2, broken: 0, examples: [] } }
  const { audit, objectives } = judged({ work, objectives: ['mixed = 0', 'torn = 0'] })
  expect(audit).toMatchObject({ verdict: 'PASS', reason: '50 answers went to whom they belong; 2 payloads came back whole.' })
  expect(objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
})

test.each<[string, AuditedOptions, string, string]>([
  ['an id that is there twice', { acknowledged: ids, found: [...ids, 'order-3'] }, 'duplicates', 'duplicate-effect'],
  ['an id that nobody wrote', { acknowledged: ids, found: [...ids, 'stranger'] }, 'phantoms', 'phantom-write'],
  [
    'a counter that lacks acknowledged changes',
    { work: { counters: { stock: changes(10, 10) } }, totals: { stock: 8 } },
    'counters',
    'lost-update',
  ],
  [
    'a counter that lacks acknowledged changes, which are writes that are lost',
    { work: { counters: { stock: changes(10, 10) } }, totals: { stock: 8 } },
    'lost',
    'lost-update',
  ],
  [
    'a counter that holds more than was attempted',
    { work: { counters: { stock: changes(10, 8) } }, totals: { stock: 12 } },
    'duplicates',
    'duplicate-effect',
  ],
  ['a payload that does not fit', { work: { payloads: { count: 9, broken: 1, examples: ['file-1'] } } }, 'torn', 'torn-payload'],
  [
    'a rule that did not hold',
    { work: { invariants: { 'sum of money': { count: 2, broken: 1, examples: ['990'] } } } },
    'invariants',
    'invariant-broken',
  ],
  [
    'a read that is too old',
    { acknowledged: ['a'], found: ['a'], work: { readBacks: [{ id: 'a', from: 3, seen: false }] } },
    'stale',
    'stale-read',
  ],
])('%s fails its objective and is named', (_, options, metric, finding) => {
  const result = judged({ ...options, objectives: [`${metric} = 0`] })
  expect(result.objectives[0]).toMatchObject({ verdict: 'fail' })
  expect(result.audit?.verdict).toBe('FAIL')
  expect(named(result)).toEqual([finding])
})

test('a counter that may hold what it holds is within bounds', () => {
  const { audit } = judged({ work: { counters: { stock: changes(10, 8) } }, totals: { stock: 9 }, objectives: ['counters = 0', 'lost = 0'] }) // prettier-ignore
  expect(audit).toMatchObject({ verdict: 'PASS', reason: '1 counter is within bounds.' })
})

test('more operations than are kept leave open whether anything is lost', () => {
  const { audit } = judged({ acknowledged: ids, found: ids, work: { skipped: 7 } })
  expect(audit).toMatchObject({ verdict: 'UNKNOWN', reason: '7 operations were more than an audit keeps.' })
})
