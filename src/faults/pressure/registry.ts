import type { FaultAction } from '../../model/fault-spec.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import { cpuPressure } from './cpu-pressure.ts'
import { diskFill } from './disk-fill.ts'
import { filePressure } from './file-pressure.ts'
import { fsyncStorm } from './fsync-storm.ts'
import { memoryPressure } from './memory-pressure.ts'
import type { Pressure } from './pressure.ts'

const pressures: { readonly [K in PressureAction['kind']]: (action: Extract<PressureAction, { kind: K }>) => Pressure } = {
  'cpu-pressure': cpuPressure,
  'memory-pressure': memoryPressure,
  'file-pressure': filePressure,
  'disk-fill': diskFill,
  'fsync-storm': fsyncStorm,
}

export function pressureOf(action: PressureAction): Pressure {
  const create = pressures[action.kind] as (action: PressureAction) => Pressure // each is listed under the kind that it takes
  return create(action)
}

export function isPressure(action: FaultAction): action is PressureAction {
  return Object.hasOwn(pressures, action.kind)
}
