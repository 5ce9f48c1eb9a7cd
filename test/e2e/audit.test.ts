import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AuditLine } from '../../src/model/audit-record.ts'
import type { AuditResult } from '../../src/model/audit-result.ts'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { auditedServer } from '../kit/audited-server.ts'
import type { CliResult } from '../kit/run-cli.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

interface Audited {
  readonly mode: string
  /** Body of the scenario. */
  readonly body: string
  /** Body of the plan's `audit`; absent: it has none. */
  readonly audit?: string
  readonly objectives?: readonly string[]
  readonly more?: string
  readonly test?: string
}

/** The truth as the server itself tells it goes to the record. */
const tellTruth = "console.log('truth ' + (await http.get('/truth')).text())"

function writePlan(
  bench: TestBench,
  { mode, body, audit, objectives = [], more = '', test = "users: 4, for: '3s'" }: Audited,
): void {
  bench.write('store.mjs', auditedServer)
  bench.plan(`
import { randomUUID } from 'node:crypto'
const work = scenario(async ({ http, audit, vu, think, step }) => { ${body} })
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node store.mjs ${bench.port} ${mode}', ready: '/health' },
  scenarios: { work },
  ${audit === undefined ? '' : `async audit({ http, audit, services, test, signal }) { ${audit}\n${tellTruth} },`}
  ${more}
  tests: { audited: { ${test}, objectives: ${JSON.stringify(objectives)} } },
})`)
}

interface Seen {
  readonly cli: CliResult
  readonly result: TestResult
  readonly audit: AuditResult
  readonly truth: Readonly<Record<string, number>>
}

function seenOn(bench: TestBench, cli: CliResult): Seen {
  const [result] = bench.result().tests
  if (result?.audit === undefined) throw new Error(`no audit in the result: ${cli.output}`)
  const told = bench.events().find((event) => event.kind === 'log' && event.text.startsWith('truth '))
  const truth = told?.kind === 'log' ? (JSON.parse(told.text.slice(6)) as Record<string, number>) : {} // what the server above answers
  return { cli, result, audit: result.audit, truth }
}

async function run(bench: TestBench, audited: Audited, args: readonly string[] = []): Promise<Seen> {
  writePlan(bench, audited)
  return seenOn(bench, await bench.run(args))
}

const ofData = [
  'lost-write',
  'lost-update',
  'duplicate-effect',
  'phantom-write',
  'mixed-answer',
  'torn-payload',
  'invariant-broken',
  'stale-read',
]
/** Findings on the data: the machine is shared, and may give others. */
const named = ({ result }: Seen): readonly string[] => result.findings.map(({ id }) => id).filter((id) => ofData.includes(id))
const count = ({ audit }: Seen, kind: string): number => audit.defects.find((defect) => defect.kind === kind)?.count ?? 0

const order = "const id = randomUUID(); await audit.write(id, () => http.post('/orders', { json: { id } })); await think('5ms')"
const readOrders = "await audit.read((await http.get('/orders')).json())"

describe.concurrent('a store behind a cache', () => {
  // The first user makes it lose what it has not written, as a kill would.
  const body = `${order}; if (vu.id === 1 && vu.iteration === 40) await http.post('/crash')`

  it('that loses its memory loses exactly what it had acknowledged and not written', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'write-behind', body, audit: readOrders, objectives: ['lost = 0', 'phantoms = 0'] })
      expect(seen.truth['lost']).toBeGreaterThan(0)
      expect(count(seen, 'lost'), seen.audit.reason).toBe(seen.truth['lost'])
      expect(seen.audit.defects[0]?.examples.length).toBeGreaterThan(0)
      expect(named(seen)).toContain('lost-write')
      expect(seen.result.objectives).toMatchObject([{ text: 'lost = 0', verdict: 'fail' }, { verdict: 'pass' }])
      // 3: a busy machine may make the measurement too rough for a verdict.
      expect([1, 3]).toContain(seen.cli.status)
    }))

  it('and its twin that acknowledges what is on the disk loses nothing', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'write-through', body, audit: readOrders, objectives: ['lost = 0', 'phantoms = 0'] })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS', defects: [] })
      expect(seen.audit.counts.acknowledged).toBeGreaterThan(100)
      expect(seen.audit.counts.read).toBe(seen.audit.counts.acknowledged)
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
      expect(named(seen)).toEqual([])
    }))
})

