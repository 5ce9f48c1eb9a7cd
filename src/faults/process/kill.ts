import type { ActiveFault, Fault, Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { whenItMayEnd } from './availability.ts'
import type { Started } from './ending.ts'
import { endedBy, killTree, startAgain } from './ending.ts'

/** A process and its children end without a word, as by the kernel when memory is out; what we started is started again at the end of the fault. */
export function kill(target: FaultProcess): Fault {
  return { probe: () => whenItMayEnd(target), inject: () => inject(target) }
}

async function inject(target: FaultProcess): Promise<ActiveFault> {
  const expected = target.expectDeath()
  const members = await killTree(target.tree()).catch((thrown: unknown) => {
    expected.dispose()
    throw thrown
  })
  let started: Started | undefined
  const undoIt = async (): Promise<Proof> => {
    started = await startAgain(target)
    expected.dispose()
    return started
  }
  return {
    verify: () => Promise.resolve(endedBy(members, 'SIGKILL')),
    revert: undoOnce(undoIt).revert,
    facts: () => (started?.readySec === undefined ? {} : { readySec: started.readySec }),
  }
}
