import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ToolError } from '../../base/errors.ts'
import { isGone } from '../../../test/kit/is-gone.ts'
import type { PostgresSpec } from '../../model/plan-spec.ts'
import type { RunningService, Supervisor } from '../index.ts'
import { createSupervisor, startService } from '../index.ts'
import { runAs } from './user.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
const outFile = join(folder, 'db.log')
let supervisor: Supervisor

beforeAll(() => {
  supervisor = createSupervisor()
})
afterAll(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

function postgres(more: Partial<PostgresSpec> = {}): PostgresSpec {
  return { kind: 'postgres', maxConnections: 7, settings: {}, ...more }
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

async function refused(attempt: Promise<RunningService>): Promise<ToolError> {
  return attempt.then(
    () => Promise.reject(new Error('it started')),
    (thrown: unknown) => thrown as ToolError, // the assertions look at its code
  )
}

describe('service.postgres', () => {
  it('is a real, durable PostgreSQL with the settings of the plan, and leaves nothing behind', async () => {
    const db = await startService('db', postgres({ settings: { work_mem: '7MB' } }), { supervisor, outFile })
    const data = String(await ask(db.url, 'SHOW data_directory'))
    expect(await ask(db.url, 'SELECT current_database()')).toBe('proofload')
    expect(await ask(db.url, 'SHOW fsync')).toBe('on')
    expect(await ask(db.url, 'SHOW work_mem')).toBe('7MB')
    // One more than asked for is the probe's.
    expect(await ask(db.url, 'SHOW max_connections')).toBe('8')
    expect(await ask(db.url, 'SELECT count(*) >= 0 FROM proofload.pg_stat_statements')).toBe(true)
    expect(db.version).toMatch(/^\d+/)
    expect(db.url).toContain(db.secrets[0])

    await db.stop()
    expect(isGone(db.pid ?? 0)).toBe(true)
    expect(() => readdirSync(data)).toThrow()
  })

  it('refuses who does not know the password', async () => {
    const db = await startService('db', postgres(), { supervisor, outFile })
    const stranger = db.url.replace(db.secrets[0] ?? '', 'guess')
    await expect(ask(stranger, 'SELECT 1')).rejects.toThrow(/password/)
    await db.stop()
  })

  it('tells when it ends by itself', async () => {
    const db = await startService('db', postgres(), { supervisor, outFile })
    process.kill(db.pid ?? 0, 'SIGQUIT')
    const { lastLines } = await db.exited
    expect(lastLines.join('\n')).toContain('immediate shutdown')
    await db.stop()
  })

  it('shows the last lines of its log when a setting is wrong', async () => {
    const error = await refused(startService('db', postgres({ settings: { work_mem: 'plenty' } }), { supervisor, outFile }))
    expect(error.code).toBe('SERVICE_NOT_STARTED')
    expect(error.message).toMatch(/services\.db.*\n.*work_mem/s)
  })

  it('runs the statements of the plan once it has been started, all or none', async () => {
    const setup = join(folder, 'schema.sql')
    writeFileSync(setup, "CREATE TABLE products (name text);\nINSERT INTO products VALUES ('it''s; one'), ('two');\n")
    const db = await startService('db', postgres({ setup }), { supervisor, outFile })
    expect(await ask(db.url, 'SELECT count(*)::int FROM products')).toBe(2)
    // A database that was there before is left as it is.
    const other = await startService('other', postgres({ setup, urlFromEnv: 'DB' }), {
      supervisor,
      outFile,
      env: { DB: db.url },
    })
    expect(await ask(other.url, 'SELECT count(*)::int FROM products')).toBe(2)
    await db.stop()
  })

  it('says in which line the statements of the plan are wrong, and is not left behind', async () => {
    const setup = join(folder, 'wrong.sql')
    writeFileSync(setup, 'CREATE TABLE products (name text);\n\nINSERT INTO product VALUES (1);\n')
    const error = await refused(startService('db', postgres({ setup }), { supervisor, outFile }))
    expect(error.code).toBe('SERVICE_NOT_STARTED')
    expect(error.where).toBe('services.db.setup')
    expect(error.message).toMatch(/wrong\.sql.*line 3.*"product" does not exist/)
  })

  it('uses a database that runs already, and does not stop it', async () => {
    const db = await startService('db', postgres(), { supervisor, outFile })
    const other = await startService('other', postgres({ urlFromEnv: 'DB' }), { supervisor, outFile, env: { DB: db.url } })
    expect(other.url).toBe(db.url)
    expect(other.secrets).toEqual(db.secrets)
    await other.stop()
    expect(await ask(db.url, 'SELECT 1')).toBe(1)
    await db.stop()
    const error = await refused(
      startService('other', postgres({ urlFromEnv: 'DB' }), { supervisor, outFile, env: { DB: db.url } }),
    )
    expect(error.code).toBe('SERVICE_NOT_STARTED')
    expect(error.message).not.toContain(db.secrets[0])
  })

  it('says which environment variable is missing', async () => {
    const error = await refused(startService('db', postgres({ urlFromEnv: 'DB' }), { supervisor, outFile, env: {} }))
    expect(error.message).toContain('environment variable DB')
  })

  it.runIf(process.getuid?.() === 0)('runs for an ordinary user too', async () => {
    const { uid = 0, gid = 0 } = runAs()
    const home = mkdtempSync(join(tmpdir(), 'proofload-test-user-'))
    const script = join(home, 'start.mts')
    const door = JSON.stringify(new URL('../index.ts', import.meta.url).href)
    writeFileSync(
      script,
      `import { createSupervisor, startService } from ${door}
       const supervisor = createSupervisor()
       const db = await startService('db', { kind: 'postgres', maxConnections: 5, settings: {} }, { supervisor, outFile: '/dev/null' })
       await db.stop(); await supervisor.close(); console.log(process.getuid(), db.version, supervisor.limitations.length)`,
    )
    await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, home])
    const loader = createRequire(import.meta.url).resolve('tsx')
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, script], {
      uid,
      gid,
      cwd: '/',
      env: { ...process.env, TMPDIR: home, HOME: home },
    })
    rmSync(home, { recursive: true, force: true })
    expect(stdout).toMatch(new RegExp(`^${uid} \\d+\\.\\d+ 0\n$`))
  })
})

describe('who PostgreSQL runs as', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:\nnobody:x:65534:65533::/:\n'
  it('is an unprivileged user that exists when we are root', () => {
    expect(runAs(0, passwd)).toEqual({ uid: 65534, gid: 65533, label: '0-65534' })
    expect(runAs(0, passwd.replace('nobody', 'somebody'))).toMatchObject({ uid: 1 })
    expect(() => runAs(0, 'root:x:0:0::/root:/bin/sh\n')).toThrow(/names no other user/)
  })
  it('is ourselves when we are not root', () => {
    expect(runAs(1000, passwd)).toEqual({ label: '1000' })
  })
  it('is read from this machine', () => {
    expect(readFileSync('/etc/passwd', 'utf8')).toContain('root')
    expect(runAs().label).not.toBe('')
  })
})