describe.concurrent('a store that is killed under load and started again', () => {
  const killed = "users: 4, for: '8s', faults: [{ at: '3500ms', for: '1s', fault: fault.kill('target') }]"
  const objectives = ['lost = 0', 'phantoms = 0', 'duplicates = 0']

  it('loses what it had not written, when it answers before it writes', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'write-behind', body: order, audit: readOrders, objectives, test: killed })
      const gone = seen.truth['lost'] ?? 0
      expect(gone).toBeGreaterThan(4)
      // What the process had promised when it was killed may not have reached its four clients.
      expect(count(seen, 'lost'), seen.audit.reason).toBeGreaterThanOrEqual(gone - 4)
      expect(count(seen, 'lost')).toBeLessThanOrEqual(gone)
      expect(named(seen)).toEqual(['lost-write'])
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'pass', 'pass'])
    }))

  it('loses nothing when it writes before it answers, whatever was under way', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'write-through', body: order, audit: readOrders, objectives, test: killed })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS' })
      // It was away: some were refused, or broken off.
      expect(seen.audit.counts.failed + seen.audit.counts.uncertain).toBeGreaterThan(0)
      expect(named(seen)).toEqual([])
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
      expect(await bench.leftovers()).toEqual([])
    }))
})

describe.concurrent('retries after an answer that got lost', () => {
  const body = `
  const id = randomUUID()
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await audit.write(id, () => http.post('/orders', { json: { id } }))
    if (answer.ok) break
  }
  await think('5ms')`

  it('without an idempotency key are carried out again, exactly as often as the server says', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'retry', body, audit: readOrders, objectives: ['duplicates = 0'] })
      expect(seen.truth['doubled']).toBeGreaterThan(0)
      const doubled = readLines(bench).flatMap((line) => (line.kind === 'audit-found' ? line.ids : []))
      expect(doubled.length - new Set(doubled).size).toBe(seen.truth['doubled'])
      expect(count(seen, 'duplicate')).toBeGreaterThan(0)
      expect(count(seen, 'lost')).toBe(0)
      expect(named(seen)).toContain('duplicate-effect')
      expect(seen.result.objectives[0]?.verdict).toBe('fail')
    }))

  it('with one are not', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'retry-guarded', body, audit: readOrders, objectives: ['duplicates = 0'] })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS' })
      // A write whose first answer got lost is acknowledged by the second.
      expect(seen.result.totals.failed).toBeGreaterThan(0)
    }))
})

describe.concurrent('a bank', () => {
  const body = "await audit.add('balance', 1, () => http.post('/deposits'))"
  const audit = "audit.total('balance', (await http.get('/balance')).json().balance)"

  it('that reads and then writes loses updates', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'bank-unlocked', body, audit, objectives: ['lost = 0', 'counters = 0'] })
      expect(count(seen, 'counter'), seen.audit.reason).toBe(1)
      expect(named(seen)).toContain('lost-update')
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'fail'])
    }))

  it('that adds in one piece does not', () =>
    withBench(async (bench) => {
      const seen = await run(bench, { mode: 'bank', body, audit, objectives: ['lost = 0', 'counters = 0'] })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS' })
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
    }))
})

