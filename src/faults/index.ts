export type { ActiveFault, Availability, Fault, FaultContext, Proof, UndoLog } from './fault.ts'
export type { FaultDatabase, FaultLink, FaultPlaces, FaultPreload, FaultProcess } from './places.ts'
export { faultOf } from './registry.ts'
