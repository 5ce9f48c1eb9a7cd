import type { FaultAction } from './fault-spec.ts'
import type { ToxicAction } from './link-fault.ts'

/** What is done elsewhere than on a link: in a process, in a database, inside the target, on the machine. */
const elsewhere: Readonly<Record<Exclude<FaultAction['kind'], ToxicAction['kind']>, true>> = {
  'cpu-pressure': true,
  'memory-pressure': true,
  'file-pressure': true,
  'disk-fill': true,
  'fsync-storm': true,
  pause: true,
  kill: true,
  terminate: true,
  'crash-loop': true,
  restart: true,
  'cpu-quota': true,
  'exhaust-connections': true,
  'kill-backends': true,
  'lock-table': true,
  'long-transaction': true,
  'read-only': true,
  'block-event-loop': true,
  'gc-pressure': true,
  'open-files': true,
  'slow-dns': true,
  'fail-dns': true,
}

/** Whether our proxy does it, between the caller and what it calls. */
export function isOnLink(fault: FaultAction): fault is ToxicAction {
  return !Object.hasOwn(elsewhere, fault.kind)
}
