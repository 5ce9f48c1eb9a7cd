import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RequestWindow, WindowLine } from '../../src/model/sample.ts'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

const schema = `
CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL);
INSERT INTO counter VALUES (1, 0);
CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
INSERT INTO accounts SELECT id, 1000 FROM generate_series(1, 10) AS id;
CREATE TABLE notes (id text PRIMARY KEY);
`

interface SqlPlan {
  /** Body of the scenario `work`. */
  readonly body: string
  /** More scenarios, by name. */
  readonly others?: Readonly<Record<string, string>>
  /** More keys of the plan, as text. */
  readonly more?: string
  readonly test?: string
}

/** A plan with a database and nothing else. */
function sqlPlan(bench: TestBench, { body, others = {}, more = '', test = "users: 20, for: '3s'" }: SqlPlan): void {
  bench.write('schema.sql', schema)
  const scenarios = Object.entries({ work: body, ...others }).map(
    ([name, text]) => `${name}: scenario(async ({ sql, http, vu, check, think, step, audit, metric: metrics }) => { ${text} })`,
  )
  bench.plan(`export default plan({
  services: { db: service.postgres({ maxConnections: 30, setup: 'schema.sql' }) },
  scenarios: { ${scenarios.join(',\n')} },
  ${more}
  tests: { direct: { ${test} } },
})`)
}

function onlyTest({ tests }: RunResult): TestResult {
  const [only] = tests
  if (only === undefined) throw new Error('no test in the result')
  return only
}

interface Totals {
  readonly count: number
  readonly failed: number
  readonly queueMs: number
  readonly longestMs: number
  readonly kinds: Readonly<Record<string, number>>
}

/** All windows of a request together. */
function totalsOf(windows: readonly WindowLine[], name: string): Totals {
  const mine = windows.filter((line): line is WindowLine & RequestWindow => line.kind === 'request' && line.name === name)
  const kinds: Record<string, number> = {}
  for (const { failures } of mine) for (const [kind, n] of Object.entries(failures)) kinds[kind] = (kinds[kind] ?? 0) + n
  const sum = (value: (line: RequestWindow) => number): number => mine.reduce((all, line) => all + value(line), 0)
  return {
    count: sum(({ count }) => count),
    failed: sum(({ failed }) => failed),
    queueMs: sum(({ parts }) => (parts.queue?.sum ?? 0) / 1000),
    longestMs: Math.max(0, ...mine.map(({ response }) => response.max / 1000)),
    kinds,
  }
}

