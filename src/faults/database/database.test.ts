import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseAction } from '../../model/process-fault.ts'
import type { RunningService, Supervisor } from '../../services/index.ts'
import { createSupervisor, startService } from '../../services/index.ts'
import type { ActiveFault, Proof } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import type { ServerAction } from './index.ts'
import { databaseFault, isServerAction } from './index.ts'
import { openSession } from './session.ts'

const folder = mkdtempSync(join(tmpdir(), 'database-test-'))
let supervisor: Supervisor
let db: RunningService
let database: FaultDatabase
let active: ActiveFault | undefined
let target: Client

beforeAll(async () => {
  supervisor = createSupervisor()
  db = await startService(
    'db',
    { kind: 'postgres', maxConnections: 19, settings: {} },
    { supervisor, outFile: join(folder, 'db.log') },
  )
  database = { isOurs: true, client: () => new Client({ connectionString: db.url }) }
  const setup = await connected()
  await setup.query('CREATE TABLE orders (id int); CREATE TABLE "Mixed Case" (id int); CREATE TABLE "odd""name" (id int)')
  await setup.query(
    `CREATE ROLE ordinary LOGIN PASSWORD 'ordinary'; GRANT ALL ON orders TO ordinary; GRANT CREATE ON SCHEMA public TO ordinary`,
  )
  await setup.end()
}, 60_000)
beforeEach(async () => {
  target = await connected()
})
afterEach(async () => {
  await active?.revert()
  active = undefined
  await target.end().catch(() => undefined)
})
afterAll(async () => {
  await db.stop()
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function connected(user?: string): Promise<Client> {
  const client = new Client({ connectionString: user === undefined ? db.url : asUser(user) })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

function asUser(user: string): string {
  const url = new URL(db.url)
  url.username = url.password = user
  return url.href
}

async function inject(action: ServerAction, on = database): Promise<ActiveFault> {
  const fault = databaseFault(action, on)
  expect(fault.probe()).toEqual({ state: 'available', reason: '' })
  active = await fault.inject({ undo: noUndo, lifeSec: 60 })
  return active
}

/** Nothing of it outlives a connection. */
const noUndo = {
  envOf: () => ({}),
  addProcess: () => undefined,
  removeProcess: () => undefined,
  addFolder: () => undefined,
  removeFolder: () => undefined,
}

async function proven(fault: ActiveFault): Promise<Proof> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const proof = await fault.verify()
    if (proof.ok || performance.now() > deadline) return proof
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no refusal',
    (thrown: unknown) => (thrown as { code?: string }).code ?? String(thrown), // pg gives its errors the SQLSTATE as `code`
  )
const value = async (sql: string, client = target): Promise<unknown> =>
  Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]

describe('exhausted connections', () => {
  it('refuse everybody with 53300 until they are given back', async () => {
    const fault = await inject({ kind: 'exhaust-connections', on: 'db', leave: 0 })
    const proof = await proven(fault)
    expect(proof).toMatchObject({ ok: true })
    expect(proof.evidence).toMatch(
      /^20 of 20 connections are taken, 19 by this fault, 0 are reserved: 0 are left .* refused with 53300$/,
    )
    expect(await refusal(connected())).toBe('53300')
    // Who has a connection is served.
    expect(await value('SELECT 1')).toBe(1)
    const gone = await fault.revert()
    expect(gone).toMatchObject({ ok: true, evidence: 'its 19 connections are closed (pg_stat_activity)' })
    const again = await connected()
    await again.end()
    expect(await fault.revert()).toEqual(gone)
    expect((await fault.verify()).ok).toBe(false)
  }, 60_000)

  it('leave as many as was said, and take those that the target gives back', async () => {
    const second = await connected()
    const fault = await inject({ kind: 'exhaust-connections', on: 'db', leave: 3 })
    expect((await proven(fault)).evidence).toContain('20 connections are taken')
    await second.end()
    await expect
      .poll(async () => (await fault.verify()).evidence, { timeout: 10_000 })
      .toContain('17 of 20 connections are taken, 16 by this fault')
    const three = await Promise.all([connected(), connected(), connected()])
    expect(await refusal(connected())).toBe('53300')
    await Promise.all(three.map((client) => client.end()))
  }, 60_000)

  it('count what is reserved for superusers: an ordinary user has less, and is refused earlier', async () => {
    const settings = { superuser_reserved_connections: '3', reserved_connections: '2' }
    const other = await startService(
      'db',
      { kind: 'postgres', maxConnections: 19, settings },
      { supervisor, outFile: join(folder, 'other.log') },
    )
    const ask = new Client({ connectionString: other.url })
    await ask.connect()
    await ask.query(`CREATE ROLE ordinary LOGIN PASSWORD 'ordinary'`)
    await ask.end()
    const ordinary = new URL(other.url)
    ordinary.username = ordinary.password = 'ordinary'
    try {
      for (const url of [other.url, ordinary.href]) {
        const fault = await inject(
          { kind: 'exhaust-connections', on: 'db', leave: 0 },
          { isOurs: true, client: () => new Client({ connectionString: url }) },
        )
        const { ok, evidence } = await proven(fault)
        expect(ok, evidence).toBe(true)
        expect(evidence).toContain(
          '15 of 20 connections are taken, 15 by this fault, 5 are reserved: 0 are left to ordinary users',
        )
        expect(await refusal(new Client({ connectionString: ordinary.href }).connect())).toBe('53300')
        expect(await fault.revert()).toMatchObject({ ok: true })
      }
    } finally {
      await other.stop()
    }
  }, 90_000)
})

describe('killed back ends', () => {
  it('are those of the target: not ours, and not the probe’s', async () => {
    const probe = new Client({ connectionString: db.url, application_name: 'proofload probe' })
    await probe.connect()
    const fault = await inject({ kind: 'kill-backends', on: 'db', everyMs: 0 })
    expect(await proven(fault)).toEqual({ ok: true, evidence: '1 connections of the target were ended (pg_terminate_backend)' })
    expect(await refusal(target.query('SELECT 1'))).not.toBe('no refusal')
    expect(await value('SELECT 1', probe)).toBe(1)
    await probe.end()
    expect(fault.crossed!()).toBe(1)
    // Once: whoever comes back stays.
    const back = await connected()
    await fault.verify()
    expect(await value('SELECT 1', back)).toBe(1)
    await back.end()
    expect(await fault.revert()).toMatchObject({ ok: true })
  }, 60_000)

  it('are killed again and again until the end of the fault', async () => {
    const fault = await inject({ kind: 'kill-backends', on: 'db', everyMs: 50 })
    for (let i = 2; i < 5; i++) {
      // It may be ended before it has quite begun.
      await connected().catch(() => undefined)
      await expect.poll(() => fault.crossed!(), { timeout: 10_000 }).toBeGreaterThanOrEqual(i)
    }
    expect(await fault.revert()).toMatchObject({ ok: true })
    const back = await connected()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await value('SELECT 1', back)).toBe(1)
    await back.end()
  }, 60_000)

  it('of a database that others use too are those of the target’s user alone', async () => {
    const stranger = await connected('ordinary')
    const fault = await inject({ kind: 'kill-backends', on: 'db', everyMs: 0 }, { ...database, isOurs: false })
    expect((await proven(fault)).evidence).toContain('1 connections of the target')
    expect(await value('SELECT 1', stranger)).toBe(1)
    await stranger.end()
  }, 60_000)

  it('that are not there are no proof', async () => {
    await target.end()
    const fault = await inject({ kind: 'kill-backends', on: 'db', everyMs: 0 })
    expect(await fault.verify()).toEqual({ ok: false, evidence: 'the target has no connection that could be ended' })
    expect(fault.crossed!()).toBe(0)
  }, 60_000)
})

