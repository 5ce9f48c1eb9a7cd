import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientConfig, QueryConfig, QueryResult } from 'pg'
import { Client, Pool } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, bind, execute, message, parse, RawClient, sync } from '../../../../test/kit/postgres-messages.ts'
import type { FaultScope, LinkCounts, ToxicAction } from '../../../model/link-fault.ts'
import type { RunningService, Supervisor } from '../../../services/index.ts'
import { createSupervisor, startService } from '../../../services/index.ts'
import { Link } from '../link.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
let supervisor: Supervisor
let db: RunningService
let direct: Client

beforeAll(async () => {
  supervisor = createSupervisor()
  db = await startService(
    'db',
    { kind: 'postgres', maxConnections: 20, settings: {} },
    { supervisor, outFile: join(folder, 'db.log') },
  )
  direct = new Client({ connectionString: db.url })
  await direct.connect()
  await direct.query('CREATE TABLE orders (id int PRIMARY KEY, note text)')
}, 60_000)
afterAll(async () => {
  await direct.end()
  await db.stop()
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

const open: { end(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.end()
  await direct.query('TRUNCATE orders')
})

async function linked(): Promise<Link> {
  const { hostname, port } = new URL(db.url)
  const link = await Link.open({ name: 'db', protocol: 'postgres', upstream: { host: hostname, port: Number(port) } })
  open.push({ end: () => link.close() })
  return link
}

function configOf(link: Link, more: ClientConfig = {}): ClientConfig {
  const url = new URL(db.url)
  url.port = String(link.address.port)
  return { connectionString: url.href, ...more }
}

/** A client through the link; its errors outside of queries are of no interest. */
async function client(link: Link, more: ClientConfig = {}): Promise<Client> {
  const made = new Client(configOf(link, more))
  made.on('error', () => undefined)
  await made.connect()
  open.push(made)
  return made
}

async function lay(link: Link, action: ToxicAction, scope?: FaultScope): Promise<void> {
  await link.add({ id: action.kind, action, seed: 1, lifeMs: 60_000, ...(scope === undefined ? {} : { scope }) })
}

const error = (code: '53300' | '57P01' | '40001'): ToxicAction => ({ kind: 'postgres-error', on: 'db', code })

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'no error',
    (thrown: unknown) => (thrown as { code?: string }).code ?? String(thrown), // of pg and of sockets
  )

async function counts(link: Link): Promise<LinkCounts> {
  return (await link.look()).counts
}

async function counted(link: Link, expected: Partial<LinkCounts>): Promise<void> {
  await expect.poll(() => counts(link), { timeout: 5000, interval: 5 }).toMatchObject(expected)
}

async function ids(): Promise<number[]> {
  const { rows } = await direct.query<{ id: number }>('SELECT id FROM orders ORDER BY id')
  return rows.map(({ id }) => id)
}

/** Back ends of others that are in a transaction. */
async function inTransaction(): Promise<number> {
  const { rows } = await direct.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL",
  )
  return rows[0]?.n ?? -1
}

/** The two ways to ask: a simple query, and the extended protocol with Parse, Bind, Execute and Sync. */
const insert = {
  simple: (on: Client, id: number): Promise<QueryResult> => on.query(`INSERT INTO orders VALUES (${id}, 'x')`),
  extended: (on: Client, id: number): Promise<QueryResult> => on.query('INSERT INTO orders VALUES ($1, $2)', [id, 'x']),
  prepared: (on: Client, id: number): Promise<QueryResult> =>
    on.query({ name: 'insert order', text: 'INSERT INTO orders VALUES ($1, $2)', values: [id, 'x'] }),
}
const protocols = ['simple', 'extended', 'prepared'] as const

/** Goes on with the session of a client that knows how to prove its password. */
async function loggedIn(link: Link): Promise<RawClient> {
  const one = await client(link)
  const { stream } = (one as unknown as { connection: { stream: Socket } }).connection // missing in pg's types
  stream.removeAllListeners('data')
  open.push({ end: () => stream.destroy() })
  return new RawClient(stream)
}

