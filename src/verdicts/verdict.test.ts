import { describe, expect, test } from 'vitest'
import type { EndReason } from '../model/run-event.ts'
import type { CheckVerdict, ObjectiveResult, Verdict } from '../model/run-result.ts'
import { exitCode, runVerdict, verdictOf } from './verdict.ts'

const rows: readonly [EndReason | undefined, CheckVerdict, readonly ObjectiveResult['verdict'][], Verdict][] = [
  ['target-died', 'void', ['fail', 'unknown'], 'error'],
  ['error', 'ok', ['pass'], 'error'],
  ['interrupted', 'void', ['fail'], 'interrupted'],
  [undefined, 'ok', ['pass'], 'interrupted'],
  ['stopped', 'void', ['fail', 'unknown'], 'stopped'],
  ['completed', 'void', ['fail', 'pass'], 'invalid'],
  ['completed', 'void', [], 'invalid'],
  ['completed', 'ok', ['unknown', 'fail'], 'invalid'],
  ['completed', 'warn', ['pass', 'fail'], 'failed'],
  ['completed', 'warn', ['pass'], 'passed'],
  ['completed', 'ok', [], 'passed'],
]

describe('the verdict of a test', () => {
  test.each(rows)('ended %s, validity %s, objectives %j: %s', (ended, validity, objectives, expected) => {
    expect(verdictOf({ ended, validity, objectives: objectives.map((verdict) => ({ verdict })) })).toBe(expected)
  })
})

describe('the exit status of a run', () => {
  const run = (tests: readonly Verdict[], errors: readonly string[] = [], ended: EndReason | undefined = 'completed') =>
    exitCode({ tests, errors, ended })

  test('is the first of 70, 130, 5, 4, 1, 3, 0 that occurred', () => {
    const worstFirst: readonly Verdict[] = ['interrupted', 'error', 'stopped', 'failed', 'invalid', 'passed']
    const codes = worstFirst.map((_, from) => run(worstFirst.slice(from)))
    expect(codes).toEqual([130, 5, 4, 1, 3, 0])
    expect(run(worstFirst, ['INTERNAL'])).toBe(70)
    expect(run([])).toBe(0)
  })

  test('is the status of the error that broke the run', () => {
    expect(run(['error'], ['FEED_EXHAUSTED'], 'error')).toBe(2)
    expect(run(['error'], ['TARGET_DIED'], 'target-died')).toBe(5)
    expect(run([], ['TARGET_NOT_STARTED'], 'error')).toBe(5)
    expect(run([], ['A_CODE_OF_A_LATER_VERSION'], 'error')).toBe(70)
  })

  test('is 130 when the run was interrupted before or between tests, or its record breaks off', () => {
    expect(run(['passed'], [], 'interrupted')).toBe(130)
    expect(exitCode({ tests: ['passed'], errors: [], ended: undefined })).toBe(130)
  })

  test('has one word', () => {
    expect([70, 5, 2, 130, 4, 1, 3, 0].map(runVerdict)).toEqual([
      'error',
      'error',
      'error',
      'interrupted',
      'stopped',
      'failed',
      'invalid',
      'passed',
    ])
  })
})
