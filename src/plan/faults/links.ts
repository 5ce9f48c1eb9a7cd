import type { FaultAction, FaultSpec, NemesisSpec } from '../../model/fault-spec.ts'
import type { ToxicAction } from '../../model/link-fault.ts'
import { readLinkMetric } from '../../model/link-metric.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'

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

function isOnLink(fault: FaultAction): fault is ToxicAction {
  return !Object.hasOwn(elsewhere, fault.kind)
}

export interface LinkUsers {
  readonly faults: readonly FaultSpec[] | undefined
  readonly nemesis: NemesisSpec | undefined
  /** Objectives and stop conditions. */
  readonly objectives: readonly ObjectiveSpec[]
}

/** The links that our proxy stands in during a test: those that a fault breaks, and those that are judged: their breaker, or what crosses them. */
export function linksOf({ faults = [], nemesis, objectives }: LinkUsers): readonly string[] {
  const broken = [...faults, ...(nemesis?.faults ?? [])].flatMap(({ fault }) => (isOnLink(fault) ? [fault.on] : []))
  const judged = objectives.flatMap(({ metric: { name, selector } }) =>
    selector?.kind === 'link' ? [selector.name] : (readLinkMetric(name)?.link ?? []),
  )
  return [...new Set([...broken, ...judged])]
}
