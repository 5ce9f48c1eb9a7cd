import type { EndReason } from '../model/run-event.ts'
import type { CheckVerdict, ObjectiveResult, Verdict } from '../model/run-result.ts'
import type { ErrorCode } from '../base/error-codes.ts'
import { errorCodes } from '../base/error-codes.ts'

export interface TestOutcome {
  /** How the load ended; absent: the record breaks off (proofload was killed). */
  readonly ended: EndReason | undefined
  readonly validity: CheckVerdict
  readonly objectives: readonly Pick<ObjectiveResult, 'verdict'>[]
}

/**
 * The one rule from what happened to a verdict. The first row that applies decides:
 *
 *   | what happened                                   | verdict     | exit |
 *   |-------------------------------------------------|-------------|------|
 *   | the target died, or the run broke on an error   | error       | 5    |
 *   | interrupted, or the record breaks off           | interrupted | 130  |
 *   | a stop condition was met                        | stopped     | 4    |
 *   | a validity check is void                        | invalid     | 3    |
 *   | an objective is unknown                         | invalid     | 3    |
 *   | an objective failed                             | failed      | 1    |
 *   | otherwise                                       | passed      | 0    |
 *
 * The first three rows say that the planned test did not take place, so there is nothing to judge it by (its numbers are shown all
 * the same). A void check comes before the objectives because an invalid run has no verdict: a failure that our own generator caused
 * is no failure of the target. An unknown objective comes before a failed one because the contract says so (an unknown objective
 * makes its test invalid); the reason names the failed ones too.
 */
export function verdictOf({ ended, validity, objectives }: TestOutcome): Verdict {
  if (ended === 'target-died' || ended === 'error') return 'error'
  if (ended === undefined || ended === 'interrupted') return 'interrupted'
  if (ended === 'stopped') return 'stopped'
  if (validity === 'void' || objectives.some((objective) => objective.verdict === 'unknown')) return 'invalid'
  return objectives.some((objective) => objective.verdict === 'fail') ? 'failed' : 'passed'
}

const exitCodeOf: Readonly<Record<Verdict, number>> = { error: 5, interrupted: 130, stopped: 4, failed: 1, invalid: 3, passed: 0 }

/** Worst first. 2 (the plan is wrong, learnt only while it ran: an exhausted feed, a host that is not allowed) stands beside 5. */
const exitOrder = [70, 130, 5, 2, 4, 1, 3] as const

export interface RunOutcome {
  readonly tests: readonly Verdict[]
  /** Codes of the errors that ended something. */
  readonly errors: readonly string[]
  /** How the run ended; absent: the record breaks off. */
  readonly ended: EndReason | undefined
}

/** The exit status of a run: the first of 70, 130, 5, 2, 4, 1, 3, 0 that occurred. */
export function exitCode({ tests, errors, ended }: RunOutcome): number {
  const ofErrors = errors.map((code) => (isErrorCode(code) ? errorCodes[code].exitCode : errorCodes.INTERNAL.exitCode))
  const broken = ofErrors.some((code) => code === 70 || code === 5 || code === 2)
  // A test that broke on a known error ends with that error's status: an exhausted feed is 2, not 5.
  const ofTests = tests.filter((verdict) => verdict !== 'error' || !broken).map((verdict) => exitCodeOf[verdict])
  const ofRun = broken && ended === 'error' ? 0 : exitCodeOf[verdictOf({ ended, validity: 'ok', objectives: [] })]
  const occurred = new Set([...ofErrors, ...ofTests, ofRun])
  return worstExitCode([...occurred])
}

/** The exit status of several runs together. */
export function worstExitCode(codes: readonly number[]): number {
  return exitOrder.find((code) => codes.includes(code)) ?? 0
}

/** The verdict of a run: the word for its exit status. */
export function runVerdict(exit: number): Verdict {
  if (exit === 0) return 'passed'
  if (exit === 1) return 'failed'
  if (exit === 3) return 'invalid'
  if (exit === 4) return 'stopped'
  return exit === 130 ? 'interrupted' : 'error'
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
