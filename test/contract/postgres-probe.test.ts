import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningService, Supervisor } from '../../src/services/index.ts'
import { createSupervisor, startService } from '../../src/services/index.ts'
import type { Probe, StatementsFact, TableFact } from '../../src/probes/index.ts'
import { createProbes } from '../../src/probes/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
let supervisor: Supervisor
let db: RunningService
const clients: Client[] = []

beforeAll(async () => {
  supervisor = createSupervisor()
  db = await startService(
    'db',
    { kind: 'postgres', maxConnections: 9, settings: {} },
    { supervisor, outFile: join(folder, 'db.log') },
  )
}, 60_000)
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  await db.stop()
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function client(url = db.url): Promise<Client> {
  const connected = new Client({ connectionString: url })
  connected.on('error', () => undefined)
  await connected.connect()
  clients.push(connected)
  return connected
}

async function watch(url = db.url): Promise<{ probe: Probe; reasons: string[] }> {
  const { probes, unavailable } = await createProbes([{ kind: 'postgres', service: 'db' }], {
    targetPid: () => undefined,
    services: { db: { url } },
    folder,
  })
  const [probe] = probes
  if (probe === undefined) throw new Error(JSON.stringify(unavailable))
  return { probe, reasons: unavailable.map(({ reason }) => reason) }
}

async function fact(probe: Probe, name: string): Promise<unknown> {
  return ((await probe.facts?.()) ?? []).find((each) => each.fact === name)?.value
}

/** Statistics reach the server's shared memory up to a second late. */
async function flush(...connected: Client[]): Promise<void> {
  for (const each of connected) await each.query('SELECT pg_stat_force_next_flush()')
}

