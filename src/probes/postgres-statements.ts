import type { Client } from 'pg'
import { messageOf } from '../base/errors.ts'
import { activeStatementsQuery, extensionQuery, statementsQuery } from './postgres-queries.ts'

/** A statement as the fact `statements` holds it; constants are replaced by `$1`. */
export interface StatementFact {
  readonly query: string
  readonly calls: number
  readonly totalMs: number
  readonly meanMs: number
  /** Of the time of all statements, 0..1. */
  readonly share: number
  readonly rows: number
  /** Blocks found in the cache, and read from outside it. */
  readonly blocksHit: number
  readonly blocksRead: number
}

/** Value of the fact `statements`: what took most time since the last one. */
export interface StatementsFact {
  /** `pg_stat_activity`: only seen once a second, so calls are sightings and short statements are missing. */
  readonly source: 'pg_stat_statements' | 'pg_stat_activity'
  readonly byTotal: readonly StatementFact[]
  readonly byMean: readonly StatementFact[]
}

/** Where slow statements are learnt from. */
export interface StatementSource {
  readonly limitation?: string
  sample(client: Client): Promise<void>
  /** What was added since the last call. */
  take(client: Client): Promise<StatementsFact>
}

const kept = 10
const longestText = 1000

/** pg_stat_statements where it is installed and loaded, else a look at what runs once a second. */
export async function findStatementSource(client: Client): Promise<StatementSource> {
  const reason = await client
    .query<{ schema: string }>(extensionQuery)
    .then(async ({ rows }) => {
      const schema = rows[0]?.schema
      if (schema === undefined) return 'the extension pg_stat_statements is not installed in this database'
      const source = new CountedStatements(statementsQuery(schema))
      await source.take(client)
      return source
    })
    .catch((thrown: unknown) => `pg_stat_statements cannot be read (${messageOf(thrown)})`)
  return typeof reason === 'string' ? new SeenStatements(reason) : reason
}

interface Row {
  readonly id: string
  readonly query: string
  readonly calls: number
  readonly total: number
  readonly rows: number
  readonly hit: number
  readonly read: number
}

/** Differences of the extension's counters: they are never reset, because the database may belong to somebody else. */
class CountedStatements implements StatementSource {
  readonly #sql: string
  #before = new Map<string, Row>()

  constructor(sql: string) {
    this.#sql = sql
  }

  sample(): Promise<void> {
    return Promise.resolve()
  }

  async take(client: Client): Promise<StatementsFact> {
    const result = await client.query<Record<keyof Row, string>>(this.#sql)
    const now = new Map(result.rows.map((row) => [row.id, numbers(row)]))
    const grown = [...now.values()].map((row) => since(row, this.#before.get(row.id))).filter((row) => row.calls > 0)
    this.#before = now
    return { source: 'pg_stat_statements', ...slowest(grown) }
  }
}

function numbers({ id, query, calls, total, rows, hit, read }: Record<keyof Row, string>): Row {
  return { id, query, calls: Number(calls), total: Number(total), rows: Number(rows), hit: Number(hit), read: Number(read) }
}

function since(row: Row, before: Row | undefined): Row {
  if (before === undefined || before.calls > row.calls) return row
  const { calls, total, rows, hit, read } = before
  return {
    ...row,
    calls: row.calls - calls,
    total: row.total - total,
    rows: row.rows - rows,
    hit: row.hit - hit,
    read: row.read - read,
  }
}

/** What was running at each look. */
class SeenStatements implements StatementSource {
  readonly limitation: string
  readonly #seen = new Map<string, Row>()

  constructor(reason: string) {
    this.limitation = `slowest statements come from looking at what runs once a second, so short ones are missed: ${reason}`
  }

  async sample(client: Client): Promise<void> {
    const { rows } = await client.query<{ query: string; seconds: number }>(activeStatementsQuery)
    for (const { query, seconds } of rows) {
      const text = withoutConstants(query)
      const before = this.#seen.get(text)
      if (before === undefined && this.#seen.size >= 500) continue
      // As long as it has run so far is the least that it takes.
      this.#seen.set(text, {
        id: text,
        query: text,
        calls: (before?.calls ?? 0) + 1,
        total: (before?.total ?? 0) + seconds * 1000,
        rows: 0,
        hit: 0,
        read: 0,
      })
    }
  }

  take(): Promise<StatementsFact> {
    const fact = { source: 'pg_stat_activity' as const, ...slowest([...this.#seen.values()]) }
    this.#seen.clear()
    return Promise.resolve(fact)
  }
}

/** So that the same statement with other values is one: `'text'` and numbers become `?`. */
export function withoutConstants(query: string): string {
  return query
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/(?<![\w$])\d+(?:\.\d+)?/g, '?')
    .replace(/\s+/g, ' ')
    .trim()
}

function slowest(rows: readonly Row[]): Pick<StatementsFact, 'byTotal' | 'byMean'> {
  const whole = rows.reduce((sum, row) => sum + row.total, 0)
  const facts = rows.map((row): StatementFact => ({
    query: row.query.slice(0, longestText),
    calls: row.calls,
    totalMs: row.total,
    meanMs: row.total / row.calls,
    share: whole > 0 ? row.total / whole : 0,
    rows: row.rows,
    blocksHit: row.hit,
    blocksRead: row.read,
  }))
  return {
    byTotal: facts.toSorted((a, b) => b.totalMs - a.totalMs).slice(0, kept),
    byMean: facts.toSorted((a, b) => b.meanMs - a.meanMs).slice(0, kept),
  }
}
