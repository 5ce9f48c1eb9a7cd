import pg from 'pg'
import { overloaded, ShopError } from './errors.ts'

/** A named statement: PostgreSQL parses it once a connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export interface PoolFigures {
  readonly total: number
  readonly idle: number
  readonly active: number
  readonly waiting: number
  readonly max: number
}

/** PostgreSQL error codes after which the same request may well succeed later. */
const passingCodes = new Set([
  ...['40001', '40P01', '55P03'], // in conflict with another transaction
  ...['57014', '57P01', '57P02', '57P03', '25P03', '53300', '25006'], // shutting down, starting, full, or a standby
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOENT'],
])

/** bigint as a number: cents and sums here stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): ((text: string) => unknown) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown), // pg declares `any` here
}

export interface DatabaseOptions {
  readonly url: string
  readonly poolMax: number
  /** Without limits of time, for the work before the first request: filling the tables may take long on a busy machine. */
  readonly isPatient?: boolean
  /** A planted defect: see {@link Behaviour.losesConnections}. */
  readonly losesConnections?: boolean
}

export class Database {
  readonly #pool: pg.Pool
  readonly #max: number
  readonly #losesConnections: boolean

  constructor({ url, poolMax, isPatient = false, losesConnections = false }: DatabaseOptions) {
    this.#max = poolMax
    this.#losesConnections = losesConnections
    this.#pool = new pg.Pool({
      connectionString: url,
      max: poolMax,
      idleTimeoutMillis: 30_000,
      ...(isPatient ? {} : { connectionTimeoutMillis: 3_000, statement_timeout: 5_000, query_timeout: 6_000 }),
      idle_in_transaction_session_timeout: 10_000,
      application_name: 'shop',
      keepAlive: true,
      types,
    })
    // An idle connection that the server closed: the pool has dropped it already, the next request opens another.
    this.#pool.on('error', () => undefined)
    // A connection lost while a request holds it fails that request's query; without a listener it would end the process as well.
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
  }

  get figures(): PoolFigures {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool
    return { total, idle, active: total - idle, waiting, max: this.#max }
  }

  async rows<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.withClient((client) => rowsOf<Row>(client, statement, values))
  }

  /** All or nothing: commits when `work` returns, rolls back when it throws. */
  async transaction<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return this.withClient(async (client) => {
      await client.query('BEGIN')
      try {
        const result = await work(client)
        await client.query('COMMIT').catch((error: unknown) => {
          throw isRefusal(error) ? error : new UnknownOutcome(error)
        })
        return result
      } catch (error) {
        // What is broken goes away with its transaction; to ask it for anything would only take time.
        if (!isBroken(error)) await client.query('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  async withClient<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#connect()
    let broken: Error | undefined
    let isLost = false
    try {
      return await work(client)
    } catch (error) {
      isLost = this.#losesConnections
      if (!isBroken(error)) throw error
      broken = error
      if (error instanceof UnknownOutcome) throw error
      throw overloaded('The database did not answer in time.', error)
    } finally {
      if (!isLost) client.release(broken)
    }
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      // The pool's own time-out carries no code; everything of the network or the server does.
      const isFull = error instanceof Error && !('code' in error)
      throw overloaded(isFull ? 'No database connection was free in time.' : 'The database cannot be reached.', error)
    }
  }
}

export async function rowsOf<Row extends object>(
  client: pg.PoolClient,
  statement: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await client.query<Row>({ ...statement, values: [...values] })
  return rows
}

/** COMMIT was sent and its answer did not come: only a later look can tell. No promise either way, so no 503 with a time to come back. */
class UnknownOutcome extends ShopError {
  constructor(cause: unknown) {
    super(504, 'outcome_unknown', 'Nobody knows yet whether this was done. Ask again with the same key.', cause)
  }
}

/** The server itself said no to a COMMIT: a conflict, a broken rule, a transaction that is over. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(23|25|40)/.test(error.code)
}

/** Whether the connection is not to be used again. */
function isBroken(error: unknown): error is Error {
  return error instanceof UnknownOutcome || (!(error instanceof ShopError) && isPassing(error))
}

function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string') return passingCodes.has(error.code) || error.code.startsWith('08')
  return /timeout|terminated|not queryable/i.test(error.message)
}
