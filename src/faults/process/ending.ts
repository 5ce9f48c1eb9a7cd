import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError, messageOf } from '../../base/errors.ts'
import type { Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import type { Member } from './tree.ts'
import { freeze, pidsOf, signal, stateOf } from './tree.ts'

/** How long the kernel may take to end a process that was killed. */
const killMs = 5000
const lookAgainMs = 5

export function hasGone(member: Member): boolean {
  return stateOf(member) === undefined
}

/** True once all of them have ended. */
export async function untilGone(members: readonly Member[], signalOf: AbortSignal): Promise<boolean> {
  while (!members.every(hasGone)) {
    if (signalOf.aborted) return false
    await sleep(lookAgainMs)
  }
  return true
}

/** SIGKILL to all of them at once: they are stopped first, so that nobody starts another meanwhile. Answers with those who were there. */
export async function killTree(pids: readonly number[]): Promise<readonly Member[]> {
  const members = freeze(pids)
  for (const member of members) signal(member, 'SIGKILL')
  await untilGone(members, AbortSignal.timeout(killMs))
  return members
}

export interface Started extends Proof {
  /** Until it was ready again; absent: it was not started. */
  readonly readySec?: number
}

/** Starts again what we started; of another's process it only says that it did not. */
export async function startAgain(target: FaultProcess): Promise<Started> {
  const running = target.pid()
  if (running !== undefined) return { ok: true, evidence: `it runs as process ${running}` }
  if (!target.isOurs) return { ok: true, evidence: 'proofload did not start it, and does not start it again' }
  const startMs = performance.now()
  try {
    await target.start()
  } catch (thrown) {
    // It is not wanted any more: what is left of the run is its end.
    const ends = thrown instanceof ToolError && thrown.code === 'INTERRUPTED'
    if (ends) return { ok: true, evidence: 'it was not started again, because the run ends' }
    return { ok: false, evidence: `it could not be started again: ${messageOf(thrown)}` }
  }
  const readySec = (performance.now() - startMs) / 1000
  return {
    ok: true,
    readySec,
    evidence: `it runs again as process ${String(target.pid())}, ready after ${readySec.toFixed(2)} s`,
  }
}

export function endedBy(members: readonly Member[], what: string): Proof {
  const left = members.filter((member) => !hasGone(member))
  if (members.length === 0) return { ok: false, evidence: 'there was no such process' }
  if (left.length > 0) return { ok: false, evidence: `${pidsOf(left)} would not end by ${what} (/proc)` }
  return { ok: true, evidence: `${pidsOf(members)} ended by ${what} (/proc)` }
}
