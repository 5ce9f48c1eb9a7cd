import type { Finding, ProbeResult, TestResult } from '../model/run-result.ts'
import type { Range, RunData, TestData } from '../analysis/index.ts'
import { finding } from './finding-catalogue.ts'

export interface FindingInput {
  readonly data: RunData
  readonly test: TestData
  readonly probes: Readonly<Record<string, ProbeResult>>
  readonly validity: TestResult['validity']
  /** Judged time and the tail after it. */
  readonly range: Range
}

export function findingsOf(input: FindingInput): Finding[] {
  return [...serverErrors(input)]
}

function serverErrors({ test, range }: FindingInput): Finding[] {
  const { statuses, count } = test.total('request', { range })
  const errors = Object.entries(statuses).filter(([status]) => Number(status) >= 500)
  const total = errors.reduce((sum, [, answers]) => sum + answers, 0)
  if (total === 0) return []
  return [
    finding(
      'server-errors',
      `${total} of ${count} requests: ${errors.map(([status, answers]) => `${answers} × ${status}`).join(', ')}.`,
    ),
  ]
}
