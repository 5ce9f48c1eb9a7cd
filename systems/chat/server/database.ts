import pg from 'pg'
import { overloaded } from './errors.ts'

/** A named statement: PostgreSQL parses it once a connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Runs statements: the pool, or one transaction. */
export interface Queries {
  rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
}

export interface PoolFigures {
  readonly total: number
  readonly active: number
  readonly waiting: number
  readonly max: number
}

/** bigint as a number: sequences here stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): ((text: string) => unknown) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown), // pg declares `any` here
}

export interface DatabaseOptions {
  readonly url: string
  readonly poolMax?: number
  /** Without limits of time, for what is done before the first request. */
  readonly isPatient?: boolean
}

export class Database implements Queries {
  readonly #pool: pg.Pool
  readonly #max: number

  constructor({ url, poolMax = 10, isPatient = false }: DatabaseOptions) {
    this.#max = poolMax
    this.#pool = new pg.Pool({
      connectionString: url,
      max: poolMax,
      idleTimeoutMillis: 30_000,
      ...(isPatient ? {} : { connectionTimeoutMillis: 3_000, statement_timeout: 5_000, query_timeout: 6_000 }),
      idle_in_transaction_session_timeout: 10_000,
      application_name: 'chat',
      keepAlive: true,
      types,
    })
    // An idle connection that the server closed: the pool has dropped it already, the next request opens another.
    this.#pool.on('error', () => undefined)
    // A connection lost while in use fails its query; without a listener it would end the process as well.
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
  }

  get figures(): PoolFigures {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool
    return { total, active: total - idle, waiting, max: this.#max }
  }

  async rows<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#withClient((client) => rowsOf<Row>(client, statement, values))
  }

  /** All or nothing: commits when `work` returns, rolls back when it throws. */
  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#withClient(async (client) => {
      await client.query('BEGIN')
      try {
        const result = await work({ rows: (statement, values = []) => rowsOf(client, statement, values) })
        await client.query('COMMIT')
        return result
      } catch (error) {
        if (!isLost(error)) await client.query('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  async #withClient<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw overloaded('No database connection was to be had in time.', error)
    })
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      if (!isLost(error)) throw error
      broken = error
      throw overloaded('The database did not answer in time.', error)
    } finally {
      client.release(broken)
    }
  }
}

async function rowsOf<Row extends object>(
  client: pg.PoolClient,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await client.query<Row>({ ...statement, values: [...values] })
  return rows
}

/** Whether the connection is not to be used again: everything but an answer of the database that says no to one statement. */
function isLost(error: unknown): error is Error {
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error && !('statusCode' in error)
  return /^(08|57P0|53300|25P03|57014)/.test(error.code ?? '')
}
