import type { ActiveFault, FaultContext } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { heldTransaction } from './open-transaction.ts'
import { openSession } from './session.ts'

/** A transaction with a snapshot that is idle: what is deleted or updated after it cannot be cleaned up, and stays for every scan. */
export async function longTransaction(database: FaultDatabase, { lifeSec }: FaultContext): Promise<ActiveFault> {
  const session = await openSession(database, { lifeSec })
  try {
    // Only from this level on is the snapshot kept between two statements.
    await session.ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await session.ask('SELECT count(*) FROM pg_class')
  } catch (thrown) {
    await session.end()
    throw thrown
  }
  const verify = async () => {
    // What activity was seen is remembered until the end of the transaction.
    await session.ask('SELECT pg_stat_clear_snapshot()')
    const [row] = await session.ask(
      `SELECT backend_xmin::text AS xmin, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
       FROM pg_stat_activity WHERE pid = $1`,
      [session.pid],
    )
    const xmin = row?.['xmin']
    const seconds = row?.['seconds']
    const since = typeof seconds === 'number' ? seconds.toFixed(1) : 'unknown'
    const evidence = `session ${session.pid} is in a transaction since ${since} s, and nothing younger than ${typeof xmin === 'string' ? `transaction ${xmin}` : 'now'} can be cleaned up (backend_xmin in pg_stat_activity)`
    return { ok: typeof xmin === 'string', evidence }
  }
  return heldTransaction(session, verify, lifeSec)
}