describe('a locked table', () => {
  it('makes everybody wait, and is free again at once when it is over', async () => {
    const fault = await inject({ kind: 'lock-table', on: 'db', table: 'orders' })
    expect(await proven(fault)).toEqual({
      ok: true,
      evidence: 'public.orders is locked in ACCESS EXCLUSIVE mode, and 0 wait for it (pg_locks)',
    })
    await target.query(`SET statement_timeout = '100ms'`)
    expect(await refusal(target.query('SELECT * FROM orders'))).toBe('57014')
    await target.query(`SET statement_timeout = 0`)
    const waiting = target.query('SELECT 7 FROM orders')
    await expect.poll(async () => (await fault.verify()).evidence, { timeout: 10_000 }).toContain('1 wait for it')
    expect(await fault.revert()).toEqual({
      ok: true,
      evidence: 'its transaction is rolled back, and it holds 0 tables (pg_locks)',
    })
    await waiting
    expect((await fault.verify()).ok).toBe(false)
  }, 60_000)

  it.each(['public.orders', 'ORDERS', 'Mixed Case', '"Mixed Case"', 'odd"name'])('may be called %s', async (table) => {
    expect((await proven(await inject({ kind: 'lock-table', on: 'db', table }))).ok).toBe(true)
  })

  it.each(['order', 'orders; DROP TABLE orders', 'pg_catalog.pg_tables', "'", ''])(
    'that is not there is said with those that are: %s',
    async (table) => {
      await expect(inject({ kind: 'lock-table', on: 'db', table })).rejects.toThrow(
        `the database has no table \`${table}\`; it has "Mixed Case", "odd""name", orders`,
      )
      expect(await value('SELECT count(*) FROM orders')).toBe('0')
    },
  )

  it('that somebody uses is waited for, without those who queue behind being held up for long', async () => {
    await target.query('BEGIN; SELECT * FROM orders')
    const injecting = inject({ kind: 'lock-table', on: 'db', table: 'orders' })
    const other = await connected()
    // One attempt holds others up for a second at most; the rest is slack for a busy machine.
    await other.query(`SET statement_timeout = '15s'; SELECT * FROM orders`)
    await other.end()
    await target.query('COMMIT')
    expect((await proven(await injecting)).ok).toBe(true)
  }, 60_000)
})

