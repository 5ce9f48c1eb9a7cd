import type { Finding, RunResult, TestResult } from '../../model/run-result.ts'
import { ended, limitingResource } from '../capacity-sentences.ts'
import { loadText } from '../capacity-words.ts'
import { isDefect } from './defect.ts'

/** What stands in the way of more, named by a search or a finding. */
export interface Bottleneck {
  readonly title: string
  /** Id of the resource or the finding. */
  readonly id: string
  readonly severity: 'critical' | 'limit' | 'warning'
  readonly evidence: string
  readonly advice: string
  /** Tests that show it. */
  readonly tests: readonly string[]
}

/** Findings on what watches the target. */
const watches = /^(monitor|alert)-/
const ranks = { critical: 0, limit: 1, warning: 2 } as const

/**
 * Each once, worst first: critical findings, what limits a capacity, warnings; within those, what most tests show. What a test shows of the
 * generator, or of what watches, is no bottleneck of the target.
 */
export function bottlenecksOf({ tests }: Pick<RunResult, 'tests'>): Bottleneck[] {
  const found = new Map<string, Bottleneck>()
  for (const test of tests)
    for (const one of [...ofSearch(test), ...test.findings.flatMap((finding) => ofFinding(finding, test))]) {
      const known = found.get(`${one.severity} ${one.id}`)
      found.set(`${one.severity} ${one.id}`, known === undefined ? one : { ...known, tests: [...known.tests, ...one.tests] })
    }
  return [...found.values()].toSorted((a, b) => ranks[a.severity] - ranks[b.severity] || b.tests.length - a.tests.length)
}

function ofSearch({ name, capacity }: TestResult): Bottleneck[] {
  const resource = capacity === undefined ? undefined : limitingResource(capacity)
  if (capacity === undefined || resource === undefined) return []
  const from = resource.saturatedAt === null ? '' : `Full from ${loadText(resource.saturatedAt, capacity.unit)} on. `
  return [
    {
      title: resource.title,
      id: resource.resource,
      severity: 'limit',
      evidence: `${from}${ended(resource.evidence)}`,
      advice: resource.advice,
      tests: [name],
    },
  ]
}

function ofFinding(finding: Finding, test: TestResult): Bottleneck[] {
  const { id, severity, title, evidence, advice } = finding
  return severity === 'info' || watches.test(id) || !isDefect(test, finding)
    ? []
    : [{ id, severity, title, evidence, advice, tests: [test.name] }]
}
