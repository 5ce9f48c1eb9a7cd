export { recoveriesOf } from './recovery.ts'
export type { RecoveryOptions } from './recovery.ts'
