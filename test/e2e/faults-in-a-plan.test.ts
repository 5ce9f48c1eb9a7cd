import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { FaultResult, PhaseResult, TestResult } from '../../src/model/run-result.ts'
import { chargesOf, fragilePlan, seenBy } from '../kit/fragile-target.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

// Each fault in a plan, through the built program: proven, met, undone, and seen by those at both ends. Whether a test is valid, and how long something took, depends on
// how busy this machine is; counts do not.

const timeoutMs = 300_000
const load = "arrivals: { rate: '20/s', process: 'uniform' }"

/** A target that nobody of the run starts: it tells whom it was taken for, and how often. */
const elsewhere = `
import { createServer } from 'node:http'
const hosts = new Set()
let asked = 0
createServer((request, answer) => {
  if (request.method === 'POST') asked += 1
  if (request.method === 'POST') hosts.add(request.headers.host)
  request.resume().on('end', () => answer.end(JSON.stringify({ hosts: [...hosts], asked })))
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`

interface Ran {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** Runs the plan; each fault of each test was there, and nothing of any is left. */
async function run(bench: TestBench, args: readonly string[] = []): Promise<Ran> {
  const { output } = await bench.run(args, { timeoutMs })
  const { tests } = bench.result()
  for (const test of tests) {
    for (const { id, verified, reverted, evidence } of test.faults ?? [])
      expect({ id, verified, reverted }, `${evidence}\n${output}`).toEqual({ id, verified: true, reverted: true })
    for (const id of ['faults-active', 'faults-undone'])
      expect(test.validity.checks.find((check) => check.id === id)?.verdict, `${test.name} ${id}`).toBe('ok')
  }
  expect(await bench.leftovers()).toEqual([])
  return { tests, output }
}

function only({ tests, output }: Ran): TestResult {
  const [test] = tests
  if (test === undefined || tests.length > 1) throw new Error(output)
  return test
}

function faultOf(test: TestResult, id: string): FaultResult {
  const found = test.faults?.find((fault) => fault.id === id)
  if (found === undefined) throw new Error(`no fault ${id} among ${String(test.faults?.map((fault) => fault.id))}`)
  return found
}

/** How many met it, which were some. */
function crossed(test: TestResult, id: string): number {
  const count = faultOf(test, id).crossed ?? 0
  expect(count, id).toBeGreaterThan(0)
  return count
}

function figuresOf(test: TestResult, phase: string): NonNullable<PhaseResult['figures']> {
  const figures = test.phases.find(({ name }) => name === phase)?.figures
  if (figures === undefined) throw new Error(`no figures of ${phase}`)
  return figures
}

describe.concurrent('faults of a plan', { timeout: timeoutMs + 20_000 }, () => {
  it('that a nemesis draws are the same for the same seed, and each is met', async () => {
    const tests = `weather: { suite: 'soak', ${load}, for: '9s', scenarios: ['charge'], nemesis: { every: '2s', for: '1s', faults: [
      fault.latency('payments', '100ms'), fault.status('payments', 503), { fault: fault.truncateBody('payments'), every: 2 }] } },`
    const drawn = (seed: number) =>
      withBench(async (bench) => {
        fragilePlan(bench, { needs: ['payments'], tests })
        const test = only(await run(bench, ['--seed', String(seed)]))
        const failing = (test.faults ?? []).filter(({ kind }) => kind !== 'latency').map(({ id }) => crossed(test, id))
        expect(test.totals.failed).toBe(failing.reduce((sum, count) => sum + count, 0))
        for (const { id } of test.faults ?? []) crossed(test, id)
        return bench.events().flatMap((event) => (event.kind === 'test-started' ? (event.spec.faults ?? []) : []))
      })
    const first = await drawn(7)
    expect(first.map(({ atSec, forSec }) => [atSec, forSec])).toEqual([2, 4, 6, 8].map((at) => [at, 1]))
    expect(await drawn(7)).toEqual(first)
  })

  it('on requests: who was turned away, who lost an answer, who was charged twice', () =>
    withBench(async (bench) => {
      const faults = `
        { at: '1s', for: '1s', fault: fault.status('payments', 503, { retryAfter: true }), where: 'POST /charges', every: 2 },
        { at: '3s', for: '1s', fault: fault.loseAnswer('payments') },
        { at: '5s', for: '1s', fault: fault.truncateBody('payments', '30%') },
        { at: '7s', for: '1s', fault: fault.duplicate('payments') },
        { at: '9s', for: '1s', fault: fault.slowBody('payments', '400ms') },`
      fragilePlan(bench, {
        needs: ['payments'],
        tests: `broken: { ${load}, for: '11s', scenarios: ['charge'], faults: [${faults}] },`,
      })
      const test = only(await run(bench))
      const refused = crossed(test, 'status(payments)')
      const lost = crossed(test, 'loseAnswer(payments)')
      const cut = crossed(test, 'truncateBody(payments)')
      // What the target heard, what the users heard, and what the payments did.
      expect(seenBy(bench).codes).toEqual({ 503: refused, ECONNRESET: lost + cut })
      expect(test.totals.failed).toBe(refused + lost + cut)
      const charges = chargesOf(bench)
      expect(new Set(charges).size).toBe(test.totals.requests - refused)
      expect(charges.length - new Set(charges).size).toBe(crossed(test, 'duplicate(payments)'))
      expect(crossed(test, 'slowBody(payments)')).toBeGreaterThan(0)
      expect(figuresOf(test, 'slowBody(payments)').latencyMs.max).toBeGreaterThanOrEqual(400)
    }))

  it('on statements: what failed was not written, and what lost its COMMIT was', () =>
    withBench(async (bench) => {
      const faults = `
        { at: '1s', for: '1s', fault: fault.postgresError('db', '40001'), every: 3 },
        { at: '3s', for: '1s', fault: fault.postgresError('db', '57P01'), every: 3 },
        { at: '5s', for: '1s', fault: fault.loseCommit('db'), every: 2 },`
      fragilePlan(bench, { needs: ['db'], tests: `broken: { ${load}, for: '8s', scenarios: ['order'], faults: [${faults}] },` })
      const test = only(await run(bench))
      const [again, ended] = [crossed(test, 'postgresError(db)'), crossed(test, 'postgresError(db) 2')]
      const lost = crossed(test, 'loseCommit(db)')
      const { codes, rows } = seenBy(bench)
      expect(codes).toEqual({ 40001: again, '57P01': ended, ECONNRESET: lost })
      expect(test.totals.failed).toBe(again + ended + lost)
      expect(rows).toHaveLength(test.totals.requests - test.totals.failed + lost)
    }))

  it('in the database: a lock, a long transaction, read-only, ended back ends and no connection left', () =>
    withBench(async (bench) => {
      const faults = `
        { at: '1s', for: '1s', fault: fault.lockTable('db', 'orders') },
        { at: '3s', for: '1s', fault: fault.longTransaction('db') },
        { at: '5s', for: '1s', fault: fault.readOnly('db') },
        { at: '6500ms', fault: fault.killBackends('db') },
        { at: '7s', for: '2s', fault: fault.exhaustConnections('db') },`
      fragilePlan(bench, { needs: ['db'], tests: `broken: { ${load}, for: '11s', scenarios: ['order'], faults: [${faults}] },` })
      const test = only(await run(bench))
      const { codes } = seenBy(bench)
      // Nobody wrote while the table was locked; who came first waited longest.
      expect(faultOf(test, 'lockTable(db)').evidence).toMatch(/locked in ACCESS EXCLUSIVE mode, and [1-9]\d* wait for it/)
      expect(figuresOf(test, 'longTransaction(db)').failed).toBe(0)
      expect(codes['25006']).toBeGreaterThan(0)
      expect(crossed(test, 'killBackends(db)')).toBeGreaterThan(0)
      // The target may go on with the connections that it has; nobody gets another one.
      expect(faultOf(test, 'exhaustConnections(db)').evidence).toContain('one more is refused with 53300')
      expect(test.totals.failed).toBe(Object.values(codes).reduce((sum, count) => sum + count, 0))
    }))

  it('inside the target: a blocked event loop, garbage, descriptors, and names that are found late or not at all', () =>
    withBench(async (bench) => {
      const faults = `
        { at: '1s', for: '1s', fault: fault.blockEventLoop({ block: '400ms', every: '800ms' }) },
        { at: '3s', for: '1s', fault: fault.gcPressure({ perSec: '20MB' }) },
        { at: '5s', for: '2s', fault: fault.openFiles({ count: 200 }) },
        { at: '8s', for: '1s', fault: fault.slowDns({ delay: '300ms' }) },
        { at: '10s', for: '1s', fault: fault.failDns({ code: 'EAI_AGAIN' }) },`
      fragilePlan(bench, {
        needs: [],
        target: 'preload: true,',
        tests: `broken: { ${load}, for: '12s', scenarios: ['look'], faults: [${faults}] },`,
      })
      const test = only(await run(bench))
      expect(figuresOf(test, 'blockEventLoop').latencyMs.max).toBeGreaterThan(200)
      expect(faultOf(test, 'gcPressure').evidence).toMatch(/[1-9]\d*\.\d MB of garbage a second/)
      expect(faultOf(test, 'openFiles').evidence).toMatch(/it holds 200 of 200 files \(2\d\d open in/)
      const files = test.probes['target.files']
      expect((files?.max ?? 0) - (files?.min ?? 0)).toBeGreaterThanOrEqual(200)
      expect(figuresOf(test, 'slowDns').latencyMs.p50).toBeGreaterThan(300)
      const { codes } = seenBy(bench)
      expect(codes).toEqual({ EAI_AGAIN: test.totals.failed })
      expect(test.totals.failed).toBeGreaterThan(0)
    }))

  it('at a target that runs elsewhere: its link can be broken, what lies behind it cannot', () =>
    withBench(async (bench) => {
      fragilePlan(bench, {
        needs: ['payments'],
        tests: `
          far: { ${load}, for: '5s', scenarios: ['visit'], faults: [{ at: '1s', for: '2s', fault: fault.latency('target', '300ms') }] },
          paid: { ${load}, for: '5s', scenarios: ['charge'], faults: [{ at: '1s', for: '2s', fault: fault.down('payments') }] },`,
      })
      // A process of its own: that of the tests may be busy for seconds.
      const child = spawn(process.execPath, [bench.write('elsewhere.mjs', elsewhere), String(bench.port)])
      await once(child.stdout, 'data')
      const url = `http://127.0.0.1:${bench.port}`
      const refused = await bench.run(['--target', url], { timeoutMs })
      expect(refused.status).toBe(2)
      expect(refused.output).toContain("tests.paid: expected a link that our proxy can stand in, got 'payments'")
      const { output } = await bench.run(['--target', url, '--test', 'far'], { timeoutMs })
      child.kill()
      const test = only({ tests: bench.result().tests, output })
      expect(test).toMatchObject({ name: 'far', faults: [{ id: 'latency(target)', verified: true, reverted: true }] })
      expect(crossed(test, 'latency(target)')).toBeGreaterThan(0)
      expect(figuresOf(test, 'latency(target)').latencyMs.p50).toBeGreaterThan(300)
      expect(figuresOf(test, 'after').latencyMs.p50).toBeLessThan(300)
      expect(seenBy(bench)).toEqual({ hosts: [`127.0.0.1:${bench.port}`], asked: test.totals.requests })
    }))

  it('show in what crosses a link, which is judged, and stops the run', () =>
    withBench(async (bench) => {
      const objectives = ['link.payments.calls > 15/s', 'link.payments.calls < 5/s', 'link.payments.failed < 1%']
      fragilePlan(bench, {
        needs: ['payments'],
        tests: `
          whole: { ${load}, for: '5s', scenarios: ['charge'], objectives: ${JSON.stringify(objectives)} },
          broken: { ${load}, for: '30s', scenarios: ['charge'], stopWhen: ['link.payments.failed > 50% for 2s'],
            faults: [{ at: '3s', for: '20s', fault: fault.status('payments', 500) }] },`,
      })
      const { status, output } = await bench.run([], { timeoutMs })
      expect(status, output).toBe(4)
      const [whole, broken] = bench.result().tests
      expect(whole?.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass'])
      expect(broken?.verdict).toBe('stopped')
      // Five seconds are the least that it takes.
      expect(broken?.durationSec).toBeGreaterThan(5)
      expect(broken?.durationSec).toBeLessThan(20)
      expect(broken?.faults).toMatchObject([{ verified: true, reverted: true }])
      const alarms = bench.events().flatMap((event) => (event.kind === 'alarm' ? [event] : []))
      expect(alarms).toMatchObject([{ test: 'broken', condition: 'link.payments.failed > 50% for 2s', scope: 'target' }])
      expect(alarms[0]?.value).toBeGreaterThan(0.5)
    }))

  it('that the readiness page of the target tells of are detected, and those that it does not feel are not', () =>
    withBench(async (bench) => {
      const broken = (what: string) =>
        `{ ${load}, for: '10s', scenarios: ['charge'], faults: [{ at: '6s', for: '3s', fault: ${what} }] }`
      fragilePlan(bench, {
        needs: ['payments'],
        target: "ready: '/health',",
        tests: `felt: ${broken("fault.status('payments', 500)")}, borne: ${broken("fault.latency('payments', '20ms')")}, whole: { ${load}, for: '2s', scenarios: ['charge'] },`,
      })
      const { output } = await bench.run([], { timeoutMs })
      const [felt, borne, whole] = bench.result().tests
      // On a busy machine a page may stay unanswered; what counts is what the answered ones said.
      const share = (test: TestResult | undefined, probe: string) => test?.probes[`target.ready${probe}`]?.mean ?? 0
      expect(share(felt, ''), output).toBeLessThan(share(felt, '.answered'))
      expect(felt?.probes['target.ready']?.max).toBe(1)
      expect(felt?.faults?.[0]?.recovery?.stages).toMatchObject({ detectedBy: 'readiness says no' })
      expect(felt?.faults?.[0]?.recovery?.stages.detectionSec).toBeLessThan(3)
      expect(share(borne, '')).toBeGreaterThan(0)
      expect(share(borne, '')).toBe(share(borne, '.answered'))
      expect(borne?.faults?.[0]?.recovery?.stages.detectedBy ?? null).toBeNull()
      // Nothing is asked where nothing is broken.
      expect(whole?.probes['target.ready']).toBeUndefined()
    }))
})
