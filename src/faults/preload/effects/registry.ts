import type { PreloadAction } from '../../../model/process-fault.ts'
import { blockEventLoop } from './block-event-loop.ts'
import { failDns, slowDns } from './dns.ts'
import type { Effect } from './effect.ts'
import { gcPressure } from './gc-pressure.ts'
import { openFiles } from './open-files.ts'

const effects: { readonly [K in PreloadAction['kind']]: (action: Extract<PreloadAction, { kind: K }>) => Effect } = {
  'block-event-loop': blockEventLoop,
  'gc-pressure': gcPressure,
  'open-files': openFiles,
  'slow-dns': slowDns,
  'fail-dns': failDns,
}

export function beginEffect(action: PreloadAction): Effect {
  const begin = effects[action.kind] as (action: PreloadAction) => Effect // each is listed under the kind that it takes
  return begin(action)
}
