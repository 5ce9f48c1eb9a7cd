import { ToolError } from '../../base/errors.ts'
import type {
  IsolationLevel,
  SqlQuery,
  SqlResult,
  SqlTransaction,
  StatementOptions,
  TransactionResult,
} from '../../model/sql-context.ts'
import type { Answer, Connection } from './connection.ts'
import type { Running } from './engine.ts'
import { Exchange } from './exchange.ts'
import type { SqlFailure } from './failures.ts'
import type { Pool, Seeker } from './pool.ts'
import type { AskedStatement, StatementParts } from './statement.ts'
import { failed, StatementRun } from './statement.ts'

export interface AskedTransaction {
  readonly name: string
  readonly pool: Pool
  readonly isolation: IsolationLevel | undefined
  readonly timeoutMs: number
  readonly retries: number
  /** Reads what a statement of it was asked with. Throws ToolError. */
  readonly ask: (text: string, values: readonly unknown[] | undefined, options: StatementOptions | undefined) => AskedStatement
}

type Body<T> = (tx: SqlTransaction) => T | Promise<T>

interface Ended<T> {
  readonly failure: SqlFailure | undefined
  readonly value: T | undefined
  /** By the body. */
  readonly thrown: { readonly error: unknown } | undefined
  readonly exchange: Exchange
}

/**
 * Calls `body` in a transaction, again where another transaction was in the way. Each attempt is an exchange, and all count from when the first should have
 * begun: the time of the one that succeeds is what the user waited for.
 */
export async function runTransaction<T>(
  parts: StatementParts,
  asked: AskedTransaction,
  body: Body<T>,
): Promise<TransactionResult<T>> {
  const { owner } = parts
  let intendedMs = owner.takeDue()
  for (let attempt = 1; ; attempt++) {
    const { failure, value, thrown, exchange } = await new Attempt(parts, asked, intendedMs).run(body)
    if (failure?.kind === 'conflict' && attempt <= asked.retries && !owner.gone) {
      intendedMs = exchange.intendedMs
      continue
    }
    owner.resumes(failure === undefined)
    // What the body throws is its own affair, as outside of a transaction.
    if (thrown !== undefined) throw thrown.error
    const { timings } = exchange
    return failure === undefined
      ? { ok: true, value, attempts: attempt, outcome: 'acknowledged', timings }
      : { ...failed(failure), value: undefined, attempts: attempt, timings }
  }
}

