import type { ClientConfig } from 'pg'
import { Client, Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultLink, Proxy } from '../../src/faults/index.ts'
import type { FaultScope, ToxicAction } from '../../src/model/link-fault.ts'
import type { RunningService, Supervisor } from '../../src/services/index.ts'
import { createSupervisor, startService } from '../../src/services/index.ts'
import { startBuiltProxy } from '../kit/built-proxy.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

// What the `pg` library and a real PostgreSQL see of each fault, with the built proxy in its thread between them. Around each fault the same
// is done without it: that is its healthy twin.

const folder = temporaryFolder()
let supervisor: Supervisor
let db: RunningService
let proxy: Proxy
let link: FaultLink
/** Past the proxy: what it says is so. */
let direct: Client

beforeAll(async () => {
  supervisor = createSupervisor()
  const spec = { kind: 'postgres', maxConnections: 20, settings: {} } as const
  db = await startService('db', spec, { supervisor, outFile: `${folder}/db.log` })
  direct = new Client({ connectionString: db.url })
  await direct.connect()
  await direct.query('CREATE TABLE orders (id serial PRIMARY KEY, buyer text)')
  proxy = await startBuiltProxy()
  const { hostname, port } = new URL(db.url)
  link = await proxy.open({ name: 'db', protocol: 'postgres', upstream: { host: hostname, port: Number(port) } })
})
afterAll(async () => {
  await proxy.close()
  await direct.end()
  await db.stop()
  await supervisor.close()
})

const open: { end(): unknown }[] = []
beforeEach(() => direct.query('TRUNCATE orders'))
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.end()
})

function configOf(): ClientConfig {
  const url = new URL(db.url)
  url.port = String(link.address.port)
  return { connectionString: url.href, application_name: 'the target' }
}

async function connected(): Promise<Client> {
  const client = new Client(configOf())
  client.on('error', () => undefined)
  await client.connect()
  open.push(client)
  return client
}

/** SQLSTATE or the socket's word; undefined where all went well. */
const errorOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (thrown: unknown) => (thrown as { code?: string }).code ?? String(thrown), // of pg and of sockets
  )

/** What is committed, as the database has it. */
async function buyers(): Promise<readonly string[]> {
  const { rows } = await direct.query<{ buyer: string }>('SELECT buyer FROM orders ORDER BY id')
  return rows.map(({ buyer }) => buyer)
}

/** Sessions of the target that the database has now. */
async function sessions(): Promise<number> {
  const { rows } = await direct.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'the target'",
  )
  return rows[0]?.n ?? -1
}

/** A transaction as a shop writes it: the code that it fails with, or undefined. */
function buy(client: Client, buyer: string): Promise<string | undefined> {
  return errorOf(
    (async () => {
      await client.query('BEGIN')
      await client.query('INSERT INTO orders (buyer) VALUES ($1)', [buyer])
      await client.query('COMMIT')
    })(),
  )
}

async function during<T>(action: ToxicAction, act: () => Promise<T>, scope?: FaultScope): Promise<T> {
  expect(await buy(await connected(), 'before')).toBeUndefined()
  await link.add({ id: action.kind, action, seed: 1, lifeMs: 60_000, ...(scope === undefined ? {} : { scope }) })
  const result = await act()
  await link.remove(action.kind)
  expect(await buy(await connected(), 'after')).toBeUndefined()
  expect(await buyers()).toEqual(expect.arrayContaining(['before', 'after']))
  return result
}

/** Without those of the twin. */
const bought = async (): Promise<readonly string[]> => (await buyers()).filter((name) => name !== 'before' && name !== 'after')

const error = (code: '53300' | '57P01' | '40001'): ToxicAction => ({ kind: 'postgres-error', on: 'db', code })

