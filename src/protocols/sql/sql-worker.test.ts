import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SqlSpec } from '../../model/plan-spec.ts'
import type { TransactionResult } from '../../model/sql-context.ts'
import type { RunningService, Supervisor } from '../../services/index.ts'
import { createSupervisor, databaseClient, startService } from '../../services/index.ts'
import { until } from '../../../test/kit/until.ts'
import type { ExchangeSample, ProtocolOwner } from '../index.ts'
import type { SqlUser, SqlWorker } from './index.ts'
import { createSqlWorker } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
let supervisor: Supervisor
let db: RunningService
const closers: (() => unknown)[] = []

beforeAll(async () => {
  supervisor = createSupervisor()
  const spec = { kind: 'postgres' as const, maxConnections: 12, settings: {} }
  db = await startService('db', spec, { supervisor, outFile: join(folder, 'db.log') })
}, 60_000)
afterAll(async () => {
  await db.stop()
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
beforeEach(async () => {
  await admin('DROP TABLE IF EXISTS counters')
  await admin('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)')
  await admin('INSERT INTO counters VALUES (1, 0), (2, 0)')
})

/** Past what is tested. */
async function admin(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = databaseClient(db.url)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}

interface Opened {
  readonly worker: SqlWorker
  readonly sql: SqlUser
  readonly samples: ExchangeSample[]
  /** Whether each exchange of the user went well. */
  readonly resumed: boolean[]
  readonly waiting: { now: number; most: number }
  readonly inFlight: { now: number }
  readonly user: { gone: boolean; dueMs: number }
  another(): SqlUser
}

interface Given extends Partial<SqlSpec> {
  readonly url?: string
  readonly allowed?: readonly string[]
}

function open({ url = db.url, allowed = [new URL(url).host], ...given }: Given = {}): Opened {
  const samples: ExchangeSample[] = []
  const resumed: boolean[] = []
  const waiting = { now: 0, most: 0 }
  const inFlight = { now: 0 }
  const user = { gone: false, dueMs: NaN }
  const worker = createSqlWorker({
    spec: {
      service: 'db',
      maxConnections: 4,
      connectTimeoutMs: 5000,
      timeoutMs: 20_000,
      statementTimeoutMs: 0,
      prepare: false,
      ...given,
    },
    services: { db: { url }, api: { url: 'http://127.0.0.1:1' } },
    allowed,
    observer: {
      started: () => inFlight.now++,
      heard: () => undefined,
      ended: (sample) => {
        inFlight.now--
        samples.push({ ...sample })
      },
      waiting: (change) => {
        waiting.now += change
        waiting.most = Math.max(waiting.most, waiting.now)
      },
    },
    now: () => performance.now(),
  })
  closers.push(() => worker.closeAll())
  const owner: ProtocolOwner = {
    get gone() {
      return user.gone
    },
    goneError: () => new Error('gone'),
    resumes: (ok) => void resumed.push(ok),
    threw: () => undefined,
    takeDue: () => {
      const { dueMs } = user
      user.dueMs = NaN
      return dueMs
    },
  }
  return { worker, sql: worker.user(owner), samples, resumed, waiting, inFlight, user, another: () => worker.user(owner) }
}

async function comesTo(holds: () => boolean | Promise<boolean>): Promise<void> {
  expect(await until(holds)).toBe(true)
}

const usersOf = "FROM pg_stat_activity WHERE application_name = 'proofload users'"
const countOf = async (more = ''): Promise<number> => Number((await admin(`SELECT count(*) AS n ${usersOf} ${more}`))[0]?.['n'])
const valueOf = async (id: number): Promise<unknown> => (await admin(`SELECT n FROM counters WHERE id = ${id}`))[0]?.['n']

describe('a statement', () => {
  test('gives its rows and is timed under its verb and table', async () => {
    const { sql, samples, resumed, inFlight } = open()
    const result = await sql.query<{ n: number }>('SELECT n FROM counters WHERE id = $1', [1])
    expect(result).toMatchObject({ ok: true, rows: [{ n: 0 }], rowCount: 1, outcome: 'acknowledged' })
    expect(result.failure).toBeUndefined()
    expect(result.timings.connect).toBeGreaterThan(0)
    const [sample] = samples
    expect(sample).toMatchObject({ name: 'sql SELECT counters', status: 1, failure: undefined })
    expect(sample?.bytesIn).toBeGreaterThan(0)
    expect(sample?.bytesOut).toBeGreaterThan(0)
    expect(sample?.connectMs).toBeGreaterThan(0)
    expect(resumed).toEqual([true])
    expect(inFlight.now).toBe(0)
  })

  test('goes over the connection that is there, under the name that it is given', async () => {
    const { sql, samples, worker } = open()
    await sql.query('SELECT 1')
    await sql.query('SELECT 1', [], { name: 'sql ping' })
    expect(samples.map(({ name }) => name)).toEqual(['sql SELECT', 'sql ping'])
    expect(samples[1]?.connectMs).toBe(0)
    expect(worker.openConnections).toBe(1)
  })

  test('of an arrival counts from when that was due', async () => {
    const { sql, samples, user } = open()
    user.dueMs = performance.now() - 500
    await sql.query('SELECT 1')
    await sql.query('SELECT 1')
    expect((samples[0]?.endMs ?? 0) - (samples[0]?.intendedMs ?? 0)).toBeGreaterThan(500)
    expect((samples[1]?.sentMs ?? 0) - (samples[1]?.intendedMs ?? 0)).toBeLessThan(400)
  })

  test('that the database refuses is a result, and the connection serves the next one', async () => {
    const { sql, samples, resumed, worker } = open({ maxConnections: 1 })
    const result = await sql.query('INSERT INTO counters VALUES (1, 1)')
    expect(result).toMatchObject({ ok: false, failure: 'status', code: '23505', rows: [], rowCount: 0, outcome: 'failed' })
    expect(result.failureMessage).toMatch(/^sql 23505: duplicate key/)
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
    expect(samples.map(({ failure }) => failure)).toEqual(['status', undefined])
    expect(samples[0]?.status).toBe(1)
    expect(resumed).toEqual([false, true])
    expect(worker.openConnections).toBe(1)
  })

  test('of several in one text gives the rows of the last', async () => {
    const { sql } = open()
    expect((await sql.query('SELECT 1 AS a; SELECT 2 AS b')).rows).toEqual([{ b: 2 }])
  })

  test('is prepared once a connection when the plan wants it', async () => {
    const { sql } = open({ prepare: true, maxConnections: 1 })
    for (const id of [1, 2, 3]) await sql.query('SELECT n FROM counters WHERE id = $1', [id])
    await sql.query('SELECT n FROM counters', [], { prepare: false })
    const prepared = await sql.query('SELECT name, statement FROM pg_prepared_statements', [], { prepare: false })
    expect(prepared.rows).toEqual([{ name: 'proofload_1', statement: 'SELECT n FROM counters WHERE id = $1' }])
  })

  test('takes its turn where all connections are in use, and its wait is told', async () => {
    const { sql, samples, waiting, worker } = open({ maxConnections: 2 })
    const results = await Promise.all([1, 2, 3, 4, 5].map((i) => sql.query('SELECT pg_sleep(0.05)', [], { name: `sql ${i}` })))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(waiting).toEqual({ now: 0, most: 3 })
    expect(worker.openConnections).toBe(2)
    const queue = new Map(samples.map(({ name, queueMs }) => [name, queueMs]))
    for (const i of [3, 4, 5]) expect(queue.get(`sql ${i}`)).toBeGreaterThan(40)
    expect(queue.get('sql 5')).toBeGreaterThan(90)
  })
})

describe('a statement without an answer', () => {
  test('fails at its time-out, and the database is asked to stop it', async () => {
    const { sql, samples, worker } = open({ maxConnections: 1 })
    await sql.query('SELECT 1')
    const result = await sql.query('SELECT pg_sleep(60)', [], { timeout: '100ms' })
    expect(result).toMatchObject({ ok: false, failure: 'timeout', outcome: 'uncertain' })
    expect(result.failureMessage).toBe('no answer within 100 ms')
    expect(samples[1]).toMatchObject({ failure: 'timeout', status: 0 })
    await comesTo(async () => (await countOf("AND query LIKE '%pg_sleep(60)%'")) === 0)
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
    expect(worker.openConnections).toBe(1)
  })

  test('fails at the time-out of the database, which says so', async () => {
    const { sql } = open({ statementTimeoutMs: 50 })
    expect(await sql.query('SELECT pg_sleep(60)')).toMatchObject({ failure: 'timeout', code: '57014', outcome: 'failed' })
  })

  test('fails when it has waited for a connection too long, without having been sent', async () => {
    const { sql, waiting, samples } = open({ maxConnections: 1 })
    const long = sql.query('SELECT pg_sleep(0.3)')
    const late = await sql.query('UPDATE counters SET n = 1', [], { timeout: '100ms' })
    expect(late).toMatchObject({ failure: 'timeout', outcome: 'failed', failureMessage: 'no connection within 100 ms' })
    expect(samples[0]?.sentMs).toBe(0)
    expect(waiting.now).toBe(0)
    expect(await long).toMatchObject({ ok: true })
  })

  test('fails when its connection is ended by the database, and the next one gets a new one', async () => {
    const { sql } = open({ maxConnections: 1 })
    const hit = sql.query('SELECT pg_sleep(60)')
    await comesTo(async () => (await countOf("AND state = 'active'")) === 1)
    await admin(`SELECT pg_terminate_backend(pid) ${usersOf}`)
    expect(await hit).toMatchObject({ failure: 'closed-early', code: '57P01', outcome: 'uncertain' })
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
  })

  test('does not come to an idle connection that was ended meanwhile', async () => {
    const { sql, worker } = open()
    await sql.query('SELECT 1')
    await admin(`SELECT pg_terminate_backend(pid) ${usersOf}`)
    await comesTo(() => worker.openConnections === 0)
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
  })

  test('is aborted with its user, who asks for nothing more', async () => {
    const { sql, user, samples, inFlight } = open({ maxConnections: 1 })
    const running = sql.query('SELECT pg_sleep(60)')
    const queued = sql.query('SELECT 1')
    await comesTo(async () => (await countOf("AND state = 'active'")) === 1)
    sql.abort()
    user.gone = true
    expect([(await running).failure, (await queued).failure]).toEqual(['aborted', 'aborted'])
    expect(samples.map(({ failure }) => failure)).toEqual(['aborted', 'aborted'])
    expect(inFlight.now).toBe(0)
    await expect(sql.query('SELECT 1')).rejects.toThrow('gone')
    await comesTo(async () => (await countOf("AND state = 'active'")) === 0)
  })

  test('ends with the worker, as does every connection', async () => {
    const opened = open()
    const { sql, worker } = opened
    const running = [sql.query('SELECT pg_sleep(60)'), opened.another().query('SELECT pg_sleep(60)')]
    await comesTo(async () => (await countOf("AND state = 'active'")) === 2)
    worker.closeAll()
    for (const each of running) expect(await each).toMatchObject({ failure: 'aborted' })
    expect(worker.openConnections).toBe(0)
    await comesTo(async () => (await countOf()) === 0)
  })
})

describe('a database', () => {
  let silent: Server
  let port: number

  beforeEach(async () => {
    silent = createServer((socket) => void socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    port = (silent.address() as AddressInfo).port // a TCP server's address is never a text
  })
  afterEach(() => new Promise((resolve) => silent.close(resolve)))

  test('that is not there refuses', async () => {
    await new Promise((resolve) => silent.close(resolve))
    const { sql, samples } = open({ url: `postgres://me@127.0.0.1:${port}/x` })
    expect(await sql.query('SELECT 1')).toMatchObject({ failure: 'refused', outcome: 'failed' })
    expect(samples[0]).toMatchObject({ status: 0, sentMs: 0 })
  })

  test('that accepts and says nothing is waited for until the time-out of the connection', async () => {
    const { sql } = open({ url: `postgres://me@127.0.0.1:${port}/x`, connectTimeoutMs: 100 })
    expect(await sql.query('SELECT 1')).toMatchObject({ failure: 'timeout-connect' })
  })

  test('that does not let us in says why, without the password', async () => {
    const url = new URL(db.url)
    url.password = 'not-the-password'
    const { sql } = open({ url: url.href })
    const result = await sql.query('SELECT 1')
    expect(result).toMatchObject({ failure: 'status', code: '28P01' })
    expect(JSON.stringify(result)).not.toContain('not-the-password')
  })

  test('with no connection left refuses for now', async () => {
    const { sql } = open({ maxConnections: 40 })
    const results = await Promise.all(Array.from({ length: 20 }, () => sql.query('SELECT pg_sleep(0.5)')))
    const refused = results.filter(({ ok }) => !ok)
    expect(refused.length).toBeGreaterThan(0)
    for (const each of refused) expect(each).toMatchObject({ failure: 'refused', code: '53300', outcome: 'failed' })
    expect(results.length - refused.length).toBeGreaterThan(5)
  })
})

describe('a transaction', () => {
  const add = 'UPDATE counters SET n = n + 1 WHERE id = $1'

  test('commits all of it, and is timed beside its statements', async () => {
    const { sql, samples, resumed } = open()
    const result = await sql.transaction(
      async (tx) => {
        await tx.query(add, [1])
        await tx.query(add, [2])
        return 'both'
      },
      { name: 'transfer' },
    )
    expect(result).toMatchObject({ ok: true, value: 'both', attempts: 1, outcome: 'acknowledged' })
    expect([await valueOf(1), await valueOf(2)]).toEqual([1, 1])
    expect(samples.map(({ name }) => name)).toEqual(['sql UPDATE counters', 'sql UPDATE counters', 'sql transaction transfer'])
    expect(resumed).toEqual([true, true, true])
    const [first, second, whole] = samples
    const spent = (sample: ExchangeSample | undefined): number => (sample?.endMs ?? 0) - (sample?.sentMs ?? 0)
    expect(spent(whole)).toBeGreaterThan(spent(first) + spent(second))
  })

  test('is undone whole when one of its statements fails, and sends nothing after it', async () => {
    const { sql, samples, resumed } = open({ maxConnections: 1 })
    const seen: unknown[] = []
    const result = await sql.transaction(async (tx) => {
      await tx.query(add, [1])
      seen.push((await tx.query('INSERT INTO counters VALUES (1, 1)')).code)
      seen.push((await tx.query(add, [2])).failureMessage)
    })
    expect(result).toMatchObject({ ok: false, failure: 'status', code: '23505', value: undefined, outcome: 'failed' })
    expect(seen).toEqual(['23505', expect.stringContaining('not sent')])
    expect(await valueOf(1)).toBe(0)
    expect(samples.map(({ name, failure }) => [name, failure])).toEqual([
      ['sql UPDATE counters', undefined],
      ['sql INSERT counters', 'status'],
      ['sql transaction', 'status'],
    ])
    // One thing failed: the transaction.
    expect(resumed.filter((ok) => !ok)).toHaveLength(1)
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
  })

  test('goes on from a savepoint', async () => {
    const { sql } = open()
    const result = await sql.transaction(async (tx) => {
      await tx.query(add, [1])
      await tx.query('SAVEPOINT here')
      await tx.query('INSERT INTO counters VALUES (1, 1)')
      await tx.query('ROLLBACK TO here')
      await tx.query(add, [2])
    })
    expect(result.ok).toBe(true)
    expect([await valueOf(1), await valueOf(2)]).toEqual([1, 1])
  })

  test('whose function throws is undone, and the error comes out', async () => {
    const { sql, samples, worker } = open({ maxConnections: 1 })
    const attempt = sql.transaction(async (tx) => {
      await tx.query(add, [1])
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(await valueOf(1)).toBe(0)
    expect(samples.at(-1)).toMatchObject({ name: 'sql transaction', failure: 'exception', failureMessage: 'changed my mind' })
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
    expect(worker.openConnections).toBe(1)
  })

  test('whose COMMIT fails says so', async () => {
    await admin(
      'DELETE FROM counters WHERE id = 2; ALTER TABLE counters ADD CONSTRAINT one UNIQUE (n) DEFERRABLE INITIALLY DEFERRED',
    )
    const { sql } = open()
    const result = await sql.transaction((tx) => tx.query('INSERT INTO counters VALUES (2, 0)'))
    expect(result).toMatchObject({ ok: false, failure: 'status', code: '23505', outcome: 'failed', attempts: 1 })
  })

  /** Four at once, of which nobody writes before all have read. */
  function readThenWrite(sql: SqlUser, retries: number): Promise<readonly TransactionResult[]> {
    let readers = 0
    let release = (): void => undefined
    const allHaveRead = new Promise<void>((resolve) => (release = resolve))
    const one = (): Promise<TransactionResult> =>
      sql.transaction(
        async (tx) => {
          const { rows } = await tx.query<{ n: number }>('SELECT n FROM counters WHERE id = 1')
          readers++
          if (readers === 4) release()
          await allHaveRead
          await tx.query('UPDATE counters SET n = $1 WHERE id = 1', [(rows[0]?.n ?? NaN) + 1])
        },
        { name: 'count', isolation: 'serializable', retries },
      )
    return Promise.all([one(), one(), one(), one()])
  }

  test('that met another one fails with a kind of its own', async () => {
    const { sql, samples } = open()
    const results = await readThenWrite(sql, 0)
    const lost = results.filter(({ ok }) => !ok)
    expect(lost.length).toBeGreaterThan(0)
    for (const each of lost) expect(each).toMatchObject({ failure: 'conflict', code: '40001', outcome: 'failed' })
    expect(await valueOf(1)).toBe(4 - lost.length)
    const failures = samples.filter(({ name }) => name === 'sql transaction count').map(({ failure }) => failure)
    expect(failures.filter((failure) => failure === 'conflict')).toHaveLength(lost.length)
  })

  test('is tried again as often as the plan wants, and its time is that of all attempts', async () => {
    const { sql, samples, resumed } = open()
    const results = await readThenWrite(sql, 100)
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(await valueOf(1)).toBe(4)
    const attempts = results.reduce((sum, each) => sum + each.attempts, 0)
    expect(attempts).toBeGreaterThan(4)
    const transactions = samples.filter(({ name }) => name === 'sql transaction count')
    expect(transactions).toHaveLength(attempts)
    expect(resumed.every((ok) => ok)).toBe(true)
    const good = transactions.filter(({ failure }) => failure === undefined)
    expect(
      good.some(({ sentMs, intendedMs }) =>
        transactions.some((one) => one.failure === 'conflict' && one.endMs <= sentMs && one.intendedMs === intendedMs),
      ),
    ).toBe(true)
  })

  test('gives its connection back, whatever the function leaves behind', async () => {
    const { sql, worker } = open({ maxConnections: 1 })
    await sql.transaction((tx) => tx.query('COMMIT; BEGIN'))
    await sql.transaction((tx) => void tx.query(add, [1]))
    expect(await sql.query('SELECT 1')).toMatchObject({ ok: true })
    expect(worker.openConnections).toBe(1)
    expect(await valueOf(1)).toBe(1)
    expect(await countOf("AND state LIKE 'idle in transaction%'")).toBe(0)
  })

  test('is aborted with its user, and the database keeps nothing of it', async () => {
    const { sql, user, samples } = open()
    let inside = (): void => undefined
    const begun = new Promise<void>((resolve) => (inside = resolve))
    let goOn = (): void => undefined
    const waiting = new Promise<void>((resolve) => (goOn = resolve))
    const attempt = sql.transaction(async (tx) => {
      await tx.query(add, [1])
      inside()
      await waiting
      await tx.query(add, [2])
    })
    await begun
    sql.abort()
    user.gone = true
    goOn()
    await expect(attempt).rejects.toThrow('gone')
    expect(samples.at(-1)).toMatchObject({ name: 'sql transaction', failure: 'aborted' })
    await comesTo(async () => (await countOf()) === 0)
    expect(await valueOf(1)).toBe(0)
  })

  test('takes no statement once its function has ended', async () => {
    const { sql } = open()
    const { value } = await sql.transaction((tx) => ({ late: () => tx.query('SELECT 1') }))
    await expect(value?.late()).rejects.toMatchObject({ code: 'PLAN_INVALID' })
  })

  test('fails when no connection is free in time', async () => {
    const { sql } = open({ maxConnections: 1 })
    const long = sql.query('SELECT pg_sleep(0.3)')
    const late = await sql.transaction((tx) => tx.query(add, [1]), { timeout: '100ms' })
    expect(late).toMatchObject({ failure: 'timeout', failureMessage: 'no connection within 100 ms', outcome: 'failed' })
    await long
  })
})

describe('a mistake of the plan', () => {
  const anything = (value: unknown): never => value as never // what a plan without types may give

  test.each([
    ['a text', (sql: SqlUser) => sql.query(anything(7)), 'to be given a statement, a text, got'],
    ['values', (sql: SqlUser) => sql.query('SELECT $1', anything('x')), 'to be a list such as [id]'],
    ['an option', (sql: SqlUser) => sql.query('SELECT 1', [], anything({ tiemout: '1s' })), 'got `tiemout`'],
    ['a duration', (sql: SqlUser) => sql.query('SELECT 1', [], { timeout: 'soon' }), "such as '5s', got `soon`"],
    ['a service', (sql: SqlUser) => sql.query('SELECT 1', [], { service: 'dp' }), 'the databases of the plan are `db`'],
    ['a service of another kind', (sql: SqlUser) => sql.query('SELECT 1', [], { service: 'api' }), 'got `api`'],
    ['a function', (sql: SqlUser) => sql.transaction(anything(undefined)), 'to be given a function'],
    ['isolation', (sql: SqlUser) => sql.transaction(() => 1, anything({ isolation: 'chaos' })), "'serializable'"],
    ['retries', (sql: SqlUser) => sql.transaction(() => 1, { retries: -1 }), '0 or more'],
  ])('about %s rejects and says what was expected', async (_, ask, words) => {
    const { sql, samples } = open()
    await expect(ask(sql)).rejects.toMatchObject({ code: 'PLAN_INVALID', message: expect.stringContaining(words) as string })
    expect(samples).toEqual([])
  })

  test('about where to go rejects', async () => {
    const worker = createSqlWorker({
      spec: { maxConnections: 1, connectTimeoutMs: 1, timeoutMs: 1, statementTimeoutMs: 0, prepare: false },
      services: {},
      allowed: [],
      observer: { started: () => undefined, heard: () => undefined, ended: () => undefined, waiting: () => undefined },
      now: () => 0,
    })
    const sql = worker.user({
      gone: false,
      goneError: () => new Error(),
      resumes: () => undefined,
      threw: () => undefined,
      takeDue: () => NaN,
    })
    await expect(sql.query('SELECT 1')).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringContaining('the plan has no database') as string,
    })
  })

  test('that leaves a transaction open rejects, and nobody else gets that connection', async () => {
    const { sql } = open({ maxConnections: 1 })
    await expect(sql.query('BEGIN')).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringContaining('to leave no transaction open') as string,
    })
    await sql.query('UPDATE counters SET n = 5 WHERE id = 1')
    expect(await valueOf(1)).toBe(5)
    // All of it in one text is none.
    expect(await sql.query('BEGIN; UPDATE counters SET n = 6 WHERE id = 1; COMMIT')).toMatchObject({ ok: true })
  })

  test('that leads to a host that is not named rejects, without the password', async () => {
    const { sql } = open()
    const attempt = sql.query('SELECT 1', [], { service: 'postgres://me:secret-word@db.example.com/shop' })
    await expect(attempt).rejects.toMatchObject({
      code: 'HOST_NOT_ALLOWED',
      message: expect.stringContaining('db.example.com:5432') as string,
    })
    await attempt.catch((error: unknown) => expect(String(error)).not.toContain('secret-word'))
  })

  test('by a URL that is allowed is none', async () => {
    const { sql } = open()
    expect(await sql.query('SELECT 1', [], { service: db.url })).toMatchObject({ ok: true })
  })
})