describe('a link of PostgreSQL without a fault', () => {
  it('counts simple queries and executions, and what failed of them', async () => {
    const link = await linked()
    const one = await client(link)
    await one.query('SELECT 1')
    await one.query('SELECT $1::int', [1])
    await one.query('SELECT 1; SELECT 2')
    for (const way of protocols) await insert[way](one, protocols.indexOf(way))
    expect(await codeOf(one.query('SELECT nothing'))).toBe('42703')
    expect(await codeOf(insert.extended(one, 1))).toBe('23505')
    expect(await codeOf(insert.prepared(one, 2))).toBe('23505')
    await counted(link, { connections: 1, calls: 9, answered: 6, failed: 3 })
    expect((await counts(link)).opaque).toBeUndefined()
  })

  it('counts a statement as failed when its connection ends first', async () => {
    const link = await linked()
    const one = await client(link)
    const { rows } = await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const sleeping = codeOf(one.query('SELECT pg_sleep(60)'))
    await counted(link, { calls: 2 })
    await direct.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    expect(await sleeping).toBe('57P01')
    await counted(link, { calls: 2, answered: 1, failed: 1, open: 0 })
  })

  it('brings large rows, many rows, notices and notifications as they are, and counts what follows', async () => {
    const link = await linked()
    const one = await client(link)
    const large = 'x'.repeat(3_000_000)
    expect((await one.query<{ t: string }>('SELECT $1::text AS t', [large])).rows[0]?.t).toBe(large)
    expect((await one.query('SELECT generate_series(1, 20000) AS n')).rows.at(-1)).toEqual({ n: 20000 })
    const heard = new Promise((resolve) =>
      one.once('notification', ({ payload }) => {
        resolve(payload)
      }),
    )
    await one.query('LISTEN news')
    await direct.query("NOTIFY news, 'told'")
    expect(await heard).toBe('told')
    await counted(link, { calls: 3, answered: 3, failed: 0 })
  })

  it('lets a request to cancel through, which comes on a connection of its own', async () => {
    const link = await linked()
    const one = await client(link)
    const sleeping = codeOf(one.query('SELECT pg_sleep(60)'))
    // A request to cancel that comes before the statement has begun cancels nothing.
    await expect
      .poll(async () => (await direct.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rowCount, {
        timeout: 5000,
        interval: 5,
      })
      .toBe(1)
    // Both are in pg's client, and missing in its types.
    const { processID, secretKey } = one as unknown as { processID: number; secretKey: number | Buffer }
    const secret = typeof secretKey === 'number' ? Buffer.alloc(4) : secretKey
    if (typeof secretKey === 'number') secret.writeInt32BE(secretKey)
    const cancel = Buffer.alloc(12)
    cancel.writeInt32BE(12 + secret.length, 0)
    cancel.writeInt32BE(80877102, 4)
    cancel.writeInt32BE(processID, 8)
    connect(link.address.port, '127.0.0.1').end(Buffer.concat([cancel, secret]))
    expect(await sleeping).toBe('57014')
    await counted(link, { calls: 1, failed: 1 })
    expect((await counts(link)).opaque).toBeUndefined()
  })

  it('asks the server whether it can encrypt, and goes on without when it cannot', async () => {
    const link = await linked()
    const socket = connect(link.address.port, '127.0.0.1')
    open.push({ end: () => socket.destroy() })
    const raw = new RawClient(socket)
    raw.send(message('', Buffer.from([4, 210, 22, 47])))
    expect(await raw.read(1)).toBe('N')
    raw.send(message('', Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from('user\0nobody\0\0')])))
    expect(await raw.read(1)).toMatch(/[RE]/)
  })

  it('copies in both protocols, and does not lose count of the statements after it', async () => {
    const link = await linked()
    const raw = await loggedIn(link)
    const rows = Buffer.from('1\ta\n2\tb\n')
    raw.send(ask('COPY orders FROM STDIN'))
    await raw.until('G')
    raw.send(message('d', rows), message('c'))
    await raw.until('Z')
    // As libpq does it: the first Sync is sent before it is known that this is a copy, and the server does not answer it.
    raw.send(parse('COPY orders FROM STDIN'), bind, execute, sync)
    await raw.until('G')
    raw.send(message('d', Buffer.from('3\tc\n')), message('c'), sync)
    await raw.until('Z')
    raw.send(ask('SELECT nothing'))
    await raw.until('Z')
    raw.send(parse('COPY orders TO STDOUT'), bind, execute, sync)
    await raw.until('Z')
    expect(raw.types.join('')).toContain('Hddd')
    await counted(link, { calls: 4, answered: 3, failed: 1 })
    expect(await ids()).toEqual([1, 2, 3])
  })

  it('counts a batch of executions one by one, and those that an error skips as failed', async () => {
    const link = await linked()
    const raw = await loggedIn(link)
    const step = (sql: string): Buffer[] => [parse(sql), bind, execute]
    raw.send(...step('SELECT 1'), ...step('SELECT 1/0'), ...step('SELECT 2'), sync, ...step('SELECT 3'), sync)
    await raw.until('Z')
    await raw.until('Z')
    await counted(link, { calls: 4, answered: 2, failed: 2 })
  })
})

