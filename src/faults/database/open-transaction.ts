import { messageOf } from '../../base/errors.ts'
import type { ActiveFault, Proof } from '../fault.ts'
import { undoOnce } from '../undo-once.ts'
import type { Session } from './session.ts'

/** A transaction of ours that stays open until the fault ends; the server ends it when its connection is gone or its time is over. */
export function heldTransaction(session: Session, verify: () => Promise<Proof>, lifeSec: number): ActiveFault {
  const undoIt = async (): Promise<Proof> => {
    const lost = session.lost()
    if (lost !== '') return { ok: true, evidence: `its transaction ended with its connection: ${lost}` }
    try {
      await session.ask('ROLLBACK')
      const [row] = await session.ask(
        'SELECT count(*)::int AS locks FROM pg_locks WHERE pid = $1 AND relation IS NOT NULL AND mode = $2',
        [session.pid, 'AccessExclusiveLock'],
      )
      await session.end()
      const locks = Number(row?.['locks'])
      return { ok: locks === 0, evidence: `its transaction is rolled back, and it holds ${locks} tables (pg_locks)` }
    } catch (thrown) {
      // Closing the connection ends the transaction as well.
      await session.end()
      return { ok: session.lost() !== '', evidence: `its connection is closed: ${messageOf(thrown)}` }
    }
  }
  const { revert, isOver } = undoOnce(undoIt, lifeSec)
  return {
    async verify() {
      if (isOver()) return { ok: false, evidence: 'it is over' }
      if (session.lost() !== '') return { ok: false, evidence: session.lost() }
      return verify().catch((thrown: unknown) => ({ ok: false, evidence: messageOf(thrown) }))
    },
    revert,
  }
}
