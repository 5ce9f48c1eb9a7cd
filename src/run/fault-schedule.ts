import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import type { ActiveFault, Fault, FaultPlaces, Proof, UndoLog } from '../faults/index.ts'
import { faultOf } from '../faults/index.ts'
import type { FaultSpec } from '../model/fault-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { Session } from './session.ts'

/** Between two looks for proof. */
const lookAgainMs = 200
/** A fault that nobody ends is gone so long after its time. */
const spareSec = 20
/** What is done at a moment (a restart) and has no time of its own is over in this. */
const momentSec = 60

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

interface ScheduleContext {
  readonly test: string
  readonly startSec: number
  readonly session: Session
  readonly undo: UndoLog
  readonly places: FaultPlaces
  readonly signal: AbortSignal
}

async function runFault(spec: FaultSpec, context: ScheduleContext): Promise<void> {
  const { session, signal, startSec, test, undo } = context
  const { id } = spec
  const atSec = startSec + spec.atSec
  const fault = available(spec, context)
  if (typeof fault === 'string') {
    emitStarted({ ok: false, evidence: fault }, session.clock.now())
    return
  }
  const waitUntil = (sec: number): Promise<void> => pause((sec - session.clock.now()) * 1000, signal)
  const isOver = (): boolean => signal.aborted
  await waitUntil(atSec)
  if (isOver()) return
  const forSec = spec.forSec > 0 ? spec.forSec : momentSec
  let injectedSec = session.clock.now()
  let active: ActiveFault
  try {
    active = await fault.inject({ undo, lifeSec: forSec + spareSec })
  } catch (thrown) {
    emitStarted({ ok: false, evidence: `it could not be injected: ${messageOf(thrown)}` }, injectedSec)
    return
  }
  injectedSec = session.clock.now()
  const first = await proof(active, () => isOver() || session.clock.now() >= atSec + forSec)
  emitStarted(first, injectedSec)
  // A restart is over when it is done.
  if (active.over === undefined) await waitUntil(atSec + spec.forSec)
  else await Promise.race([waitUntil(atSec + forSec), active.over])
  // Whoever wants the run to end does not wait for another look.
  const last = isOver() ? first : await active.verify()
  const gone = await active.revert()
  const evidence = last === first ? gone.evidence : `before its end ${last.evidence}; then ${gone.evidence}`
  const [crossed, facts] = [active.crossed?.(), active.facts?.()]
  session.emit({
    kind: 'fault-ended',
    test,
    id,
    held: last.ok,
    reverted: gone.ok,
    evidence,
    ...(crossed === undefined ? {} : { crossed }),
    ...(facts === undefined ? {} : { facts }),
  })

  function emitStarted({ ok, evidence }: Proof, sec: number): void {
    session.emit({ kind: 'fault-started', test, id, fault: spec.fault.kind, verified: ok, evidence }, sec)
  }
}

/** The fault, or why it cannot be done here: told at once, and not after half of the load. */
function available(spec: FaultSpec, { places, session }: ScheduleContext): Fault | string {
  try {
    const fault = faultOf(spec, { places, seed: session.data.header.seed })
    const { state, reason } = fault.probe()
    return state === 'unavailable' ? `it is unavailable here: ${reason}` : fault
  } catch (thrown) {
    return `it is unavailable here: ${messageOf(thrown)}`
  }
}

/** The first proof, or the last thing seen without one. */
async function proof(active: ActiveFault, isLate: () => boolean): Promise<Proof> {
  for (;;) {
    const seen = await active.verify()
    if (seen.ok || isLate()) return seen
    await sleep(lookAgainMs)
  }
}
