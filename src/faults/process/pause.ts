import type { ActiveFault, Fault, FaultContext } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { whenItRuns } from './availability.ts'
import { isStopped, startStopping } from './stopping.ts'
import { pidsOf } from './tree.ts'

/** Everything of a process stands still: it takes no request, gives no answer and closes no connection. */
export function pause(target: FaultProcess): Fault {
  return { probe: () => whenItRuns(target), inject: (context) => inject(target, context) }
}

async function inject(target: FaultProcess, context: FaultContext): Promise<ActiveFault> {
  const stopping = await startStopping(target, 0, context, 'pause')
  return {
    verify() {
      const members = stopping.members()
      const moving = members.filter((member) => !isStopped(member))
      const failure = stopping.failure()
      if (failure !== '') return Promise.resolve({ ok: false, evidence: failure })
      if (members.length === 0) return Promise.resolve({ ok: false, evidence: 'the process has ended' })
      if (moving.length > 0) return Promise.resolve({ ok: false, evidence: `${pidsOf(moving)} still running (/proc/PID/stat)` })
      return Promise.resolve({ ok: true, evidence: `${pidsOf(members)} stopped (state T in /proc/PID/stat)` })
    },
    revert: stopping.revert,
  }
}
