import type { FaultSpec } from '../model/fault-spec.ts'
import type { Fault } from './fault.ts'
import type { FaultPlaces } from './places.ts'
import { isPressure, pressureFault } from './pressure/index.ts'

export interface FaultSetting {
  readonly places: FaultPlaces
  /** Of the run: what is drawn is drawn by it. */
  readonly seed: number
}

/** What a plan's fault does in this run. */
export function faultOf({ fault }: FaultSpec, { places }: FaultSetting): Fault {
  if (isPressure(fault)) return pressureFault(fault)
  throw new Error(`the fault \`${fault.kind}\` is not built yet (${typeof places})`)
}
