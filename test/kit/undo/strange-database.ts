import { Client } from 'pg'
import { messageOf } from '../../../src/base/errors.ts'

/** A PostgreSQL of somebody else: what a run must leave as it was. */
export interface StrangeDatabase {
  readonly url: string
  ask(sql: string): Promise<unknown>
  /** What is not as it was when this was made; empty: all is well. */
  wrong(): Promise<readonly string[]>
}

/** Sessions but the one that asks, locks on tables, prepared transactions, settings, and what there is in it. */
const look = `
SELECT
  (SELECT coalesce(string_agg(format('%s (%s)', application_name, coalesce(state, 'unknown')), ', '), '')
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS sessions,
  (SELECT coalesce(string_agg(format('%s on %s', l.mode, c.relname), ', '), '')
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid <> pg_backend_pid()) AS locks,
  (SELECT count(*) FROM pg_prepared_xacts)::text AS prepared,
  current_setting('default_transaction_read_only') AS read_only,
  (SELECT string_agg(format('%s=%s(%s)', name, setting, source), ' ' ORDER BY name) FROM pg_settings) AS settings,
  (SELECT string_agg(format('%s.%s', n.nspname, c.relname), ' ' ORDER BY n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema') AS things`

/** With a table `orders`, which a fault can lock. */
export async function strangeDatabase(url: string): Promise<StrangeDatabase> {
  const rowOf = async (sql: string): Promise<Readonly<Record<string, unknown>>> => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000, statement_timeout: 2000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<Record<string, unknown>>(sql)).rows[0] ?? {}
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  await rowOf('CREATE TABLE IF NOT EXISTS orders (id int)')
  const before = await rowOf(look)
  return {
    url,
    ask: async (sql) => Object.values(await rowOf(sql))[0],
    async wrong() {
      try {
        const now = await rowOf(look)
        await rowOf('INSERT INTO orders VALUES (1)')
        return Object.keys(before).flatMap((what) =>
          now[what] === before[what] ? [] : [`${what} of the database: ${difference(String(before[what]), String(now[what]))}`],
        )
      } catch (thrown) {
        return [`the database does not serve: ${messageOf(thrown)}`]
      }
    },
  }
}

function difference(before: string, now: string): string {
  const known = new Set(before.split(' '))
  const fresh = now.split(' ').filter((word) => !known.has(word))
  return fresh.length === 0 ? 'some are gone' : fresh.slice(0, 12).join(' ')
}