describe.concurrent('a database that is loaded directly', () => {
  it('without any target: twenty users read and write, and every acknowledged increment is there', () =>
    withBench(async (bench) => {
      sqlPlan(bench, {
        body: `
          await sql.query('SELECT balance FROM accounts WHERE id = $1', [1 + (vu.id % 10)])
          await audit.add('n', 1, () => sql.query('UPDATE counter SET n = n + 1 WHERE id = 1'))
          await think('5ms')`,
        more: `
          objectives: ['counters = 0', 'errors < 1%', 'p95(sql SELECT accounts) < 2s'],
          async audit({ sql, audit }) {
            const { rows } = await sql.query('SELECT n FROM counter WHERE id = 1')
            console.log('counted ' + rows[0].n)
            audit.total('n', rows[0].n)
          },`,
      })
      const { output } = await bench.run(['--workers', '1'])
      const test = onlyTest(bench.result())
      const verdicts = test.objectives.map(({ text, verdict }) => `${text}: ${verdict}`)
      expect(verdicts, output).toEqual(['counters = 0: pass', 'errors < 1%: pass', 'p95(sql SELECT accounts) < 2s: pass'])
      const writes = totalsOf(bench.windows(), 'sql UPDATE counter')
      expect(writes.count).toBeGreaterThan(20)
      expect(writes.failed).toBe(0)
      const told = bench.events().find((event) => event.kind === 'log' && event.text.startsWith('counted '))
      expect(told?.kind === 'log' && told.text).toBe(`counted ${writes.count}`)
      expect(totalsOf(bench.windows(), 'sql SELECT accounts').count).toBeGreaterThanOrEqual(writes.count)
      // Twenty users over ten connections: the wait for one is in the record.
      expect(writes.queueMs).toBeGreaterThan(0)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('shows contention as latency: who needs the locked row waits, who does not goes on', () =>
    withBench(async (bench) => {
      sqlPlan(bench, {
        body: `await sql.query('SELECT balance FROM accounts WHERE id = 1'); await think('10ms')`,
        others: {
          holder: `await sql.transaction(async (tx) => {
            await tx.query('UPDATE accounts SET balance = balance WHERE id = 1')
            await think('400ms')
          }, { name: 'hold' })
          await think('100ms')`,
          writer: `await sql.query('UPDATE accounts SET balance = balance + 1 WHERE id = 1', [], { name: 'sql deposit' }); await think('100ms')`,
        },
        more: 'sql: { maxConnections: 20 },',
        test: "load: { work: { users: 4, for: '3s' }, holder: { users: 1, for: '3s' }, writer: { users: 2, for: '3s' } }",
      })
      const { output } = await bench.run(['--workers', '1'])
      const windows = bench.windows()
      const held = totalsOf(windows, 'sql transaction hold')
      const deposits = totalsOf(windows, 'sql deposit')
      const reads = totalsOf(windows, 'sql SELECT accounts')
      expect(held.count, output).toBeGreaterThan(2)
      // Most of the 400 ms for which the row is held, by whoever came early in them.
      expect(deposits.longestMs).toBeGreaterThan(300)
      expect(reads.count).toBeGreaterThan(5 * deposits.count)
      expect([held.failed, deposits.failed, reads.failed]).toEqual([0, 0, 0])
    }))

  it('keeps the sum of transfers, where those that met another one were tried again', () =>
    withBench(async (bench) => {
      sqlPlan(bench, {
        body: `
          const [from, to] = [1, 2].map(() => 1 + Math.floor(vu.random() * 3))
          const id = vu.id + '-' + vu.iteration
          const { ok } = await audit.write(id, () => sql.transaction(async (tx) => {
            await tx.query('INSERT INTO notes VALUES ($1)', [id])
            const { rows } = await tx.query('SELECT id, balance FROM accounts WHERE id = ANY($1)', [[from, to]])
            const of = (id) => rows.find((row) => row.id === id).balance
            if (from === to || of(from) < 1) return
            await tx.query('UPDATE accounts SET balance = $2 WHERE id = $1', [from, of(from) - 1])
            await tx.query('UPDATE accounts SET balance = $2 WHERE id = $1', [to, of(to) + 1])
          }, { name: 'transfer', isolation: 'serializable', retries: 1000 }))
          check('transferred', ok)`,
        more: `
          sql: { maxConnections: 10, prepare: true },
          async audit({ sql, audit }) {
            const { rows } = await sql.query('SELECT sum(balance)::int AS sum FROM accounts')
            audit.invariant('no money is made or lost', rows[0].sum === 10_000, rows[0].sum)
            await audit.read((await sql.query('SELECT id FROM notes')).rows.map(({ id }) => id))
          },
          objectives: ['checks = 100%', 'invariants = 0', 'lost = 0', 'duplicates = 0', 'phantoms = 0'],`,
        test: "users: 8, for: '2s'",
      })
      const { output } = await bench.run(['--workers', '1'])
      const test = onlyTest(bench.result())
      const transfers = totalsOf(bench.windows(), 'sql transaction transfer')
      expect(transfers.count - transfers.failed, output).toBeGreaterThan(10)
      expect(transfers.kinds['conflict']).toBeGreaterThan(0)
      expect(Object.keys(transfers.kinds).filter((kind) => kind !== 'conflict' && kind !== 'aborted')).toEqual([])
      expect(test.checks[0], output).toMatchObject({ name: 'transferred', failed: 0 })
      expect(
        test.objectives.map(({ text, verdict }) => `${text}: ${verdict}`),
        output,
      ).toEqual(['checks = 100%: pass', 'invariants = 0: pass', 'lost = 0: pass', 'duplicates = 0: pass', 'phantoms = 0: pass'])
    }))

  it('tells failures by their kind, with examples, and hides the password of the database', () =>
    withBench(async (bench) => {
      sqlPlan(bench, {
        body: `
          await sql.query('INSERT INTO notes VALUES ($1)', ['same'])
          await sql.query('SELECT pg_sleep(5)', [], { timeout: '50ms' })
          await sql.query('UPDATE accounts SET balance = -1 WHERE id = 1')
          if (vu.iteration === 0) console.log(JSON.stringify(await sql.query('SELECT 1', [], { service: vu.services.db.url })))`,
        test: 'users: 2, iterations: 6',
      })
      const { output } = await bench.run(['--workers', '1', '--reporter', 'line,json,html'])
      const windows = bench.windows()
      expect(totalsOf(windows, 'sql INSERT notes'), output).toMatchObject({ count: 6, failed: 5, kinds: { status: 5 } })
      expect(totalsOf(windows, 'sql SELECT pg_sleep')).toMatchObject({ count: 6, failed: 6, kinds: { timeout: 6 } })
      expect(totalsOf(windows, 'sql UPDATE accounts')).toMatchObject({ failed: 6, kinds: { status: 6 } })
      const record = readFileSync(join(bench.out, 'events.ndjson'), 'utf8')
      expect(record).toContain('sql 23505: duplicate key')
      expect(record).toContain('sql 23514')
      // As the driver is given it: postgres://USER:PASSWORD@…
      for (const name of ['events.ndjson', 'windows.ndjson', 'plan.json', 'result.json', 'report.html'])
        expect(readFileSync(join(bench.out, name), 'utf8'), name).not.toMatch(/postgres:\/\/\w+:(?!\*\*\*)[^@\s]+@/)
    }))

  it('by arrivals counts the wait for a connection from when each was due', () =>
    withBench(async (bench) => {
      sqlPlan(bench, {
        body: `await sql.query('SELECT pg_sleep(0.1)')`,
        more: 'sql: { maxConnections: 2 },',
        // Two connections carry 20 a second.
        test: "arrivals: { rate: '40/s', process: 'uniform' }, for: '2s', gracefulStop: '10s'",
      })
      const { output } = await bench.run(['--workers', '1'])
      const sleeps = totalsOf(bench.windows(), 'sql SELECT pg_sleep')
      expect(sleeps.count, output).toBeGreaterThan(60)
      expect(sleeps.longestMs).toBeGreaterThan(1000)
      expect(sleeps.queueMs / sleeps.count).toBeGreaterThan(200)
    }))
})

describe.concurrent('a plan that loads a database', () => {
  it('says in a dry run where its statements may go', () =>
    withBench(async (bench) => {
      sqlPlan(bench, { body: "await sql.query('SELECT 1')" })
      const { status, output } = await bench.run(['--dry-run'])
      expect(status, output).toBe(0)
      expect(output).toContain('services that they speak to')
      expect(output).toContain('statements of `sql` may go to: db, over 10 connections a worker')
    }))

  it.each([
    [
      'a host that it does not name',
      "await sql.query('SELECT 1', [], { service: 'postgres://u@db.example.com/x' })",
      'HOST_NOT_ALLOWED',
    ],
    ['a database that it does not have', "await sql.query('SELECT 1', [], { service: 'dp' })", 'PLAN_INVALID'],
  ])('is ended by %s', (_, body, code) =>
    withBench(async (bench) => {
      sqlPlan(bench, { body, test: "users: 1, for: '5s'" })
      const { status, output } = await bench.run(['--workers', '1'])
      expect(status, output).toBe(2)
      expect(output).toContain(code)
      expect(await bench.leftovers()).toEqual([])
    }),
  )
})
