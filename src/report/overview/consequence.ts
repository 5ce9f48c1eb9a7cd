import type { Finding, TestResult } from '../../model/run-result.ts'

/** Calls that fail. */
const failing: readonly string[] = ['requests-refused', 'requests-time-out', 'server-errors']

/** Calls fail while something is taken from the target, and it kept to the objectives of that test all the same: what was to be shown, and no defect. */
export function isConsequence({ verdict, limits = [], faults = [] }: TestResult, { id }: Finding): boolean {
  return failing.includes(id) && verdict === 'passed' && limits.length + faults.length > 0
}
