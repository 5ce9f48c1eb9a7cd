import { describeValue, isRecord, listWords } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'
import type {
  IsolationLevel,
  QueryOptions,
  SqlContext,
  SqlQuery,
  SqlResult,
  SqlTransaction,
  StatementOptions,
  TransactionOptions,
  TransactionResult,
} from '../../model/sql-context.ts'
import type { ProtocolOwner, ProtocolUser } from '../protocol.ts'
import type { Engine, Running } from './engine.ts'
import type { AskedStatement, StatementParts } from './statement.ts'
import { StatementRun } from './statement.ts'
import { runTransaction } from './transaction.ts'

const queryKeys = ['name', 'service', 'timeout', 'prepare']
const statementKeys = ['name', 'timeout', 'prepare']
const transactionKeys = ['name', 'service', 'isolation', 'retries', 'timeout']
const isolationLevels: readonly IsolationLevel[] = ['read committed', 'repeatable read', 'serializable']

/** One virtual user's statements. Its connections are those of the worker. */
export class SqlUser implements SqlContext, ProtocolUser {
  readonly #engine: Engine
  readonly #owner: ProtocolOwner
  readonly #running = new Set<Running>()
  readonly #parts: StatementParts

  constructor(engine: Engine, owner: ProtocolOwner) {
    this.#engine = engine
    this.#owner = owner
    this.#parts = { engine, owner, running: this.#running }
  }

  /** Mistakes of the plan reject. // hot */
  readonly query: SqlQuery<QueryOptions> = (text, values, options) => {
    if (this.#owner.gone) return Promise.reject(this.#owner.goneError())
    try {
      const asked = this.#ask('sql.query', queryKeys, text, values, options)
      const run = new StatementRun(this.#parts, asked, this.#engine.databases.find(options?.service))
      return run.start() as Promise<SqlResult<never>> // the caller says what its rows are
    } catch (error) {
      // A ToolError: nothing else is thrown above.
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  readonly transaction = async <T>(
    body: (tx: SqlTransaction) => T | Promise<T>,
    options: TransactionOptions = {},
  ): Promise<TransactionResult<T>> => {
    if (this.#owner.gone) throw this.#owner.goneError()
    const where = 'sql.transaction'
    if (typeof body !== 'function')
      throw wrong(`${where}(…) to be given a function that asks for statements, \`async (tx) => …\``, body)
    checkOptions(where, transactionKeys, options)
    const { name, service, isolation, retries = 0, timeout } = options
    if (isolation !== undefined && !isolationLevels.includes(isolation))
      throw wrong(`\`isolation\` of ${where} to be one of ${isolationLevels.map((level) => `'${level}'`).join(', ')}`, isolation)
    if (!Number.isSafeInteger(retries) || retries < 0)
      throw wrong(`\`retries\` of ${where} to be a whole number, 0 or more`, retries)
    const { spec, book, databases } = this.#engine
    const asked = {
      name: name === undefined ? 'sql transaction' : `sql transaction ${name}`,
      pool: databases.find(service),
      isolation,
      retries,
      timeoutMs: timeout === undefined ? spec.timeoutMs : book.milliseconds(where, timeout),
      ask: (text: string, values: readonly unknown[] | undefined, statement: StatementOptions | undefined) =>
        this.#ask('tx.query', statementKeys, text, values, statement),
    }
    return runTransaction(this.#parts, asked, body)
  }

  abort(): void {
    for (const each of [...this.#running]) each.abort()
  }

  close(): void {
    this.abort()
  }

  // hot
  #ask(
    where: string,
    keys: readonly string[],
    text: string,
    values: readonly unknown[] | undefined,
    options: StatementOptions | undefined,
  ): AskedStatement {
    if (typeof text !== 'string' || text.trim() === '') throw wrong(`${where}(…) to be given a statement, a text`, text)
    if (values !== undefined && !Array.isArray(values)) throw wrong(`the values of ${where}(…) to be a list such as [id]`, values)
    const { spec, book } = this.#engine
    if (options === undefined) {
      const prepared = spec.prepare ? book.preparedAs(text) : undefined
      return { text, values, prepared, name: book.nameOf(text), timeoutMs: spec.timeoutMs }
    }
    checkOptions(where, keys, options)
    const { name, timeout, prepare = spec.prepare } = options
    return {
      text,
      values,
      prepared: prepare ? book.preparedAs(text) : undefined,
      name: name ?? book.nameOf(text),
      timeoutMs: timeout === undefined ? spec.timeoutMs : book.milliseconds(where, timeout),
    }
  }
}

function checkOptions(where: string, keys: readonly string[], options: object): void {
  if (!isRecord(options)) throw wrong(`the options of ${where}(…) to be an object with some of ${listWords(keys)}`, options)
  for (const key of Object.keys(options))
    if (!keys.includes(key))
      throw new ToolError('PLAN_INVALID', `Expected the options of ${where}(…) to be some of ${listWords(keys)}, got \`${key}\`.`)
}

function wrong(expected: string, got: unknown): ToolError {
  return new ToolError('PLAN_INVALID', `Expected ${expected}, got ${describeValue(got)}.`)
}
