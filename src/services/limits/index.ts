export { layLimits } from './lay-limits.ts'
export type { LaidLimits } from './lay-limits.ts'
