export { runPlanFile } from './run-plan-file.ts'
export type { RunFileOptions } from './run-plan-file.ts'
