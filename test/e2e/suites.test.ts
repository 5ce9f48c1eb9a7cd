import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { TestBench } from '../kit/test-bench.ts'
import { cleanEnv } from '../kit/run-cli.ts'
import { withBench } from '../kit/test-bench.ts'

const schema = `
CREATE TABLE rooms (name text PRIMARY KEY);
CREATE SEQUENCE visits;
`

/** A target that makes its table at its start, and answers with the number of rooms: `DELETE /rooms` destroys them. */
const server = `
import { createServer } from 'node:http'
import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', () => undefined)
await pool.query('CREATE TABLE IF NOT EXISTS members (name text)')
createServer(async (request, response) => {
  try {
    if (request.method === 'DELETE') await pool.query('DELETE FROM rooms')
    if (request.method === 'POST') await pool.query("INSERT INTO rooms VALUES ('lobby'), ('hall')")
    const { rows } = await pool.query("SELECT count(*)::int AS n, nextval('visits')::int AS visit FROM rooms")
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows[0]))
  } catch (error) { response.writeHead(500).end(String(error)) }
}).listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

/** One test destroys the rows that the next one needs. */
function spoilingPlan(bench: TestBench, more = ''): void {
  bench.write('schema.sql', schema)
  bench.write('rooms.mjs', server.replace("from 'pg'", `from ${JSON.stringify(import.meta.resolve('pg'))}`))
  bench.plan(`export default plan({
  services: { db: service.postgres({ setup: 'schema.sql' }) },
  target: {
    url: 'http://127.0.0.1:${bench.port}',
    start: 'node rooms.mjs ${bench.port}',
    env: ({ db }) => ({ DATABASE_URL: db.url }),
    ready: '/',
  },
  async setup({ http }) { await http.post('/') },
  scenarios: {
    destroy: scenario(async ({ http }) => { await http.request('DELETE', '/') }),
    use: scenario(async ({ http, check }) => {
      check('both rooms are there', (await http.get('/')).json().n === 2)
    }),
  },
  ${more}
  tests: {
    destroys: { suite: 'stress', users: 1, iterations: 3, scenarios: ['destroy'] },
    needs: { users: 1, iterations: 3, scenarios: ['use'], objectives: ['checks > 99%'] },
  },
})`)
}

const checksOf = (bench: TestBench): unknown => bench.result().tests.find(({ name }) => name === 'needs')?.checks

describe.concurrent('the data of a test', () => {
  it('is what the test before has left', () =>
    withBench(async (bench) => {
      spoilingPlan(bench)
      await bench.run()
      expect(checksOf(bench)).toEqual([{ name: 'both rooms are there', passed: 0, failed: 3 }])
    }))

  it('is that of `setup` again with --isolate, and nothing is left of any database', () =>
    withBench(async (bench) => {
      spoilingPlan(bench)
      const { output } = await bench.run(['--isolate'])
      expect(checksOf(bench)).toEqual([{ name: 'both rooms are there', passed: 3, failed: 0 }])
      expect(output).toContain('the data of db is back as `setup` left it')
      const restored = bench.events().filter(({ kind }) => kind === 'data-restored')
      // The first test finds it as it is.
      expect(restored).toMatchObject([{ test: 'needs', services: ['db'] }])
      expect(await bench.leftovers()).toEqual([])
    }))

  it('is kept by a test that says so, and is put back for one that says so without the option', () =>
    withBench(async (bench) => {
      spoilingPlan(bench)
      await bench.run(['--isolate', '--set', 'tests.needs.isolate=false'])
      expect(checksOf(bench)).toMatchObject([{ failed: 3 }])
      await bench.run(['--set', 'tests.needs.isolate=true'])
      expect(checksOf(bench)).toMatchObject([{ passed: 3 }])
    }))

  it('is put back for statements of the plan itself, whose connections were cut', () =>
    withBench(async (bench) => {
      bench.write('schema.sql', `${schema} INSERT INTO rooms VALUES ('lobby');`)
      bench.plan(`export default plan({
  services: { db: service.postgres({ setup: 'schema.sql', maxConnections: 5 }) },
  sql: { maxConnections: 5 },
  isolate: true,
  scenarios: {
    destroy: scenario(async ({ sql }) => { await sql.query('DELETE FROM rooms') }),
    use: scenario(async ({ sql, check }) => {
      check('the room is there', (await sql.query('SELECT name FROM rooms')).rows.length === 1)
    }),
  },
  tests: {
    destroys: { users: 5, for: '1s', scenarios: ['destroy'] },
    needs: { users: 1, iterations: 3, scenarios: ['use'] },
  },
})`)
      await bench.run(['--workers', '1'])
      const [, needs] = bench.result().tests
      expect(needs?.checks).toEqual([{ name: 'the room is there', passed: 3, failed: 0 }])
      expect(needs?.errors).toEqual([])
    }))

  it('is not put back where the database is somebody else’s, or the target', () =>
    withBench(async (bench) => {
      bench.plan(
        `export default plan({ scenarios: { a: scenario(() => undefined) }, tests: { b: { iterations: 1, users: 1 } } })`,
      )
      const none = await bench.run(['--isolate', '--dry-run'])
      expect([none.status, none.stderr]).toEqual([
        2,
        expect.stringMatching(/--isolate: isolate: expected a database that the plan starts/),
      ])
      spoilingPlan(bench)
      const elsewhere = await bench.run(['--isolate', '--dry-run', '--target', 'http://127.0.0.1:9/'])
      expect(elsewhere.stderr).toContain('a target that the plan starts')
    }))
})

describe.concurrent('a test that only watches', () => {
  it('tells live when an objective is crossed, and its report when', () =>
    withBench(async (bench) => {
      bench.plan(`export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: '${bench.start('echo')}', ready: '/' },
  tests: { looks: { watch: true, for: '6s', objectives: ['target.memory < 1MB', 'target.memory < 100GB'] } },
})`)
      const { output } = await bench.run(['--suite', 'performance'])
      expect(output).toMatch(/beyond target\.memory < 1MB, now [\d.]+ MB/)
      expect(output).toMatch(/\| target\.cpu .*\| target\.memory/)
      expect(output).not.toContain('beyond target.memory < 100GB')
      expect(bench.result().tests[0]?.crossings).toMatchObject([{ objective: 'target.memory < 1MB', toSec: null }])
    }))
})

describe.concurrent('a folder of plans', () => {
  const plan = (tests: string): string =>
    `import { plan, scenario } from 'proofload'\nexport default plan({ scenarios: { a: scenario(() => undefined) }, tests: { ${tests} } })\n`

  it('is run by one selection; a plan without a selected test is left out', () =>
    withBench(async (bench) => {
      bench.write('one.plan.ts', plan("quiet: { users: 1, iterations: 1 }, hard: { suite: 'stress', users: 1, iterations: 1 }"))
      bench.write('two.plan.ts', plan("looks: { watch: true, for: '60s' }"))
      const dry = async (...args: string[]): Promise<string> =>
        (await bench.cli(['run', bench.folder, '--dry-run', ...args], { cwd: '/' })).output
      expect(await dry()).toMatch(/plan one[^]*test quiet[^]*test hard[^]*plan two[^]*test looks \(suite performance\)/)
      const stress = await dry('--suite', 'stress')
      expect(stress).toContain('test hard')
      expect(stress).not.toMatch(/plan two|test quiet/)
      expect(await dry('--suite', 'performance')).not.toContain('plan one')
      expect(await dry('--suite', 'sterss,lod')).toContain(
        'Expected --suite to be one of `load`, `stress`, `performance`, `all`, got `sterss`, `lod`.',
      )
    }))

  it('has an index beside its reports', () =>
    withBench(async (bench) => {
      bench.write('one.plan.ts', plan("'a & b': { users: 1, iterations: 1 }"))
      bench.write('two.plan.ts', plan("c: { users: 1, iterations: 1, objectives: ['p95(GET /) < 1s'] }"))
      await bench.cli(['run', '.', '--reporter', 'json,html', '--out', bench.out])
      const page = readFileSync(join(bench.out, 'index.html'), 'utf8')
      for (const part of ['href="one/report.html"', 'href="two/report.html"', 'a &amp; b']) expect(page).toContain(part)
    }))

  it('without any plan is a mistake that is told', () =>
    withBench(async (bench) => {
      const { status, stderr } = await bench.cli(['run', bench.temp])
      expect([status, stderr]).toEqual([2, expect.stringContaining('PLAN_NOT_FOUND')])
    }))
})

/** What a command that fails is rejected with. */
function failureOf(thrown: unknown): { status: number; output: string } {
  const { code, stderr } = thrown as { code: number; stderr: string } // of execFile
  return { status: code, output: stderr }
}

describe.concurrent('run_tests.sh', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'testing', 'run_tests.sh')
  const run = (bench: TestBench, args: readonly string[]): Promise<{ status: number; output: string }> =>
    promisify(execFile)(script, args, { cwd: '/', env: cleanEnv(bench.env) }).then(
      ({ stdout }) => ({ status: 0, output: stdout }),
      (thrown: unknown) => failureOf(thrown),
    )

  it('runs a suite from any folder, hands its options on, and passes the status on', () =>
    withBench(async (bench) => {
      bench.plan(`export default plan({
  scenarios: { a: scenario(({ check }) => { check('never', false) }) },
  tests: {
    looks: { suite: 'stress', users: 1, iterations: 1, quick: { iterations: 2 } },
    fails: { users: 1, iterations: 1, objectives: ['checks > 99%'] },
  },
})`)
      const dry = await run(bench, ['--suite', 'stress', '--quick', bench.folder, '--dry-run'])
      expect(dry).toMatchObject({ status: 0, output: expect.stringContaining('test looks (suite stress)') as unknown }) // a matcher
      expect(dry.output).not.toContain('test fails')
      const failed = await run(bench, ['--suite=load', '--out', bench.out, '--reporter', 'json', bench.folder])
      expect(failed.status).toBeGreaterThan(0)
      expect(bench.result()).toMatchObject({ exitCode: failed.status, tests: [{ name: 'fails' }] })
    }))

  it('asks for a suite, and says how it is called', () =>
    withBench(async (bench) => {
      expect(await run(bench, ['--quick'])).toMatchObject({ status: 2, output: expect.stringContaining('Usage:') as unknown }) // a matcher
      const help = await run(bench, ['--help'])
      expect(help).toMatchObject({ status: 0, output: expect.stringContaining('--suite NAME') as unknown }) // a matcher
    }))
})