describe('53300', () => {
  it('is told at connect, to those that the scope chooses, and never reaches the server', async () => {
    const link = await linked()
    const before = await client(link)
    await lay(link, error('53300'), { every: 2 })
    const codes: string[] = []
    for (let i = 0; i < 4; i++) codes.push(await codeOf(client(link)))
    expect(codes).toEqual(['no error', '53300', 'no error', '53300'])
    await before.query('SELECT 1')
    await link.remove('postgres-error')
    await client(link)
    await counted(link, { connections: 6, broken: 2, crossed: { 'postgres-error': 2 } })
  })
})

describe('57P01', () => {
  it.each(protocols)('comes in the middle of a statement (%s), which is not done, and both ends are closed', async (way) => {
    const link = await linked()
    const one = await client(link)
    await one.query('BEGIN')
    await insert[way](one, 1)
    await lay(link, error('57P01'))
    expect(await codeOf(insert[way](one, 2))).toBe('57P01')
    await counted(link, { open: 0, calls: 3, answered: 2, failed: 1, crossed: { 'postgres-error': 1 } })
    await expect.poll(inTransaction, { timeout: 5000, interval: 5 }).toBe(0)
    expect(await ids()).toEqual([])
  })

  it('leaves a pool that makes new connections in order when it is gone', async () => {
    const link = await linked()
    const pool = new Pool({ ...configOf(link), max: 2 })
    pool.on('error', () => undefined)
    open.push(pool)
    await lay(link, error('57P01'), { first: 3 })
    const codes: string[] = []
    for (let i = 0; i < 5; i++) codes.push(await codeOf(pool.query('SELECT $1::int', [i])))
    expect(codes).toEqual(['57P01', '57P01', '57P01', 'no error', 'no error'])
  })
})

describe('40001', () => {
  it.each(protocols)('fails a statement of a transaction (%s), and the server knows that it has failed', async (way) => {
    const link = await linked()
    const one = await client(link)
    await one.query('BEGIN')
    await insert[way](one, 1)
    await lay(link, error('40001'), { first: 1 })
    expect(await codeOf(insert[way](one, 2))).toBe('40001')
    // It is a failed transaction to the server as well.
    expect(await codeOf(insert[way](one, 3))).toBe('25P02')
    await one.query('ROLLBACK')
    expect(await inTransaction()).toBe(0)
    // The same connection and the same prepared statement go on, as for who tries again.
    await one.query('BEGIN')
    await insert[way](one, 4)
    await one.query('COMMIT')
    expect(await ids()).toEqual([4])
    await counted(link, { calls: 8, answered: 6, failed: 2, crossed: { 'postgres-error': 1 } })
  })

  it('spares statements outside of a transaction, and those that begin, divide or end one, in both protocols', async () => {
    const link = await linked()
    const one = await client(link)
    await lay(link, error('40001'))
    await insert.extended(one, 1)
    for (const sql of ['BEGIN', 'SAVEPOINT a', 'RELEASE a', '/* end */ COMMIT']) await one.query(sql)
    for (const sql of ['BEGIN', 'SAVEPOINT a', 'ROLLBACK TO a', 'COMMIT'])
      await one.query({ text: sql, queryMode: 'extended' } as QueryConfig) // missing in pg's types
    for (const name of ['BEGIN', 'COMMIT']) await one.query({ name, text: name })
    expect(await codeOf(one.query('BEGIN').then(() => one.query('SELECT 1')))).toBe('40001')
    await counted(link, { calls: 13, crossed: { 'postgres-error': 1 } })
  })

  it('gives a client that asks for its answers before its Sync each of them once, and in order', async () => {
    const link = await linked()
    const raw = await loggedIn(link)
    raw.send(ask('BEGIN'))
    await raw.until('Z')
    await lay(link, error('40001'), { first: 1 })
    const from = raw.types.length
    raw.send(parse('SELECT 1'), bind, execute, message('H'))
    await raw.until('E')
    raw.send(bind, execute, sync)
    await raw.until('Z')
    raw.send(ask('ROLLBACK'))
    await raw.until('Z')
    expect(raw.types.slice(from).join('')).toBe('12EZCZ')
    await counted(link, { calls: 4, answered: 2, failed: 2 })
  })
})

