import { messageOf } from '../../base/errors.ts'
import type { ActiveFault, FaultContext, Proof } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import type { Session } from './session.ts'
import { openSession, ownName } from './session.ts'

/** The target's: those that do not say that they are proofload's; of a database that others use as well, those of its own user and database. */
function targetsBackends(isOurs: boolean): string {
  const clients = `pid <> pg_backend_pid() AND (backend_type = 'client backend' OR backend_type IS NULL) AND application_name NOT LIKE '${ownName}%'`
  return isOurs ? clients : `${clients} AND datname = current_database() AND usename = current_user`
}

/** Ends the target's connections at the server (57P01), again every `everyMs`; 0: once there are some. */
export async function killBackends(database: FaultDatabase, everyMs: number, { lifeSec }: FaultContext): Promise<ActiveFault> {
  let session: Session = await openSession(database, { lifeSec })
  let ended = 0
  let trouble = ''
  const kill = async (): Promise<void> => {
    try {
      // The database may have been restarted meanwhile.
      if (session.lost() !== '') session = await openSession(database, { lifeSec })
      const rows = await session.ask(
        `SELECT pid, pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE ${targetsBackends(database.isOurs)}`,
      )
      ended += rows.filter((row) => row['ended'] === true).length
      trouble = ''
    } catch (thrown) {
      trouble = messageOf(thrown)
    }
  }
  await kill()
  let killing = Promise.resolve()
  const timer = everyMs > 0 ? setInterval(() => void (killing = killing.then(kill)), everyMs) : undefined
  timer?.unref()
  const undoIt = async (): Promise<Proof> => {
    clearInterval(timer)
    await killing
    await session.end()
    return { ok: true, evidence: `it ended ${ended} connections in all, and ends no more` }
  }
  const { revert, isOver } = undoOnce(undoIt, lifeSec)
  return {
    async verify() {
      if (isOver()) return { ok: false, evidence: 'it is over' }
      if (ended === 0) await kill()
      if (ended > 0) return { ok: true, evidence: `${ended} connections of the target were ended (pg_terminate_backend)` }
      return { ok: false, evidence: trouble === '' ? 'the target has no connection that could be ended' : trouble }
    },
    revert,
    crossed: () => ended,
  }
}
