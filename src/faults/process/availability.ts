import { hasProcessTable } from '../../base/process-table.ts'
import type { Availability } from '../fault.ts'
import type { FaultProcess } from '../places.ts'

/** Signals may be sent to it. */
export function whenItRuns(target: FaultProcess): Availability {
  if (!hasProcessTable())
    return { state: 'unavailable', reason: 'this system has no /proc to find its children and to see what became of them' }
  const pid = target.pid()
  if (pid === undefined) return { state: 'unavailable', reason: 'it is not known which process it is' }
  if (target.tree().includes(process.pid))
    return { state: 'unavailable', reason: `proofload itself is a child of process ${pid}` }
  try {
    process.kill(pid, 0)
    return { state: 'available', reason: '' }
  } catch (thrown) {
    const isTheirs = thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
    const reason = isTheirs ? `process ${pid} belongs to another user` : `process ${pid} does not run`
    return { state: 'unavailable', reason }
  }
}

/** What is ended must be started again. */
export function whenItCanStartAgain(target: FaultProcess): Availability {
  if (!target.isOurs)
    return {
      state: 'unavailable',
      reason: 'proofload did not start it, so it cannot start it again: `kill` and `terminate` can be had',
    }
  return whenItRuns(target)
}

/** What is ended should be started again: by us, or by whoever started it. */
export function whenItMayEnd(target: FaultProcess): Availability {
  const runs = whenItRuns(target)
  if (runs.state !== 'available' || target.isOurs) return runs
  return { state: 'degraded', reason: 'proofload did not start it: whoever did must start it again' }
}
