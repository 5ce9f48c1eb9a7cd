import type { FaultSpec } from '../model/fault-spec.ts'
import { isOnLink } from '../model/on-link.ts'
import { databaseFault, isServerAction } from './database/index.ts'
import type { Fault } from './fault.ts'
import type { FaultPlaces } from './places.ts'
import { isPressure, pressureFault } from './pressure/index.ts'
import { preloadFault } from './preload/index.ts'
import { isProcessAction, processFault } from './process/index.ts'
import { linkFault } from './proxy/index.ts'

export interface FaultSetting {
  readonly places: FaultPlaces
  /** Of the run: what is drawn is drawn by it. */
  readonly seed: number
}

/** What a plan's fault does in this run. */
export function faultOf(spec: FaultSpec, { places, seed }: FaultSetting): Fault {
  const { fault } = spec
  if (isPressure(fault)) return pressureFault(fault)
  if (isProcessAction(fault)) return processFault(fault, places.process(fault.on))
  if (isServerAction(fault)) return databaseFault(fault, places.database(fault.on))
  if (isOnLink(fault)) return linkFault({ ...spec, fault }, places.link(fault.on), seed)
  return preloadFault(fault, places.preload())
}
