import type { FaultAction } from '../model/fault-spec.ts'
import { cpuPressure } from './cpu-pressure.ts'
import { diskFill } from './disk-fill.ts'
import { filePressure } from './file-pressure.ts'
import { fsyncStorm } from './fsync-storm.ts'
import { memoryPressure } from './memory-pressure.ts'
import type { Pressure } from './pressure.ts'

const pressures: { readonly [K in FaultAction['kind']]: (action: Extract<FaultAction, { kind: K }>) => Pressure } = {
  'cpu-pressure': cpuPressure,
  'memory-pressure': memoryPressure,
  'file-pressure': filePressure,
  'disk-fill': diskFill,
  'fsync-storm': fsyncStorm,
}

export function pressureOf(action: FaultAction): Pressure {
  const create = pressures[action.kind] as (action: FaultAction) => Pressure // each is listed under the kind that it takes
  return create(action)
}
