import { ToolError } from '../../base/errors.ts'
import type { SqlResult } from '../../model/sql-context.ts'
import type { ProtocolOwner } from '../protocol.ts'
import type { Answer, Connection, Statement } from './connection.ts'
import type { Engine, Running } from './engine.ts'
import { Exchange } from './exchange.ts'
import type { SqlFailure } from './failures.ts'
import type { Pool, Seeker } from './pool.ts'

export interface AskedStatement extends Statement {
  readonly name: string
  readonly timeoutMs: number
}

export interface StatementParts {
  readonly engine: Engine
  readonly owner: ProtocolOwner
  /** Where the user keeps what goes on. */
  readonly running: Set<Running>
}

/** One statement on its way: over a connection that it is given, or one of a pool that it gives back. */
export class StatementRun implements Seeker, Running {
  readonly #parts: StatementParts
  readonly #asked: AskedStatement
  readonly #pool: Pool | undefined
  readonly #exchange: Exchange
  #connection: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #resolve: ((result: SqlResult) => void) | undefined
  #reject: ((error: Error) => void) | undefined
  /** Why it failed. */
  failure: SqlFailure | undefined

  constructor(parts: StatementParts, asked: AskedStatement, over: Pool | Connection) {
    this.#parts = parts
    this.#asked = asked
    const isPool = 'seek' in over
    this.#pool = isPool ? over : undefined
    this.#connection = isPool ? undefined : over
    this.#exchange = new Exchange(parts.engine, asked.name, parts.owner.takeDue())
  }

  /** A failure is a result; rejects with a ToolError when the plan is wrong. // hot */
  start(): Promise<SqlResult> {
    const promise = new Promise<SqlResult>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#parts.running.add(this)
    this.#parts.engine.observer.debug?.(`${this.#asked.name}\n> ${this.#asked.text.replaceAll('\n', '\n> ')}`)
    this.#timer = setTimeout(() => this.#expire(), this.#asked.timeoutMs)
    if (this.#connection !== undefined) this.#send(this.#connection)
    else this.#pool?.seek(this)
    return promise
  }

  queued(): void {
    this.#exchange.queued()
  }

  connected(connection: Connection, connectMs: number): void {
    this.#connection = connection
    this.#exchange.connected(connectMs)
    this.#send(connection)
  }

  refused(failure: SqlFailure, connectMs: number): void {
    this.#exchange.connected(connectMs)
    this.#parts.engine.observer.heard(this.#parts.engine.now())
    this.#end(failure, undefined)
  }

  abort(): void {
    this.#giveUp('aborted', 'the load has ended')
  }

  // hot
  #send(connection: Connection): void {
    this.#exchange.sending(connection)
    connection.send(this.#asked, (failure, answer) => {
      // Nobody waits any more: it was given up.
      if (this.#resolve === undefined) return
      const { observer, now } = this.#parts.engine
      observer.heard(now())
      this.#end(failure, answer)
    })
  }

  #expire(): void {
    const what = this.#exchange.sent ? 'no answer' : 'no connection'
    this.#giveUp('timeout', `${what} within ${this.#asked.timeoutMs} ms`)
  }

  /** Nobody knows what becomes of it: the database is asked to stop it, and the connection is not used again. */
  #giveUp(kind: 'timeout' | 'aborted', message: string): void {
    const connection = this.#connection
    const { sent } = this.#exchange
    if (connection === undefined) this.#pool?.leave(this)
    this.#end({ kind, message, answered: false, outcome: sent ? 'uncertain' : 'failed' }, undefined)
    connection?.cancel()
    connection?.destroy()
  }

  // hot
  #end(failure: SqlFailure | undefined, answer: Answer | undefined): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    this.#resolve = undefined
    this.failure = failure
    clearTimeout(this.#timer)
    const { owner, running } = this.#parts
    running.delete(this)
    const exchange = this.#exchange
    exchange.end(failure, this.#connection)
    const leavesOpen = failure === undefined && this.#pool !== undefined && this.#connection?.isIdle === false
    if (this.#pool !== undefined && this.#connection !== undefined) this.#pool.giveBack(this.#connection)
    // In a transaction it is the whole that goes well or not.
    owner.resumes(failure === undefined || this.#pool === undefined)
    if (leavesOpen) this.#reject?.(leftOpen(this.#asked.name))
    else resolve(resultOf(failure, answer, exchange))
  }
}

function leftOpen(name: string): ToolError {
  return new ToolError(
    'PLAN_INVALID',
    `Expected a statement of sql.query(…) to leave no transaction open, and \`${name}\` did.`,
    {
      hint: 'The next statement may go over another connection. Write sql.transaction(async (tx) => { await tx.query(…) }).',
    },
  )
}

function resultOf(failure: SqlFailure | undefined, answer: Answer | undefined, { timings }: Exchange): SqlResult {
  if (failure === undefined)
    return { ok: true, rows: answer?.rows ?? [], rowCount: answer?.rowCount ?? 0, outcome: 'acknowledged', timings }
  return { ...failed(failure), rows: [], rowCount: 0, timings }
}

/** The words of a result for it. */
export function failed({
  kind,
  message,
  code,
  outcome,
}: SqlFailure): Pick<SqlResult, 'ok' | 'failure' | 'failureMessage' | 'code' | 'outcome'> {
  return { ok: false, failure: kind, failureMessage: message, ...(code === undefined ? {} : { code }), outcome }
}
