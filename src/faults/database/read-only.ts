import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/errors.ts'
import type { ActiveFault, FaultContext, Proof } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import type { Session } from './session.ts'
import { codeOf, openSession } from './session.ts'

const setting = 'default_transaction_read_only'
/** PostgreSQL's `read_only_sql_transaction`. */
const readOnlyTransaction = '25006'
/** How long the server may take to hear of a new setting. */
const reloadMs = 5000

/** Every new transaction may only read, of open connections too: what a failover to a replica looks like from the target. */
export async function readOnly(database: FaultDatabase, { lifeSec }: FaultContext): Promise<ActiveFault> {
  const session = await openSession(database, { lifeSec })
  const undoIt = async (): Promise<Proof> => {
    let own: Session | undefined
    try {
      own = session.lost() === '' ? session : await openSession(database, { lifeSec })
      await set(own, `ALTER SYSTEM RESET ${setting}`)
      const deadline = performance.now() + reloadMs
      let { isReadOnly, evidence } = await tryToWrite(own)
      while (isReadOnly && performance.now() < deadline) {
        await sleep(20)
        ;({ isReadOnly, evidence } = await tryToWrite(own))
      }
      return { ok: !isReadOnly, evidence }
    } catch (thrown) {
      return { ok: false, evidence: messageOf(thrown) }
    } finally {
      await own?.end()
    }
  }
  const { revert, isOver } = undoOnce(undoIt, lifeSec)
  try {
    await set(session, `ALTER SYSTEM SET ${setting} = on`)
  } catch (thrown) {
    await revert()
    throw thrown
  }
  return {
    async verify() {
      if (isOver()) return { ok: false, evidence: 'it is over' }
      if (session.lost() !== '') return { ok: false, evidence: session.lost() }
      const { isReadOnly, evidence } = await tryToWrite(session)
      return { ok: isReadOnly, evidence }
    },
    revert,
  }
}

async function set(session: Session, sql: string): Promise<void> {
  await session.ask(sql)
  await session.ask('SELECT pg_reload_conf()')
}

/** As everybody else would: with the server's setting in place of our own, in a transaction that is rolled back. */
async function tryToWrite(session: Session): Promise<{ readonly isReadOnly: boolean; readonly evidence: string }> {
  await session.ask(`RESET ${setting}`)
  await session.ask('BEGIN')
  try {
    await session.ask('CREATE TABLE proofload_tries_to_write ()')
    return { isReadOnly: false, evidence: 'a new transaction may write' }
  } catch (thrown) {
    if (codeOf(thrown) !== readOnlyTransaction) throw thrown
    return { isReadOnly: true, evidence: `a new transaction may not write (${readOnlyTransaction}: ${messageOf(thrown)})` }
  } finally {
    await session.ask('ROLLBACK')
    await session.ask(`SET ${setting} = off`)
  }
}