describe('the PostgreSQL probe', () => {
  it('counts connections by state against the limit of the plan, without its own', async () => {
    const { probe } = await watch()
    const [idle, inTransaction, holder, waiter] = [await client(), await client(), await client(), await client()]
    await idle.query('CREATE TABLE IF NOT EXISTS held (id int)')
    await inTransaction.query('BEGIN')
    await inTransaction.query('SELECT 1')
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE held')
    const waiting = waiter.query('SELECT * FROM held')
    let values: Record<string, number> = {}
    const deadline = performance.now() + 10_000
    while (values['db.locks.waiting'] !== 1 && performance.now() < deadline) values = await probe.sample()
    expect(values).toMatchObject({
      'db.connections.active': 1,
      'db.connections.idle': 1,
      'db.connections.idle_in_transaction': 2,
      'db.connections.total': 4,
      'db.connections.limit': 9,
      'db.locks.waiting': 1,
    })
    expect(values['db.longest']).toBeGreaterThan(0)
    expect(Object.keys(values).filter((name) => !(name in probe.units))).toEqual([])
    await holder.query('COMMIT')
    await inTransaction.query('COMMIT')
    await waiting
    await probe.stop()
    await Promise.all(clients.splice(0).map((each) => each.end()))
  })

  it('tells the CPU of the server, of backends too that began and ended between two looks', async () => {
    const { probe } = await watch()
    await probe.sample()
    let atMs = performance.now()
    // Worth some tenths of a second of CPU, in a session that is over before the next look.
    const passing = new Client({ connectionString: db.url })
    await passing.connect()
    await passing.query('SELECT sum(sqrt(n)) FROM generate_series(1, 3000000) n')
    await passing.end()
    let usedSec = 0
    const deadline = performance.now() + 5000
    // The postmaster collects a backend a moment after it has ended.
    while (usedSec < 0.1 && performance.now() < deadline) {
      const values = await probe.sample()
      usedSec += (values['db.cpu'] ?? 0) * cpus().length * ((performance.now() - atMs) / 1000)
      atMs = performance.now()
      expect(values['db.cpu.wanted'] ?? 0).toBeGreaterThanOrEqual(0)
    }
    expect(usedSec).toBeGreaterThan(0.1)
    await probe.stop()
  })

  it('names the statement that took most time, and the table that was read from end to end', async () => {
    const user = await client()
    await user.query('CREATE TABLE orders AS SELECT n AS id, n % 1000 AS customer FROM generate_series(1, 20000) n')
    await user.query('ANALYZE orders')
    await flush(user)
    const { probe, reasons } = await watch()
    expect(reasons).toEqual([])
    for (let customer = 0; customer < 50; customer++) await user.query('SELECT * FROM orders WHERE customer = $1', [customer])
    await user.query('SELECT 1')
    await flush(user)

    const facts = (await probe.facts?.()) ?? []
    const statements = facts.find((each) => each.fact === 'statements')?.value as StatementsFact // the shape is what is tested
    expect(statements.source).toBe('pg_stat_statements')
    const [slowest] = statements.byTotal
    expect(slowest).toMatchObject({ query: 'SELECT * FROM orders WHERE customer = $1', calls: 50, rows: 1000 })
    expect(slowest?.share).toBeGreaterThan(0.5)
    expect(statements.byTotal.map(({ query }) => query).join()).not.toContain('pg_stat_activity')
    const tables = facts.find((each) => each.fact === 'tables')?.value as TableFact[] // likewise
    expect(tables.find(({ table }) => table === 'public.orders')).toMatchObject({
      sequentialScans: 50,
      sequentialRows: 1_000_000,
      indexScans: 0,
      rows: 20_000,
    })
    // What was told is not told again.
    expect(((await fact(probe, 'statements')) as StatementsFact).byTotal.map(({ query }) => query)).not.toContain(slowest?.query)
    await probe.stop()
  })

  it('gives transactions a second from the second look on', async () => {
    const user = await client()
    const { probe } = await watch()
    await probe.sample()
    const startMs = performance.now()
    for (let n = 0; n < 200; n++) await user.query('SELECT 1')
    await flush(user)
    const values = await probe.sample()
    const seconds = (performance.now() - startMs) / 1000
    // 200, the flush, and what the server does for itself; the probe leaves its own two out.
    expect((values['db.transactions'] ?? 0) * seconds).toBeGreaterThan(195)
    expect((values['db.transactions'] ?? 0) * seconds).toBeLessThan(215)
    await probe.stop()
  })

  it('without pg_stat_statements looks at what runs, and says so', async () => {
    const user = await client()
    await user.query('CREATE DATABASE plain')
    const url = db.url.replace(/proofload$/, 'plain')
    const { probe, reasons } = await watch(url)
    expect(reasons).toEqual([expect.stringContaining('pg_stat_statements is not installed')])
    const other = await client(url)
    const sleeping = other.query("SELECT pg_sleep(0.7), 'x'")
    const deadline = performance.now() + 10_000
    while (((await probe.sample())['db.connections.active'] ?? 0) === 0 && performance.now() < deadline);
    await sleeping
    const statements = (await fact(probe, 'statements')) as StatementsFact // the shape is what is tested
    expect(statements.source).toBe('pg_stat_activity')
    expect(statements.byTotal[0]?.query).toBe('SELECT pg_sleep(?), ?')
    await probe.stop()
  })

  it('comes back after the server has dropped it', async () => {
    const { probe } = await watch()
    const user = await client()
    await user.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'proofload probe'")
    await expect(probe.sample()).rejects.toThrow()
    await new Promise(setImmediate)
    expect((await probe.sample())['db.connections.limit']).toBe(9)
    await probe.stop()
  })

  it('that cannot connect is unavailable with a reason', async () => {
    const { probes, unavailable } = await createProbes([{ kind: 'postgres', service: 'db' }], {
      targetPid: () => undefined,
      services: { db: { url: 'postgres://127.0.0.1:1/x' } },
      folder,
    })
    expect(probes).toEqual([])
    expect(unavailable[0]?.reason).toMatch(/cannot be watched.*ECONNREFUSED/)
  })
})
