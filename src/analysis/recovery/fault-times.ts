import type { FaultAction, FaultSpec } from '../../model/fault-spec.ts'
import type { TestData } from '../test-data.ts'

/** When a fault, or an attack, was there, in seconds from the start of the load. */
export interface FaultTimes {
  readonly id: string
  /** What it is called in a sentence. */
  readonly word: 'fault' | 'attack'
  /** First verified effect; null when it never came to be. */
  readonly atSec: number | null
  /** From here on recovery counts; null when the record does not tell. */
  readonly clearedSec: number | null
  /** Nothing of it is left. */
  readonly reverted: boolean
  /** The link that it is done to, where it is one to a dependency. */
  readonly link: string | null
}

export function faultTimesOf(test: TestData): readonly FaultTimes[] {
  return (test.spec.faults ?? []).map((spec) => timesOf(test, spec))
}

function timesOf(test: TestData, spec: FaultSpec): FaultTimes {
  const { id, fault } = spec
  const start = test.loadStartSec ?? test.startSec
  const started = test.events.find((event) => event.kind === 'fault-started' && event.id === id)
  const ended = test.events.find((event) => event.kind === 'fault-ended' && event.id === id)
  const atSec = started?.kind === 'fault-started' && started.verified ? started.t - start : null
  const endedSec = ended?.kind === 'fault-ended' ? ended.t - start : null
  return {
    id,
    word: 'fault',
    atSec,
    clearedSec: atSec === null || endedSec === null ? null : clearedOf(spec, atSec, endedSec),
    reverted: ended?.kind === 'fault-ended' && ended.reverted,
    link:
      'on' in fault && typeof fault.on === 'string' && test.spec.links?.includes(fault.on) === true && fault.on !== 'target'
        ? fault.on
        : null,
  }
}

/**
 * What is done in an instant is over at once: from there the target is on its own. A process that was ended is let go when its new start begins: how long it takes
 * to start belongs to its recovery, and the event is written when it is ready.
 */
function clearedOf({ fault, atSec: planned, forSec }: FaultSpec, atSec: number, endedSec: number): number {
  if (isInstant(fault)) return atSec
  const isStartedAgain = fault.kind === 'kill' || fault.kind === 'terminate' || fault.kind === 'crash-loop'
  return isStartedAgain ? Math.max(atSec, Math.min(endedSec, planned + forSec)) : endedSec
}

function isInstant(fault: FaultAction): boolean {
  return fault.kind === 'restart' || (fault.kind === 'kill-backends' && fault.everyMs === 0)
}