it('53300: who connects is told that there are too many, the database has room and saw nobody', async () => {
  const seen = await during(error('53300'), async () => {
    const before = await sessions()
    const codes = [await errorOf(connected()), await errorOf(connected())]
    return { codes, more: (await sessions()) - before }
  })
  expect(seen).toEqual({ codes: ['53300', '53300'], more: 0 })
})

describe('57P01', () => {
  it('ends a statement in its middle: the client has lost its connection, the database its session and the transaction', async () => {
    const client = await connected()
    expect(await during(error('57P01'), () => buy(client, 'a'))).toBe('57P01')
    expect(await errorOf(client.query('SELECT 1'))).toBeDefined()
    // The two of the twin are left.
    await expect.poll(sessions, { timeout: 10_000, interval: 10 }).toBe(2)
    expect(await bought()).toEqual([])
  })

  it('is met by so many statements as asked for: a pool that takes new connections does the rest', async () => {
    const pool = new Pool({ ...configOf(), max: 1 })
    pool.on('error', () => undefined)
    open.push(pool)
    const codes = await during(
      error('57P01'),
      async () => {
        const all: (string | undefined)[] = []
        for (const buyer of ['a', 'b', 'c', 'd'])
          all.push(await errorOf(pool.query('INSERT INTO orders (buyer) VALUES ($1)', [buyer])))
        return all
      },
      { first: 2 },
    )
    expect(codes).toEqual(['57P01', '57P01', undefined, undefined])
    expect(await bought()).toEqual(['c', 'd'])
  })
})

it('40001: the transaction fails on both sides, on a connection that lives; who repeats it has bought once', async () => {
  const client = await connected()
  const codes = await during(
    error('40001'),
    async () => {
      const first = await buy(client, 'a')
      const inFailed = await errorOf(client.query('SELECT 1'))
      await client.query('ROLLBACK')
      return [first, inFailed, await buy(client, 'a')]
    },
    { first: 1 },
  )
  expect(codes).toEqual(['40001', '25P02', undefined])
  expect(await bought()).toEqual(['a'])
})

describe('a lost COMMIT', () => {
  it('is a reset to the client and a committed row in the database', async () => {
    const client = await connected()
    expect(await during({ kind: 'lose-commit', on: 'db' }, () => buy(client, 'a'))).toBe('ECONNRESET')
    expect(await bought()).toEqual(['a'])
    await expect.poll(sessions, { timeout: 10_000, interval: 10 }).toBe(2)
  })

  it('makes who blindly repeats it buy twice', async () => {
    const [first, second] = [await connected(), await connected()]
    const codes = await during({ kind: 'lose-commit', on: 'db' }, async () => [await buy(first, 'a'), await buy(second, 'a')], {
      first: 1,
    })
    expect(codes).toEqual(['ECONNRESET', undefined])
    expect(await bought()).toEqual(['a', 'a'])
  })
})

it('an exhausted pool: its last connection is in use while the database has done the work and is idle', async () => {
  const pool = new Pool({ ...configOf(), max: 2, connectionTimeoutMillis: 300 })
  pool.on('error', () => undefined)
  open.push(pool)
  const insert = (buyer: string) => pool.query('INSERT INTO orders (buyer) VALUES ($1)', [buyer])
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1')])
  const held = await during({ kind: 'exhaust-pool', on: 'db' }, async () => {
    const both = Promise.all([insert('a'), insert('b')])
    await expect.poll(async () => (await bought()).toSorted(), { timeout: 10_000, interval: 10 }).toEqual(['a', 'b'])
    expect(await errorOf(insert('c'))).toMatch(/timeout/)
    const { rows } = await direct.query<{ state: string }>(
      "SELECT state FROM pg_stat_activity WHERE application_name = 'the target' AND state <> 'idle'",
    )
    expect(rows).toEqual([])
    return { both }
  })
  expect((await held.both).map(({ rowCount }) => rowCount)).toEqual([1, 1])
  expect(await errorOf(insert('d'))).toBeUndefined()
  expect((await bought()).toSorted()).toEqual(['a', 'b', 'd'])
})
