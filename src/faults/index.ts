export type { ActiveFault, Availability, Fault, FaultContext, Proof, UndoLog } from './fault.ts'
export { pressureFault } from './inject-pressure.ts'
