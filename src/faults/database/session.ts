import type { Client } from 'pg'
import { messageOf } from '../../base/errors.ts'
import type { FaultDatabase } from '../places.ts'

/** What marks connections of proofload in `pg_stat_activity`: its probe's begin so too. */
export const ownName = 'proofload'
const connectMs = 5000
/** The server gives up a statement after this. */
const statementMs = 5000
const closeMs = 2000
/** A server that stands still keeps no time. */
const answerMs = 8000

/** A connection of ours, past the proxy. */
export interface Session {
  readonly pid: number
  /** Rows of a statement. Throws when the session is lost. */
  readonly ask: (sql: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Why it is lost; empty: it is not. */
  readonly lost: () => string
  readonly end: () => Promise<void>
}

export interface SessionOptions {
  /** The server ends a session that was left alone for so long, whatever became of us. */
  readonly lifeSec: number
}

/** Opens a connection with a time limit on everything. Throws what the server says, with its SQLSTATE as `code`. */
export async function openSession(database: FaultDatabase, { lifeSec }: SessionOptions): Promise<Session> {
  const client = database.client()
  let lost = ''
  client.on('error', (error) => (lost = messageOf(error)))
  client.on('end', () => (lost ||= 'the connection has ended'))
  await connect(client)
  const lifeMs = Math.ceil(lifeSec * 1000)
  const ask: Session['ask'] = async (sql, values = []) => {
    const answer = client.query<Record<string, unknown>>(sql, [...values])
    const { rows } = await within(answer, answerMs, 'no answer from the database')
    return rows
  }
  try {
    // Several at once in one message: a database that is nearly full may need seconds for each. `set_config` with a setting that an older server lacks fails, so those are looked up.
    const [row] = await ask(
      `SELECT pg_backend_pid() AS pid, count(set_config(name, CASE name
         WHEN 'application_name' THEN '${ownName} fault'
         WHEN 'statement_timeout' THEN '${statementMs}'
         WHEN 'lock_timeout' THEN '1000'
         WHEN 'default_transaction_read_only' THEN 'off'
         ELSE '${lifeMs}' END, false)) AS set
       FROM pg_settings WHERE name IN ('application_name', 'statement_timeout', 'lock_timeout', 'default_transaction_read_only',
         'idle_in_transaction_session_timeout', 'idle_session_timeout')`,
    )
    return { pid: Number(row?.['pid']), ask, lost: () => lost, end: () => close(client) }
  } catch (thrown) {
    await close(client)
    throw thrown
  }
}

/** SQLSTATE of what was thrown; empty when it is not the server's. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

async function connect(client: Client): Promise<void> {
  const connecting = client.connect()
  try {
    await within(connecting, connectMs, 'no connection to the database')
  } catch (thrown) {
    connecting.catch(() => undefined)
    await close(client)
    throw thrown
  }
}

/** A server that stands still does not close its end either. */
async function close(client: Client): Promise<void> {
  await within(client.end(), closeMs, '').catch(() => undefined)
}

async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
