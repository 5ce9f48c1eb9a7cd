import type { ActiveFault, Fault, Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { whenItCanStartAgain } from './availability.ts'
import type { Started } from './ending.ts'
import { startAgain } from './ending.ts'
import { endPolitely } from './polite-end.ts'

/** A process is asked to end, and started again as soon as it has: a deployment on one machine. */
export function restart(target: FaultProcess): Fault {
  return { probe: () => whenItCanStartAgain(target), inject: () => Promise.resolve(inject(target)) }
}

function inject(target: FaultProcess): ActiveFault {
  const expected = target.expectDeath()
  const end = endPolitely(target)
  let started: Started | undefined
  const startOnce = async (): Promise<Started> => {
    const again = await startAgain(target)
    started = again
    expected.dispose()
    return again
  }
  const starting = end.gone.then((all) => (all ? startOnce() : undefined))
  const undoIt = async (): Promise<Proof> => {
    const how = await end.finish()
    const again = (await starting) ?? started ?? (await startOnce())
    return { ok: again.ok, evidence: `${how}; ${again.evidence}` }
  }
  return {
    verify() {
      const { ok, evidence } = end.look()
      return Promise.resolve({ ok, evidence: started === undefined ? evidence : `${evidence}; ${started.evidence}` })
    },
    revert: undoOnce(undoIt).revert,
    over: starting.then(() => undefined),
    facts: () => ({ ...end.facts(), ...(started?.readySec === undefined ? {} : { readySec: started.readySec }) }),
  }
}
