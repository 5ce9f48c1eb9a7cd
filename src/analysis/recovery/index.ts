export { recoveriesOf } from './recovery.ts'