describe('lose-commit', () => {
  it.each([
    ['simple', (on: Client): Promise<unknown> => on.query('COMMIT')],
    ['extended', (on: Client): Promise<unknown> => on.query({ name: 'commit', text: 'COMMIT' })],
    [
      'with others in one query',
      (on: Client): Promise<unknown> => on.query("INSERT INTO orders VALUES (2, 'y'); COMMIT; SELECT 1"),
    ],
  ])('resets the connection after the work is committed (%s)', async (_, commit) => {
    const link = await linked()
    const one = await client(link)
    await lay(link, { kind: 'lose-commit', on: 'db' })
    await one.query('BEGIN')
    await insert.extended(one, 1)
    expect(await ids()).toEqual([])
    expect(await codeOf(commit(one))).toBe('ECONNRESET')
    expect((await ids())[0]).toBe(1)
    await counted(link, { open: 0, calls: 3, answered: 2, failed: 1, crossed: { 'lose-commit': 1 } })
  })

  it('does not meet a COMMIT of a failed transaction, which rolls back', async () => {
    const link = await linked()
    const one = await client(link)
    await lay(link, { kind: 'lose-commit', on: 'db' })
    await one.query('BEGIN')
    await codeOf(one.query('SELECT nothing'))
    expect((await one.query('COMMIT')).command).toBe('ROLLBACK')
  })
})

