import { Database, type Statement } from './database.ts'
import { migrations } from './schema.ts'

const claim: Statement = {
  name: 'claim_migration',
  text: 'INSERT INTO migrations (step) VALUES ($1) ON CONFLICT DO NOTHING RETURNING step',
}
/** Any number, as long as it is ours: several servers may start at once on one database. */
const lock: Statement = { name: 'migration_lock', text: 'SELECT pg_advisory_xact_lock(7205759)' }

/** Brings an empty or older database up to date. */
export async function migrate(url: string): Promise<void> {
  const database = new Database({ url, poolMax: 1, isPatient: true })
  try {
    await database.transaction(async (queries) => {
      await queries.rows(lock)
      await queries.rows({
        name: 'make_migrations',
        text: 'CREATE TABLE IF NOT EXISTS migrations (step integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
      })
    })
    for (const [step, sql] of migrations.entries()) {
      await database.transaction(async (queries) => {
        await queries.rows(lock)
        const [claimed] = await queries.rows(claim, [step])
        if (claimed === undefined) return
        for (const text of sql) await queries.rows({ name: '', text })
      })
    }
  } finally {
    await database.close()
  }
}
