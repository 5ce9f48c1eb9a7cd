import type { ActiveFault, FaultContext } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { heldTransaction } from './open-transaction.ts'
import type { Session } from './session.ts'
import { codeOf, openSession } from './session.ts'

/** PostgreSQL's `lock_not_available`, and its word for a name that is none. */
const lockNotAvailable = '55P03'
const invalidName = '42602'
/** Each attempt gives up after a second, so that those who queue behind it go on. */
const attempts = 10

/** Holds `ACCESS EXCLUSIVE` on a table: whoever reads or writes it waits. */
export async function lockTable(database: FaultDatabase, table: string, { lifeSec }: FaultContext): Promise<ActiveFault> {
  const session = await openSession(database, { lifeSec })
  try {
    const { oid, name } = await tableOf(session, table)
    await lock(session, name)
    const verify = async () => {
      const [row] = await session.ask(
        `SELECT count(*) FILTER (WHERE pid = $2 AND granted AND mode = 'AccessExclusiveLock')::int AS held,
           count(*) FILTER (WHERE NOT granted)::int AS waiting FROM pg_locks WHERE relation = $1::oid`,
        [oid, session.pid],
      )
      const isHeld = Number(row?.['held']) > 0
      const evidence = `${name} is ${isHeld ? '' : 'not '}locked in ACCESS EXCLUSIVE mode, and ${Number(row?.['waiting'])} wait for it (pg_locks)`
      return { ok: isHeld, evidence }
    }
    return heldTransaction(session, verify, lifeSec)
  } catch (thrown) {
    await session.end()
    throw thrown
  }
}

/** As in SQL: `orders`, `public.orders`, `"Orders"`; what is only right with its capitals kept is found too. The name comes back quoted by the server. */
async function tableOf(session: Session, table: string): Promise<{ readonly oid: string; readonly name: string }> {
  const find = async (name: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    try {
      const [row] = await session.ask(
        `SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')`,
        [name],
      )
      return row
    } catch (thrown) {
      if (codeOf(thrown) === invalidName) return undefined
      throw thrown
    }
  }
  const row = (await find(table)) ?? (await find(`"${table.replaceAll('"', '""')}"`))
  if (row !== undefined) return { oid: String(row['oid']), name: String(row['name']) }
  const known = await session.ask(
    `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'proofload') ORDER BY 1 LIMIT 20`,
  )
  const names = known.map((one) => String(one['name'])).join(', ')
  throw new Error(`the database has no table \`${table}\`${names === '' ? ', nor any other' : `; it has ${names}`}`)
}

async function lock(session: Session, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await session.ask('BEGIN')
    try {
      await session.ask(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`)
      return
    } catch (thrown) {
      await session.ask('ROLLBACK')
      if (codeOf(thrown) !== lockNotAvailable || attempt === attempts) throw thrown
    }
  }
}
