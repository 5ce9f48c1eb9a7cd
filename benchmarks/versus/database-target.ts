import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createSupervisor, startService } from '../../src/services/index.ts'
import type { Target } from './target.ts'

/** A PostgreSQL as proofload starts it, with ten thousand accounts; its count is that of its own transactions, which it writes down once a second. */
export async function startDatabaseTarget(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-bench-database-'))
  const supervisor = createSupervisor()
  const spec = { kind: 'postgres', maxConnections: 50, settings: {} } as const
  const service = await startService('db', spec, { supervisor, outFile: join(folder, 'db.log') })
  const client = new pg.Client({ connectionString: service.url })
  await client.connect()
  await client.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)')
  await client.query('INSERT INTO accounts SELECT id, 100 FROM generate_series(1, 10000) id')
  await client.query('VACUUM ANALYZE accounts')
  return {
    name: `PostgreSQL ${service.version ?? ''}`.trim(),
    url: service.url,
    count: async () => {
      const { rows } = await client.query<{ requests: string; connections: number }>(
        'SELECT xact_commit AS requests, numbackends AS connections FROM pg_stat_database WHERE datname = current_database()',
      )
      return { requests: Number(rows[0]?.requests), connections: rows[0]?.connections ?? NaN }
    },
    stop: async () => {
      await client.end()
      await service.stop()
      await supervisor.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
