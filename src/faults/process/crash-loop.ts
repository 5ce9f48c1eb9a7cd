import { pause } from '../../base/pause.ts'
import type { ActiveFault, Fault, Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { whenItCanStartAgain } from './availability.ts'
import { endedBy, killTree, startAgain } from './ending.ts'

/** A process is killed and started again, and killed `everyMs` after it was started, over and over. */
export function crashLoop(target: FaultProcess, everyMs: number): Fault {
  return { probe: () => whenItCanStartAgain(target), inject: () => inject(target, everyMs) }
}

async function inject(target: FaultProcess, everyMs: number): Promise<ActiveFault> {
  const expected = target.expectDeath()
  const over = new AbortController()
  let crashes = 0
  let last: Proof = { ok: false, evidence: 'it has not been killed yet' }
  const crash = async (): Promise<void> => {
    last = endedBy(await killTree(target.tree()), 'SIGKILL')
    if (last.ok) crashes += 1
  }
  const isOver = (): boolean => over.signal.aborted
  const loop = async (): Promise<void> => {
    while (!isOver()) {
      const startMs = performance.now()
      const again = await startAgain(target)
      if (!again.ok) last = again
      await pause(startMs + everyMs - performance.now(), over.signal)
      if (!isOver() && target.pid() !== undefined) await crash()
    }
  }
  await crash().catch((thrown: unknown) => {
    expected.dispose()
    throw thrown
  })
  const looping = loop()
  const undoIt = async (): Promise<Proof> => {
    over.abort()
    await looping
    const started = await startAgain(target)
    expected.dispose()
    return { ok: started.ok, evidence: `it crashed ${crashes} times; ${started.evidence}` }
  }
  return {
    verify: () =>
      Promise.resolve({ ok: crashes > 0 && last.ok, evidence: `it crashed ${crashes} times, the last time: ${last.evidence}` }),
    revert: undoOnce(undoIt).revert,
    facts: () => ({ crashes }),
  }
}
