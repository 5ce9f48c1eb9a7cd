import type { DatabaseRoom } from '../../model/pool-step.ts'
import type { FaultDatabase } from '../places.ts'
import type { Session } from './session.ts'
import { openSession } from './session.ts'

/** The server's table of connections, as an ordinary user meets it. */
export interface Room extends DatabaseRoom {
  /** Whoever asked. */
  readonly isSuperuser: boolean
  /** Of another database or user, or ours: everybody's count. */
  readonly ours: number
}

/** Asks by a connection of our own, which is not counted. */
export async function databaseRoom(database: FaultDatabase): Promise<DatabaseRoom> {
  const session = await openSession(database, { lifeSec: 10 })
  try {
    const { max, reserved, used } = await lookForRoom(session)
    return { max, reserved, used: Math.max(0, used - 1) }
  } finally {
    await session.end()
  }
}

/** Without the right to see other users' activity their kind is null: they count by having a user and a database. */
const roomQuery = `
SELECT current_setting('max_connections')::int AS max,
  coalesce(current_setting('superuser_reserved_connections', true)::int, 0)
    + coalesce(nullif(current_setting('reserved_connections', true), '')::int, 0) AS reserved,
  count(*) FILTER (WHERE backend_type = 'client backend'
    OR (backend_type IS NULL AND usename IS NOT NULL AND datname IS NOT NULL))::int AS used,
  count(*) FILTER (WHERE application_name = 'proofload fault')::int AS ours,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser
FROM pg_stat_activity`

export async function lookForRoom(session: Session): Promise<Room> {
  const [row = {}] = await session.ask(roomQuery)
  return {
    max: Number(row['max']),
    reserved: Number(row['reserved']),
    used: Number(row['used']),
    ours: Number(row['ours']),
    isSuperuser: row['superuser'] === true,
  }
}
