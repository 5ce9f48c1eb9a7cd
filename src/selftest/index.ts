export { runTruthCase, selfTest } from './self-test.ts'
export type { CaseOutcome } from './self-test.ts'
export { ddcCase, md1Case, mm1Case, stallCase } from './cases.ts'
export type { TruthCase } from './cases.ts'
