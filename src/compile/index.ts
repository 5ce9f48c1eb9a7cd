export { compilePlan } from './compile-plan.ts'
export type { CompiledPlan } from './compile-plan.ts'
