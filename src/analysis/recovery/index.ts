export { faultTimesOf } from './fault-times.ts'
export type { FaultTimes } from './fault-times.ts'
export { recoveriesOf } from './recovery.ts'
