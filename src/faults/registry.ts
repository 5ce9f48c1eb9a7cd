import type { FaultAction } from '../model/fault-spec.ts'
import type { Fault } from './fault.ts'
import type { FaultPlaces } from './places.ts'
import { isPressure, pressureFault } from './pressure/index.ts'

/** What a plan's fault does in this run. */
export function faultOf(action: FaultAction, places: FaultPlaces): Fault {
  if (isPressure(action)) return pressureFault(action)
  throw new Error(`the fault \`${action.kind}\` is not built yet (${typeof places})`)
}
