import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultContext, Proof } from '../fault.ts'
import { endHolder, hasEnded, startHolder, untilReady } from '../holding.ts'
import type { FaultProcess } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import type { StopperOrder } from './stopper.ts'
import type { Member } from './tree.ts'
import { membersOf, pidsOf, stateOf, thaw } from './tree.ts'

/** How long stopped processes may take to run again. */
const thawMs = 2000

export interface Stopping {
  /** Whom it stops, children that came later included. */
  readonly members: () => readonly Member[]
  /** Why it is not at work any more; empty: it is. */
  readonly failure: () => string
  readonly revert: () => Promise<Proof>
}

/** Keeps a process and its children stopped for all but `share` of the time, by a process that lets them go on when we are gone. */
export async function startStopping(
  target: FaultProcess,
  share: number,
  { undo, lifeSec }: FaultContext,
  title: string,
): Promise<Stopping> {
  const pids = target.tree()
  if (pids.length === 0) throw new Error('there is no such process to stop')
  if (pids.includes(process.pid)) throw new Error('proofload itself is among the processes to be stopped')
  const seen = new Map<number, Member>()
  const look = (): readonly Member[] => {
    for (const member of membersOf(pids)) seen.set(member.pid, member)
    return [...seen.values()].filter((member) => stateOf(member) !== undefined)
  }
  const forget = undo.addUndo?.({ kind: 'continue', title, processes: look() })
  const order: StopperOrder = { pids, share, lifeSec }
  const stopper = startHolder(new URL('./stopper', import.meta.url), order, undo)
  const undoIt = async (): Promise<Proof> => {
    const before = look()
    await endHolder(stopper)
    if (stopper.pid !== undefined && hasEnded(stopper)) undo.removeProcess(stopper.pid)
    const members = [...before, ...look()]
    const deadline = performance.now() + thawMs
    let stopped = members.filter(isStopped)
    for (; stopped.length > 0 && performance.now() < deadline; stopped = members.filter(isStopped)) {
      thaw(stopped)
      await sleep(20)
    }
    if (stopped.length > 0) return { ok: false, evidence: `${pidsOf(stopped)} still stopped (/proc/PID/stat)` }
    forget?.()
    return { ok: true, evidence: 'nothing is stopped any more (/proc/PID/stat)' }
  }
  const { revert } = undoOnce(undoIt)
  try {
    await once(stopper, 'spawn')
    undo.addProcess({ title, pid: stopper.pid ?? 0 })
    await untilReady(stopper)
    stopper.stdin?.write('go\n')
  } catch (thrown) {
    await revert()
    throw thrown
  }
  return {
    members: look,
    failure: () => (hasEnded(stopper) ? `its process ${String(stopper.pid)} has ended` : ''),
    revert,
  }
}

export function isStopped(member: Member): boolean {
  return stateOf(member) === 'T'
}
