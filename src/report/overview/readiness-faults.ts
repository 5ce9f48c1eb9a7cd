import type { TestResult } from '../../model/run-result.ts'
import { auditLine, breakerLine, limiterLine, poolLine } from '../faults/protections.ts'
import { recoveryLine } from '../faults/recovery-sentences.ts'
import type { TestingKey } from '../not-tested.ts'
import type { ResourceLine } from '../resource-sentences.ts'
import { named } from '../test-names.ts'
import type { Readiness } from './readiness-answer.ts'

export function returnsFromFaults(tests: readonly TestResult[]): Readiness {
  return ofLines(tests, 'faults', (test) => (test.faults ?? []).flatMap((fault) => recoveryLine(fault) ?? []))
}

export function breakersWork(tests: readonly TestResult[]): Readiness {
  return ofLines(tests, 'breaker', (test) => (test.breakers ?? []).map(breakerLine))
}

export function poolsWork(tests: readonly TestResult[]): Readiness {
  return ofLines(tests, 'pool', (test) => (test.pools ?? []).map(poolLine))
}

export function limitersWork(tests: readonly TestResult[]): Readiness {
  return ofLines(tests, 'limiter', (test) => (test.limiters ?? []).map(limiterLine))
}

export function dataKept(tests: readonly TestResult[]): Readiness {
  return ofLines(tests, 'audit', (test) => (test.audit === undefined ? [] : [auditLine(test.audit)]))
}

/** What fails decides, with all of it; a pass tells everything that passed. */
function ofLines(
  tests: readonly TestResult[],
  by: TestingKey,
  linesOf: (test: TestResult) => readonly ResourceLine[],
): Readiness {
  const lines = tests.flatMap((test) => linesOf(test).map(({ mark, text }) => ({ mark, text: named(test, text, tests) })))
  const told = (mark: ResourceLine['mark']) => lines.filter((line) => line.mark === mark).map(({ text }) => text)
  const [failed, passed, open] = [told('✗'), told('✓'), told('?')]
  if (failed.length > 0) return { kind: 'fail', evidence: failed.join(' ') }
  if (passed.length > 0) return { kind: 'pass', evidence: passed.join(' ') }
  return { kind: 'not tested', by, ...(open.length > 0 ? { evidence: open.join(' ') } : {}) }
}