class Attempt implements Seeker, Running {
  readonly #parts: StatementParts
  readonly #asked: AskedTransaction
  readonly #exchange: Exchange
  #connection: Connection | undefined
  /** The first statement that failed. */
  #failure: SqlFailure | undefined
  #isOver = false
  #isReported = false
  /** Ends the wait for what goes on outside of the body. */
  #settle: ((failure: SqlFailure | undefined, answer?: Answer) => void) | undefined
  /** The statements of the body, one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: StatementParts, asked: AskedTransaction, intendedMs: number) {
    this.#parts = parts
    this.#asked = asked
    this.#exchange = new Exchange(parts.engine, asked.name, intendedMs)
  }

  async run<T>(body: Body<T>): Promise<Ended<T>> {
    this.#parts.running.add(this)
    const { isolation } = this.#asked
    let thrown: Ended<T>['thrown']
    let value: T | undefined
    this.#failure = await this.#connect()
    this.#failure ??= await this.#command(isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`)
    if (this.#failure === undefined) {
      try {
        value = await body({ query: this.#query })
      } catch (error) {
        thrown = { error }
      }
      this.#isOver = true
      // Some may have been sent and not been waited for.
      await this.#last
      await this.#finish(thrown)
    }
    const failure = this.#failure
    this.#report(failure)
    if (this.#connection !== undefined) this.#asked.pool.giveBack(this.#connection)
    return { failure, value: failure === undefined ? value : undefined, thrown, exchange: this.#exchange }
  }

  queued(): void {
    this.#exchange.queued()
  }

  connected(connection: Connection, connectMs: number): void {
    this.#connection = connection
    this.#exchange.connected(connectMs)
    this.#settle?.(undefined)
  }

  refused(failure: SqlFailure, connectMs: number): void {
    this.#exchange.connected(connectMs)
    this.#heard()
    this.#settle?.(failure)
  }

  abort(): void {
    this.#failure ??= { kind: 'aborted', message: 'the load has ended', answered: false, outcome: 'uncertain' }
    this.#report(this.#failure)
    this.#end()
    this.#settle?.(this.#failure)
  }

  /** COMMIT, where nothing failed. */
  async #finish(thrown: { readonly error: unknown } | undefined): Promise<void> {
    if (this.#failure === undefined && thrown === undefined) {
      let tag = ''
      this.#failure = await this.#command('COMMIT', (answer) => (tag = answer?.command ?? ''))
      // Of a transaction that had failed the database says so by the tag alone.
      if (this.#failure === undefined && tag === 'ROLLBACK')
        this.#failure = { kind: 'status', message: 'COMMIT was answered with ROLLBACK', answered: true, outcome: 'failed' }
      return
    }
    if (thrown !== undefined) {
      const message = thrown.error instanceof Error ? thrown.error.message : String(thrown.error)
      this.#failure ??= { kind: 'exception', message, answered: true, outcome: 'failed' }
    }
    // Without its COMMIT nothing of it happens, whatever became of its statements.
    if (this.#failure !== undefined) this.#failure = { ...this.#failure, outcome: 'failed' }
    if (this.#connection?.lost === false) await this.#command('ROLLBACK')
  }

  readonly #query: SqlQuery<StatementOptions> = (text, values, options) => {
    const { owner } = this.#parts
    if (owner.gone) return Promise.reject(owner.goneError())
    if (this.#isOver) {
      const expected = 'Expected the statements of a transaction to be asked for before its function ends.'
      return Promise.reject(new ToolError('PLAN_INVALID', expected, { hint: 'Write `await` before what is asked for in it.' }))
    }
    let asked: AskedStatement
    try {
      asked = this.#asked.ask(text, values, options)
    } catch (error) {
      // A ToolError: `ask` throws nothing else.
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
    const result = this.#last.then(() => this.#statement(asked))
    this.#last = result.catch(() => undefined)
    return result as Promise<SqlResult<never>> // the caller says what its rows are
  }

  async #statement(asked: AskedStatement): Promise<SqlResult> {
    const { owner } = this.#parts
    if (owner.gone) throw owner.goneError()
    const isBackToSavepoint = /^\s*rollback\s+(work\s+|transaction\s+)?to\b/i.test(asked.text)
    const connection = this.#connection
    if (connection === undefined || connection.lost || (this.#failure !== undefined && !isBackToSavepoint)) return this.#unsent()
    const before = this.#failure
    const run = new StatementRun(this.#parts, asked, connection)
    const result = await run.start()
    if (result.ok) this.#failure = isBackToSavepoint ? undefined : before
    else this.#failure = before ?? run.failure
    return result
  }

  /** The database would not take it: the transaction has failed. A turn of the loop later, so that code that tries on and on stops nobody. */
  async #unsent(): Promise<SqlResult> {
    await new Promise((resolve) => setImmediate(resolve))
    const first = this.#failure ?? { kind: 'reset', message: 'the connection is lost', answered: false, outcome: 'failed' }
    this.#failure = first
    const message = `not sent, because the transaction had failed: ${first.message}`
    return {
      ...failed({ ...first, message, outcome: 'failed' }),
      rows: [],
      rowCount: 0,
      timings: { queue: 0, connect: 0, service: 0 },
    }
  }

  #connect(): Promise<SqlFailure | undefined> {
    const { pool } = this.#asked
    return this.#wait(
      'connection',
      () => pool.seek(this),
      () => pool.leave(this),
    )
  }

  /** A statement of our own, which is part of the transaction's time and has none itself. */
  #command(text: string, answered?: (answer: Answer | undefined) => void): Promise<SqlFailure | undefined> {
    const connection = this.#connection
    if (connection === undefined || connection.lost)
      return Promise.resolve({ kind: 'reset', message: 'the connection is lost', answered: false, outcome: 'failed' })
    if (!this.#exchange.sent) this.#exchange.sending(connection)
    return this.#wait(
      `answer to ${text}`,
      () =>
        connection.send({ text, values: undefined, prepared: undefined }, (failure, answer) => {
          this.#heard()
          answered?.(answer)
          this.#settle?.(failure)
        }),
      () => this.#end(),
    )
  }

  #wait(what: string, begin: () => void, giveUp: () => void): Promise<SqlFailure | undefined> {
    // Aborted meanwhile: nothing begins any more.
    if (this.#isReported) return Promise.resolve(this.#failure)
    return new Promise((resolve) => {
      const { timeoutMs } = this.#asked
      const { sent } = this.#exchange
      const timer = setTimeout(() => {
        giveUp()
        const message = `no ${what} within ${timeoutMs} ms`
        this.#settle?.({ kind: 'timeout', message, answered: false, outcome: sent ? 'uncertain' : 'failed' })
      }, timeoutMs)
      this.#settle = (failure) => {
        this.#settle = undefined
        clearTimeout(timer)
        resolve(failure)
      }
      begin()
    })
  }

  #heard(): void {
    const { observer, now } = this.#parts.engine
    observer.heard(now())
  }

  #report(failure: SqlFailure | undefined): void {
    if (this.#isReported) return
    this.#isReported = true
    this.#parts.running.delete(this)
    // Its bytes are those of its statements, which have been counted.
    this.#exchange.end(failure, undefined)
  }

  /** The connection is not to be used again. */
  #end(): void {
    if (this.#connection === undefined) this.#asked.pool.leave(this)
    this.#connection?.cancel()
    this.#connection?.destroy()
  }
}
