import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../base/errors.ts'
import type { ActiveFault, FaultPlaces, Proof, UndoLog } from '../faults/index.ts'
import { faultOf } from '../faults/index.ts'
import type { FaultSpec } from '../model/fault-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { Session } from './session.ts'

/** Between two looks for proof. */
const lookAgainMs = 200
/** A fault that nobody ends is gone so long after its time. */
const spareSec = 20

export interface FaultSchedule {
  /** Undoes what is still active and forgets the rest; answers when nothing of it is left. */
  end(): Promise<void>
}

export interface FaultScheduleOptions {
  readonly test: TestSpec
  /** Start of the load on the run clock. */
  readonly startSec: number
  readonly session: Session
  readonly undo: UndoLog
  readonly places: FaultPlaces
}

/** Injects the faults of a test at their times, looks for proof that they are active, and undoes them: at their end, or as soon as the run is to end. */
export function startFaults({ test, startSec, session, undo, places }: FaultScheduleOptions): FaultSchedule {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, session.signal])
  const all = (test.faults ?? []).map((fault) => runFault(fault, { test: test.name, startSec, session, undo, places, signal }))
  return {
    async end() {
      over.abort()
      await Promise.all(all)
    },
  }
}

interface Stage {
  readonly test: string
  readonly startSec: number
  readonly session: Session
  readonly undo: UndoLog
  readonly places: FaultPlaces
  readonly signal: AbortSignal
}

async function runFault(fault: FaultSpec, { test, startSec, session, undo, places, signal }: Stage): Promise<void> {
  const { id, forSec } = fault
  const waitUntil = (sec: number): Promise<void> => pause(Math.max(0, sec - session.clock.now()) * 1000, signal)
  const isOver = (): boolean => signal.aborted
  await waitUntil(startSec + fault.atSec)
  if (isOver()) return
  let atSec = session.clock.now()
  const started = ({ ok, evidence }: Proof): void =>
    session.emit({ kind: 'fault-started', test, id, fault: fault.fault.kind, verified: ok, evidence }, atSec)
  let active: ActiveFault
  try {
    active = await faultOf(fault, { places, seed: session.data.header.seed }).inject({ undo, lifeSec: forSec + spareSec })
  } catch (thrown) {
    started({ ok: false, evidence: `it could not be injected: ${messageOf(thrown)}` })
    return
  }
  atSec = session.clock.now()
  const endSec = startSec + fault.atSec + forSec
  const first = await proof(active, () => isOver() || session.clock.now() >= endSec)
  started(first)
  await waitUntil(endSec)
  // Whoever wants the run to end does not wait for another look.
  const last = isOver() ? first : await active.verify()
  const gone = await active.revert()
  const evidence = last === first ? gone.evidence : `before its end ${last.evidence}; then ${gone.evidence}`
  const crossed = active.crossed?.()
  session.emit({
    kind: 'fault-ended',
    test,
    id,
    held: last.ok,
    reverted: gone.ok,
    evidence,
    ...(crossed === undefined ? {} : { crossed }),
  })
}

/** The first proof, or the last thing seen without one. */
async function proof(active: ActiveFault, isLate: () => boolean): Promise<Proof> {
  for (;;) {
    const seen = await active.verify()
    if (seen.ok || isLate()) return seen
    await sleep(lookAgainMs)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined)
}
