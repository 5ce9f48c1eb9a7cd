/** What a program imports from `proofload/runner` to run plans by itself. */
export { runPlanFile as runPlan } from '../program/index.ts'
export type { RunFileOptions as RunPlanOptions } from '../program/index.ts'
export { ToolError } from '../base/errors.ts'
export type { ErrorCode } from '../base/error-codes.ts'
export type { RunEvent } from '../model/run-event.ts'
export type { Finding, ObjectiveResult, RunResult, TestResult, Verdict } from '../model/run-result.ts'
