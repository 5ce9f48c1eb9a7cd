import type { FaultAction } from '../../model/fault-spec.ts'
import type { ProcessAction } from '../../model/process-fault.ts'
import type { Fault } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { cpuQuota } from './cpu-quota.ts'
import { crashLoop } from './crash-loop.ts'
import { kill } from './kill.ts'
import { pause } from './pause.ts'
import { restart } from './restart.ts'
import { terminate } from './terminate.ts'

type Maker<K extends ProcessAction['kind']> = (target: FaultProcess, action: Extract<ProcessAction, { kind: K }>) => Fault

const makers: { readonly [K in ProcessAction['kind']]: Maker<K> } = {
  pause,
  kill,
  terminate,
  restart,
  'crash-loop': (target, { everyMs }) => crashLoop(target, everyMs),
  'cpu-quota': (target, { share }) => cpuQuota(target, share),
}

export function processFault(action: ProcessAction, target: FaultProcess): Fault {
  const make = makers[action.kind] as Maker<ProcessAction['kind']> // each is listed under the kind that it takes
  return make(target, action)
}

export function isProcessAction(action: FaultAction): action is ProcessAction {
  return Object.hasOwn(makers, action.kind)
}