describe('exhaust-pool', () => {
  it('holds the answers back while the statements reach the database, and lets them go in order', async () => {
    const link = await linked()
    const pool = new Pool({ ...configOf(link), max: 2, connectionTimeoutMillis: 150 })
    pool.on('error', () => undefined)
    open.push(pool)
    const before = await client(link)
    await lay(link, { kind: 'exhaust-pool', on: 'db' })
    const held = [1, 2].map((id) => pool.query('INSERT INTO orders VALUES ($1, $2) RETURNING id', [id, 'x']))
    const mine = [before.query('SELECT 7 AS n'), before.query('SELECT 8 AS n')]
    await expect.poll(ids, { timeout: 5000, interval: 5 }).toEqual([1, 2])
    // Both connections of the pool are in use, and nothing is running in the database.
    expect(await codeOf(pool.query('SELECT 1'))).toMatch(/timeout/)
    expect(pool.waitingCount + pool.idleCount).toBe(0)
    expect(await inTransaction()).toBe(0)
    expect((await counts(link)).answered).toBe(0)

    await link.remove('exhaust-pool')
    expect((await Promise.all(held)).map(({ rows }) => (rows as { id: number }[])[0]?.id)).toEqual([1, 2])
    expect((await Promise.all(mine)).map(({ rows }) => (rows as { n: number }[])[0]?.n)).toEqual([7, 8])
    await pool.query('SELECT 1')
    await counted(link, { calls: 5, answered: 5, failed: 0, crossed: { 'exhaust-pool': 3 } })
  })

  it('holds as many connections as it is told, another one for each that leaves, and lets the rest work', async () => {
    const link = await linked()
    const clients = await Promise.all([1, 2, 3, 4].map(() => client(link)))
    await lay(link, { kind: 'exhaust-pool', on: 'db', connections: 2 })
    const [first, second, third, fourth] = clients
    if (!first || !second || !third || !fourth) throw new Error('four clients were opened')
    const lost = codeOf(first.query('SELECT 1'))
    const kept = second.query('SELECT 2 AS n')
    await expect.poll(async () => (await counts(link)).busy, { timeout: 5000, interval: 5 }).toBe(2)
    expect((await third.query('SELECT 3 AS n')).rows).toEqual([{ n: 3 }])
    expect((await third.query('SELECT 4 AS n')).rows).toEqual([{ n: 4 }])
    await first.end()
    expect(await lost).not.toBe('')
    await expect.poll(async () => (await counts(link)).busy, { timeout: 5000, interval: 5 }).toBe(1)
    const taken = third.query('SELECT 5 AS n')
    await expect.poll(async () => (await counts(link)).busy, { timeout: 5000, interval: 5 }).toBe(2)
    expect((await fourth.query('SELECT 6 AS n')).rows).toEqual([{ n: 6 }])

    await link.remove('exhaust-pool')
    expect((await kept).rows).toEqual([{ n: 2 }])
    expect((await taken).rows).toEqual([{ n: 5 }])
    expect((await counts(link)).crossed).toEqual({ 'exhaust-pool': 3 })
  })

  it('keeps the server waiting when much is held, and forgets a client that has left', async () => {
    const link = await linked()
    const one = await client(link)
    await lay(link, { kind: 'exhaust-pool', on: 'db' })
    const rows = one.query("SELECT repeat('x', 1000) FROM generate_series(1, 50000)")
    await expect
      .poll(async () => (await direct.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'ClientWrite'")).rowCount, {
        timeout: 5000,
        interval: 5,
      })
      .toBe(1)
    await link.remove('exhaust-pool')
    expect((await rows).rowCount).toBe(50_000)

    await lay(link, { kind: 'exhaust-pool', on: 'db' })
    const lost = codeOf(one.query('SELECT 1'))
    await one.end()
    expect(await lost).not.toBe('')
    await counted(link, { open: 0 })
  })
})

describe('connections in use', () => {
  it('are those with a statement or a transaction that is not over', async () => {
    const link = await linked()
    const [one, two] = [await client(link), await client(link)]
    expect((await counts(link)).busy).toBeUndefined()
    await one.query('BEGIN')
    const startMs = performance.now()
    expect((await counts(link)).busy).toBe(1)
    const asleep = two.query('SELECT pg_sleep(0.3)')
    await expect.poll(async () => (await counts(link)).busy, { timeout: 5000, interval: 5 }).toBe(2)
    await asleep
    await counted(link, { busy: 1 })
    await codeOf(one.query('SELECT nothing'))
    await counted(link, { busy: 1 })
    await one.query('ROLLBACK')
    const mostSec = (2 * (performance.now() - startMs)) / 1000
    const { busy, busySec = 0 } = await counts(link)
    expect(busy).toBeUndefined()
    // Of the transaction, which took no less than the statement beside it, and of that statement.
    expect(busySec).toBeGreaterThan(0.6)
    expect(busySec).toBeLessThan(mostSec)
    expect(link.window()).toMatchObject({ busySec, open: 2 })
  })

  it('are free when whoever used them has left', async () => {
    const link = await linked()
    const one = await client(link)
    await one.query('BEGIN')
    await one.end()
    await counted(link, { open: 0 })
    expect((await counts(link)).busy).toBeUndefined()
  })

  it('that the database has no room for are counted', async () => {
    const link = await linked()
    const held: Client[] = []
    try {
      const code = await codeOf(
        (async () => {
          for (;;) {
            const next = new Client({ connectionString: db.url })
            next.on('error', () => undefined)
            await next.connect()
            held.push(next)
          }
        })(),
      )
      expect(code).toBe('53300')
      expect(await codeOf(client(link))).toBe('53300')
      await counted(link, { tooMany: 1 })
    } finally {
      await Promise.all(held.map((each) => each.end()))
    }
    await client(link)
    expect((await counts(link)).tooMany).toBe(1)
  })
})
