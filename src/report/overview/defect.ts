import type { Finding, TestResult } from '../../model/run-result.ts'

/** Of the measurement, not of the target. */
const ofGenerator = 'generator-limited'
/** Calls that fail. */
const failing: readonly string[] = ['requests-refused', 'requests-time-out', 'server-errors']

/**
 * Of the target itself: not of the generator, and not calls that fail while something is taken from it and it kept to the objectives of that
 * test all the same, which is what was to be shown.
 */
export function isDefect(test: TestResult, finding: Finding): boolean {
  return finding.id !== ofGenerator && !isConsequence(test, finding)
}

/** A test of a breaker or of a pool takes what is behind it, without `faults` of the plan. */
function isConsequence({ verdict, limits = [], faults = [], breakers = [], pools = [] }: TestResult, { id }: Finding): boolean {
  return failing.includes(id) && verdict === 'passed' && [limits, faults, breakers, pools].some((taken) => taken.length > 0)
}
