import type { ActiveFault, Fault, Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { whenItMayEnd } from './availability.ts'
import type { Started } from './ending.ts'
import { startAgain } from './ending.ts'
import { endPolitely } from './polite-end.ts'

/** A process is asked to end and does so in its own time; what we started is started again at the end of the fault. */
export function terminate(target: FaultProcess): Fault {
  return { probe: () => whenItMayEnd(target), inject: () => Promise.resolve(inject(target)) }
}

function inject(target: FaultProcess): ActiveFault {
  const expected = target.expectDeath()
  const end = endPolitely(target)
  let started: Started | undefined
  const undoIt = async (): Promise<Proof> => {
    const how = await end.finish()
    started = await startAgain(target)
    expected.dispose()
    return { ok: started.ok, evidence: `${how}; ${started.evidence}` }
  }
  return {
    verify: () => Promise.resolve(end.look()),
    revert: undoOnce(undoIt).revert,
    facts: () => ({ ...end.facts(), ...(started?.readySec === undefined ? {} : { readySec: started.readySec }) }),
  }
}