describe.concurrent('answers', () => {
  const echo = "const nonce = randomUUID(); audit.echo(nonce, (await http.get('/echo', { query: { nonce } })).json().nonce)"
  const file = `
  const path = '/files/' + randomUUID(), body = 'x'.repeat(500) + path, sum = audit.checksum(body)
  await http.put(path, { body, name: 'PUT file' })
  audit.intact(path, (await http.get(path, { name: 'GET file' })).bytes, sum)`
  const readBack = `${order.replace("await think('5ms')", '')}
  await audit.readBack(id, () => http.get('/orders/' + id, { expect: [200, 404], name: 'GET order' }))`

  it.each([
    { what: 'that go to somebody else are mixed up', mode: 'mixed', body: echo, metric: 'mixed', finding: 'mixed-answer' },
    { what: 'of which some are cut are torn', mode: 'torn', body: file, metric: 'torn', finding: 'torn-payload' },
    { what: 'from an old cache are stale', mode: 'stale', body: readBack, metric: 'stale', finding: 'stale-read' },
  ])('$what', ({ mode, body, metric, finding }) =>
    withBench(async (bench) => {
      const audit = `${readOrders}; audit.invariant('the books are in order', false, 'a page is missing')`
      const seen = await run(bench, {
        mode,
        body: `${body}; await think('5ms')`,
        audit,
        objectives: [`${metric} = 0`, 'invariants = 0'],
      })
      expect(named(seen)).toEqual(expect.arrayContaining([finding, 'invariant-broken']))
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'fail'])
      if (metric !== 'stale') expect(count(seen, metric)).toBe(seen.truth[metric])
      // The cache keeps for 300 ms what it saw before the write; two more for the rounding of its clock.
      else expect(seen.audit.staleSec?.max).toBeLessThan(0.302)
    }),
  )

  it('of a healthy service are none of it', () =>
    withBench(async (bench) => {
      const body = `${echo}; { ${file} }; { ${readBack} }; await think('5ms')`
      const audit = `${readOrders}; audit.invariant('the books are in order', true)`
      const objectives = ['mixed = 0', 'torn = 0', 'stale = 0', 'invariants = 0', 'lost = 0', 'duplicates = 0', 'phantoms = 0']
      // From two threads: one reads back what it wrote itself, on a clock that both share.
      const seen = await run(bench, { mode: 'healthy', body, audit, objectives }, ['--workers', '2'])
      expect(new Set(readLines(bench).flatMap((line) => (line.kind === 'audit-work' ? [line.worker] : []))).size).toBe(2)
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS' })
      expect(seen.result.objectives.every(({ verdict }) => verdict === 'pass')).toBe(true)
      expect(named(seen)).toEqual([])
    }))
})

