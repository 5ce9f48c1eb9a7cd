import { ToolError, messageOf } from '../base/errors.ts'
import type { ActiveRun } from './active-runs.ts'
import { registerRun, stopRequests, unregisterRun } from './active-runs.ts'
import { findHaltFile, haltError } from './halt-file.ts'
import type { Session } from './session.ts'

/** Two looks for a file: so seldom that it costs nothing, so often that the load is gone within a second. */
const lookEveryMs = 200

export interface OutsideStop {
  /** The record is closed: nothing is left to stop, but the reports are still to be written. */
  runEnded(): void
  dispose(): void
}

/**
 * Makes the run known to `proofload stop` and to the halt file of the machine, from before its first service starts until after its last
 * report is written. Both end it with `stopped`, whatever it is doing; a second request does not wait for its clean-up.
 */
export function listenForStop(run: Pick<ActiveRun, 'plan' | 'folder' | 'startedAt'>, session: Session): OutsideStop {
  const entry = register(run, session)
  const look = (): void => {
    const halt = findHaltFile()
    if (halt !== undefined) session.end('stopped', haltError(halt, true))
    const requests = entry === undefined ? 0 : stopRequests(entry)
    if (requests > 0) session.end('stopped', new ToolError('STOPPED', 'The run was stopped from outside by `proofload stop`.'))
    if (requests > 1) session.hurry()
  }
  const timer = setInterval(look, lookEveryMs)
  return {
    runEnded: () => clearInterval(timer),
    dispose() {
      clearInterval(timer)
      if (entry !== undefined) unregisterRun(entry)
    },
  }
}

/** A run that cannot be entered is run all the same: Ctrl-C and the halt file still stop it. */
function register(run: Pick<ActiveRun, 'plan' | 'folder' | 'startedAt'>, session: Session): ActiveRun | undefined {
  try {
    return registerRun(run)
  } catch (error) {
    session.emit({ kind: 'log', level: 'warn', text: `\`proofload stop\` cannot reach this run: ${messageOf(error)}` })
    return undefined
  }
}

/** @throws ToolError HALTED */
export function refuseWhenHalted(): void {
  const halt = findHaltFile()
  if (halt !== undefined) throw haltError(halt, false)
}
