import type { PoolClient } from 'pg'
import { hashPassword } from './tokens.ts'
import { Database } from './database.ts'
import { indexStatements, migrations, seededPassword } from './schema.ts'

/** Any number that no other program takes: instances that start together migrate one after the other. */
const advisoryLock = 7_461_001

/** Brings the database to the newest schema with its data and its indexes. */
export async function migrate(url: string, missingIndexes: readonly string[]): Promise<void> {
  const database = new Database({ url, poolMax: 1, isPatient: true })
  try {
    await database.withClient(async (client) => {
      await client.query('SELECT pg_advisory_lock($1)', [advisoryLock])
      try {
        await runPending(client)
        for (const statement of indexStatements(missingIndexes)) await client.query(statement)
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [advisoryLock])
      }
    })
  } finally {
    await database.close()
  }
}

async function runPending(client: PoolClient): Promise<void> {
  await client.query('CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY)')
  const { rows } = await client.query<{ done: number }>('SELECT count(*)::integer AS done FROM schema_migrations')
  const done = rows[0]?.done ?? 0
  if (done >= migrations.length) return
  const passwordHash = await hashPassword(seededPassword)
  for (const [version, statements] of migrations.entries()) {
    if (version < done) continue
    await client.query('BEGIN')
    try {
      await client.query(statements(passwordHash))
      await client.query('INSERT INTO schema_migrations VALUES ($1)', [version])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    }
  }
}
