import type { Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { hasGone, killTree, untilGone } from './ending.ts'
import type { Member } from './tree.ts'
import { membersOf, pidsOf, signal } from './tree.ts'

/** A process that was asked to end, and is given the time that it wants. */
export interface PoliteEnd {
  /** Settles when it and its children have ended. */
  readonly gone: Promise<boolean>
  look(): Proof
  /** Ends by SIGKILL what has not ended; answers how it went. */
  finish(): Promise<string>
  /** `endedSec`: from the signal until the last of its processes had ended; `killed`: 1 when it had to be. */
  facts(): Readonly<Record<string, number>>
}

/** The signal goes to the first process alone, as orchestrators send it: passing it on is that process's business. */
export function endPolitely(target: FaultProcess): PoliteEnd {
  const members = membersOf(target.tree())
  const pid = target.pid()
  const first = members.find((member) => member.pid === pid)
  const name = target.endSignal ?? 'SIGTERM'
  const startMs = performance.now()
  const wasSent = first !== undefined && signal(first, name)
  const tooLong = new AbortController()
  let endedSec: number | undefined
  let killed: readonly Member[] = []
  const sinceSec = (): number => (performance.now() - startMs) / 1000
  const gone = untilGone(members, tooLong.signal).then((all) => {
    if (all && killed.length === 0) endedSec = sinceSec()
    return all
  })
  const told = (): string => {
    if (!wasSent) return `${name} could not be sent`
    if (endedSec !== undefined) return `${pidsOf(members)} ended ${endedSec.toFixed(2)} s after ${name}`
    const left = members.filter((member) => !hasGone(member))
    const orphans = left.includes(first) ? '' : ', children of one that has ended'
    return `${name} was sent ${sinceSec().toFixed(2)} s ago, and ${pidsOf(left)} still there${orphans}`
  }
  return {
    gone,
    look: () => ({ ok: wasSent, evidence: `${told()} (/proc)` }),
    async finish() {
      const left = members.filter((member) => !hasGone(member))
      if (left.length === 0) {
        await gone
        return told()
      }
      const before = told()
      killed = left
      await killTree(left.map((member) => member.pid))
      tooLong.abort()
      return `${before}: killed`
    },
    facts: () => ({ ...(endedSec === undefined ? {} : { endedSec }), killed: killed.length > 0 ? 1 : 0 }),
  }
}
