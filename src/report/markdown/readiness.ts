import type { TestResult } from '../../model/run-result.ts'
import { testingKey } from '../not-tested.ts'
import { readinessChecks } from '../overview/readiness-checks.ts'
import { md, table } from './md.ts'

const marks = { pass: '✅ pass', fail: '❌ fail', 'not tested': '❔ not tested' } as const

export function readiness(tests: readonly TestResult[]): string[] {
  const rows = readinessChecks(tests).map(({ title, found }) => {
    const would = found.kind === 'not tested' ? `${testingKey(found.by)} would test it` : ''
    const evidence = [found.evidence === undefined ? '' : md(found.evidence), would].filter((part) => part !== '').join(' ')
    return [title, marks[found.kind], evidence]
  })
  return table(['check', 'result', 'evidence'], rows, 3)
}
