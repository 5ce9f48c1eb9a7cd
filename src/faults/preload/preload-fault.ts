import { randomBytes } from 'node:crypto'
import { countOpenFiles } from '../../base/process-table.ts'
import type { PreloadAction } from '../../model/process-fault.ts'
import type { ActiveFault, Fault, FaultContext, Proof } from '../fault.ts'
import type { FaultPreload, PreloadLook } from '../places.ts'
import { undoOnce } from '../undo-once.ts'

/** Done by the target's own Node.js processes, which end it themselves when their time is over or we are gone. */
export function preloadFault(action: PreloadAction, preload: FaultPreload): Fault {
  return {
    probe() {
      if (preload.pids().length > 0) return { state: 'available', reason: '' }
      return {
        state: 'unavailable',
        reason: 'no process of the target answers: is it Node.js, and is NODE_OPTIONS passed on to it?',
      }
    },
    inject: (context) => inject(action, preload, context),
  }
}

async function inject(action: PreloadAction, preload: FaultPreload, { lifeSec }: FaultContext): Promise<ActiveFault> {
  const id = `${action.kind} ${randomBytes(4).toString('hex')}`
  await preload.begin(id, action, lifeSec * 1000)
  const undoIt = async (): Promise<Proof> => {
    await preload.end(id)
    const left = (await preload.look(id)).filter(({ active }) => active)
    if (left.length === 0) return { ok: true, evidence: 'it has ended in every process of the target' }
    return { ok: false, evidence: told(left) }
  }
  return {
    async verify() {
      const looks = await preload.look(id)
      if (looks.length === 0) return { ok: false, evidence: 'no process of the target answers' }
      const evidence = action.kind === 'open-files' ? `${told(looks)} (${descriptors(looks)})` : told(looks)
      return { ok: looks.every(({ active }) => active), evidence }
    },
    revert: undoOnce(undoIt).revert,
  }
}

function told(looks: readonly PreloadLook[]): string {
  return looks.map(({ pid, evidence }) => `process ${pid}: ${evidence}`).join('; ')
}

/** What the kernel says of it. */
function descriptors(looks: readonly PreloadLook[]): string {
  return looks.map(({ pid }) => `${String(countOpenFiles(pid) ?? 'unknown')} open in /proc/${pid}/fd`).join(', ')
}
