import type { AuditOutcome } from './audit-record.ts'

/** What a scenario sees of a PostgreSQL database. Its functions are properties, because plans take them apart. */
export interface SqlContext {
  /**
   * One statement, timed like a request, over a connection of the worker's pool. A failed one does not throw: look at `ok`.
   *
   * @example
   * const { rows } = await sql.query<{ price: number }>('SELECT price FROM products WHERE id = $1', [id])
   */
  readonly query: SqlQuery<QueryOptions>
  /**
   * Everything between BEGIN and COMMIT over one connection, timed as one exchange beside its statements. When a statement fails or `body` throws it is rolled
   * back; what `body` throws comes out again.
   *
   * @example
   * await sql.transaction(async (tx) => {
   *   await tx.query('UPDATE accounts SET balance = balance - 1 WHERE id = $1', [from])
   *   await tx.query('UPDATE accounts SET balance = balance + 1 WHERE id = $1', [to])
   * }, { name: 'transfer', isolation: 'serializable', retries: 3 })
   */
  readonly transaction: <T>(
    body: (tx: SqlTransaction) => T | Promise<T>,
    options?: TransactionOptions,
  ) => Promise<TransactionResult<T>>
}

/** `values` are those of `$1`, `$2`, …; the caller says what a row looks like. */
export type SqlQuery<Options> = <Row = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
  options?: Options,
) => Promise<SqlResult<Row>>

export interface SqlTransaction {
  /** A statement of this transaction. After one that failed the others are not sent, up to a `ROLLBACK TO` a savepoint. */
  readonly query: SqlQuery<StatementOptions>
}

export interface StatementOptions {
  /** Name in reports; default `sql SELECT products`, from the statement's verb and table. */
  readonly name?: string
  /** From the call to the answer, the wait for a connection included; default `sql.timeout` of the plan. */
  readonly timeout?: string | number
  /** Prepare the statement once a connection and use it again; default `sql.prepare` of the plan. */
  readonly prepare?: boolean
}

export interface QueryOptions extends StatementOptions {
  /** A service of the plan, or a URL such as `postgres://user@127.0.0.1/shop`; default `sql.service` of the plan. */
  readonly service?: string
}

export interface TransactionOptions {
  /** Name in reports: `sql transaction NAME`. */
  readonly name?: string
  readonly service?: string
  /** Default: that of the database, `read committed` as it comes. */
  readonly isolation?: IsolationLevel
  /** How often `body` is called again when the database undid it because of another transaction (failure `conflict`); default 0. */
  readonly retries?: number
  /** For a connection, for BEGIN and for COMMIT, each; default `sql.timeout` of the plan. */
  readonly timeout?: string | number
}

export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable'

interface SqlOutcome {
  readonly ok: boolean
  /** Why it failed, e.g. `status`, `conflict`, `timeout`, `refused`; absent when ok. */
  readonly failure?: string | undefined
  readonly failureMessage?: string | undefined
  /** SQLSTATE of the database's error, e.g. `23505`; absent when it was none. */
  readonly code?: string | undefined
  /** What is known of its effect: it is done, it is certain not to be, or nobody knows. An audit reads it. */
  readonly outcome: AuditOutcome
  readonly timings: SqlTimings
}

/** An answer of the database, or the lack of one. */
export interface SqlResult<Row = Record<string, unknown>> extends SqlOutcome {
  /** Empty when it failed. A `bigint` or `numeric` column comes as a text, because numbers cannot hold all of them. */
  readonly rows: readonly Row[]
  /** Rows read or changed. */
  readonly rowCount: number
}

export interface TransactionResult<T = unknown> extends SqlOutcome {
  /** What `body` returned; undefined when it failed. */
  readonly value: T | undefined
  /** How often `body` was called. */
  readonly attempts: number
}

/** Milliseconds; a part that did not happen is 0. */
export interface SqlTimings {
  /** The wait for a connection of the pool. */
  readonly queue: number
  readonly connect: number
  readonly service: number
}