describe.concurrent('the final read', () => {
  it('in teardown serves as well, and what setup read was there before', () =>
    withBench(async (bench) => {
      bench.write('store.ndjson', 'old-1\nold-2\n')
      const more = `async setup({ http, audit }) { ${readOrders} }, async teardown({ http, audit }) { ${readOrders} },`
      const seen = await run(bench, { mode: 'write-through', body: order, more, objectives: ['lost = 0', 'phantoms = 0'] })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS' })
      expect(seen.audit.counts.read).toBe(seen.audit.counts.acknowledged + 2)
      expect(seen.result.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
    }))

  it.each([
    { what: 'that the plan does not make', audit: undefined, reason: 'Nothing was read in the end' },
    { what: 'that throws', audit: "await audit.read([]); throw new Error('no such table')", reason: 'no such table' },
  ])('$what leaves the data unknown, and the objective with it', ({ audit, reason }) =>
    withBench(async (bench) => {
      const objectives = ['lost = 0']
      const seen = await run(bench, { mode: 'write-through', body: order, ...(audit === undefined ? {} : { audit }), objectives })
      expect(seen.audit).toMatchObject({ verdict: 'UNKNOWN' })
      expect(seen.audit.reason).toContain(reason)
      expect(seen.result.objectives[0]?.verdict).toBe('unknown')
      expect(seen.cli.status).toBe(3)
    }),
  )

  it('goes id by id where the target cannot list what it holds', () =>
    withBench(async (bench) => {
      const audit = `for (const id of audit.ids) if ((await http.get('/orders/' + id, { expect: [200, 404] })).status === 200) await audit.read([id])`
      const seen = await run(bench, {
        mode: 'write-through',
        body: order,
        audit,
        objectives: ['lost = 0'],
        test: 'users: 1, iterations: 50',
      })
      expect(seen.audit, seen.audit.reason).toMatchObject({ verdict: 'PASS', counts: { acknowledged: 50, read: 50 } })
    }))
})

describe.concurrent('the record', () => {
  it('gives the same audit again, and a run that was killed leaves the data unknown', () =>
    withBench(async (bench) => {
      const first = await run(bench, { mode: 'write-through', body: order, audit: readOrders, objectives: ['lost = 0'] })
      const again = await bench.cli(['report', bench.out, '--format', 'json'])
      const [rebuilt] = (JSON.parse(again.stdout) as RunResult).tests // the contract of that format
      expect(rebuilt?.audit).toEqual(first.audit)
      // As a kill leaves it: in the middle of the final read.
      const file = join(bench.out, 'audit.ndjson')
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.slice(0, text.indexOf('audit-found') + 60))
      const cut = await bench.cli(['report', bench.out, '--format', 'json'])
      const [killed] = (JSON.parse(cut.stdout) as RunResult).tests // likewise
      expect(killed?.audit).toMatchObject({ verdict: 'UNKNOWN' })
    }))

  it('of a run that was killed under load has what was written until then', () =>
    withBench(async (bench) => {
      writePlan(bench, {
        mode: 'write-through',
        body: order,
        audit: readOrders,
        objectives: ['lost = 0'],
        test: "users: 2, for: '60s'",
      })
      const file = join(bench.out, 'audit.ndjson')
      let timer: NodeJS.Timeout | undefined
      const { signal } = await bench.run([], {
        onOutput: (_, running) => {
          timer ??= setInterval(() => {
            if (existsSync(file)) running.signal('SIGKILL')
          }, 50)
        },
      })
      clearInterval(timer)
      expect(signal).toBe('SIGKILL')
      const { stdout } = await bench.cli(['report', bench.out, '--format', 'json'])
      const [killed] = (JSON.parse(stdout) as RunResult).tests // the contract of that format
      expect(killed?.audit).toMatchObject({ verdict: 'UNKNOWN', defects: [], counts: { read: null } })
      expect(killed?.audit?.counts.acknowledged).toBeGreaterThan(0)
      expect(await bench.leftovers(10_000)).toEqual([])
    }))

  it('of a run without an audit has no file for it', () =>
    withBench(async (bench) => {
      writePlan(bench, { mode: 'healthy', body: "await http.get('/orders')", audit: readOrders, test: 'users: 1, iterations: 3' })
      await bench.run()
      expect(existsSync(join(bench.out, 'audit.ndjson'))).toBe(false)
      expect(bench.result().tests[0]).not.toHaveProperty('audit')
    }))

  it('hides secrets in ids, and shows others as they are', () =>
    withBench(async (bench) => {
      const body = `const id = '<b>' + token + vu.iteration; await audit.write(id, () => http.get('/health')); audit.echo(token, 'else')`
      writePlan(bench, { mode: 'healthy', body, audit: 'await audit.read([])', test: 'users: 1, iterations: 3' })
      const plan = readFileSync(join(bench.folder, 'test.plan.ts'), 'utf8')
      writeFileSync(join(bench.folder, 'test.plan.ts'), plan.replace('const work', "const token = env('TOKEN')\nconst work"))
      const cli = await bench.run(['--reporter', 'line,json,html'], { env: { TOKEN: 'very-secret-token' } })
      const seen = seenOn(bench, cli)
      expect(count(seen, 'lost')).toBe(3)
      for (const name of ['audit.ndjson', 'result.json', 'report.html', 'events.ndjson'])
        expect(readFileSync(join(bench.out, name), 'utf8'), name).not.toContain('very-secret-token')
      expect(readFileSync(join(bench.out, 'report.html'), 'utf8')).not.toContain('<b>***')
    }))
})

function readLines(bench: TestBench): readonly AuditLine[] {
  const lines = readFileSync(join(bench.out, 'audit.ndjson'), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditLine) // written by the program under test, in that format
}