describe('a long transaction', () => {
  it('keeps what was there before it from being cleaned up, and nothing after it', async () => {
    await target.query('INSERT INTO orders SELECT generate_series(1, 100)')
    const fault = await inject({ kind: 'long-transaction', on: 'db' })
    expect((await proven(fault)).evidence).toMatch(
      /in a transaction since \d+\.\d s, and nothing younger than transaction \d+ can/,
    )
    await target.query('DELETE FROM orders')
    const dead = async (): Promise<unknown> => {
      await target.query('VACUUM orders')
      return value(`SELECT pg_relation_size('orders') > 0`)
    }
    expect(await dead()).toBe(true)
    expect(await fault.revert()).toMatchObject({ ok: true })
    expect(await dead()).toBe(false)
  }, 60_000)
})

describe('a database that may only be read', () => {
  it('refuses writes with 25006 on connections that are open already, and takes them again afterwards', async () => {
    const fault = await inject({ kind: 'read-only', on: 'db' })
    expect((await proven(fault)).evidence).toMatch(/^a new transaction may not write \(25006/)
    await expect.poll(() => refusal(target.query('INSERT INTO orders VALUES (1)')), { timeout: 10_000 }).toBe('25006')
    expect(await value('SELECT 1')).toBe(1)
    expect(await fault.revert()).toEqual({ ok: true, evidence: 'a new transaction may write' })
    await expect.poll(() => refusal(target.query('INSERT INTO orders VALUES (1)')), { timeout: 10_000 }).toBe('no refusal')
    expect((await fault.verify()).ok).toBe(false)
  }, 60_000)

  it('is to be had of our own alone: the setting would stay behind', () => {
    const probe = databaseFault({ kind: 'read-only', on: 'db' }, { ...database, isOurs: false }).probe()
    expect(probe).toMatchObject({ state: 'unavailable', reason: expect.stringContaining('not started by proofload') as string })
  })
})

describe('the server', () => {
  it('ends by itself what we leave behind: each session has limits of its own', async () => {
    const session = await openSession(database, { lifeSec: 7 })
    const limits = ['idle_session_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout']
    const rows = await Promise.all(limits.map((name) => session.ask('SELECT current_setting($1) AS limit', [name])))
    expect(rows.map(([row]) => row!['limit'])).toEqual(['7s', '7s', '5s', '1s'])
    await session.end()
  })

  it('that goes away takes the fault along, and that is no failure to undo it', async () => {
    const fault = await inject({ kind: 'lock-table', on: 'db', table: 'orders' })
    await proven(fault)
    await target.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'proofload fault'`)
    await expect.poll(async () => (await fault.verify()).ok, { timeout: 10_000 }).toBe(false)
    expect(await fault.revert()).toMatchObject({ ok: true })
    expect(await value('SELECT count(*) FROM orders')).toBeDefined()
  }, 60_000)
})

it('a pool is exhausted on its link, not in the database', () => {
  const pool: DatabaseAction = { kind: 'exhaust-pool', on: 'db' }
  expect(isServerAction(pool)).toBe(false)
})
