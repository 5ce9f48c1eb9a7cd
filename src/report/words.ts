import type { RunResult, TestResult, Verdict } from '../model/run-result.ts'

/** A verdict for a person: the word, and what it says about the question asked. */
export const verdictWords: Readonly<Record<Verdict, { readonly word: string; readonly meaning: string; readonly mark: string }>> =
  {
    passed: { word: 'Passed', meaning: 'all objectives hold', mark: '✓' },
    failed: { word: 'Failed', meaning: 'an objective does not hold', mark: '✗' },
    invalid: { word: 'Invalid', meaning: 'the measurement cannot be trusted, so there is no verdict on the target', mark: '?' },
    stopped: { word: 'Stopped', meaning: 'a safety limit ended the run', mark: '■' },
    interrupted: { word: 'Interrupted', meaning: 'the run was ended by hand before its time', mark: '■' },
    error: { word: 'Error', meaning: 'the run could not be carried out', mark: '!' },
  }

/** Why the run has its verdict, in one sentence. */
export function whyRun(result: RunResult): string {
  const [error] = result.errors
  if (error !== undefined && (result.verdict === 'error' || result.tests.length === 0)) return error.text
  const [only, ...others] = result.tests
  if (only === undefined) return verdictWords[result.verdict].meaning
  if (others.length === 0) return only.reason
  const decisive = result.tests.filter((test) => test.verdict === result.verdict)
  if (result.verdict === 'passed') return `All ${result.tests.length} tests passed.`
  const [first] = decisive
  if (first === undefined) return verdictWords[result.verdict].meaning
  const more = decisive.length > 1 ? ` (and ${decisive.length - 1} more)` : ''
  return `“${first.name}”${more}: ${first.reason}`
}

/** A test whose checks only warn is still to be believed, with care. */
export function validityWords(test: TestResult): string {
  const { verdict, checks } = test.validity
  const voids = checks.filter((check) => check.verdict === 'void').length
  const warnings = checks.filter((check) => check.verdict === 'warn').length
  const warned = warnings === 1 ? 'one warning' : `${warnings} warnings`
  if (verdict === 'void')
    return `Not valid: ${voids === 1 ? 'one check of the measurement is' : `${voids} checks of the measurement are`} void${warnings > 0 ? `, and ${warned}` : ''}`
  if (verdict === 'warn') return `Valid, with ${warned}`
  return checks.length === 0 ? 'Validity was not checked' : `Valid: all ${checks.length} checks of the measurement are good`
}
