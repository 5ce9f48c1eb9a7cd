/** What a reporter of your own is made of, from `proofload/reporter`. */
export { renderReport, replay, reportFormats } from '../report/index.ts'
export type { Pace, Reporter, ReporterName, ReporterTick, ReportFormat, RunOutcome, SavedRecord } from '../report/index.ts'
export type { RunData, TestData } from '../analysis/index.ts'
export type { RunEvent } from '../model/run-event.ts'
export type { RunHeader } from '../model/run-header.ts'
export type { RunResult, TestResult } from '../model/run-result.ts'
export type { WindowLine } from '../model/sample.ts'
