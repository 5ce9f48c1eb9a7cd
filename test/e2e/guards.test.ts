import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunHeader } from '../../src/model/run-header.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** What the target `grows-after` has noted. */
interface Seen {
  readonly grewAtMs: number
  readonly lastAtMs: number
}

function seen(bench: TestBench): Seen {
  return JSON.parse(readFileSync(join(bench.folder, 'seen.json'), 'utf8')) as Seen // as the target writes it
}

/** Wall clock of a moment on the run clock. */
function wallMs(bench: TestBench, sec: number): number {
  const { startedAt } = JSON.parse(readFileSync(join(bench.out, 'plan.json'), 'utf8')) as RunHeader // the header of the record
  return Date.parse(startedAt) + sec * 1000
}

function event<K extends RunEvent['kind']>(bench: TestBench, kind: K): Extract<RunEvent, { kind: K }> | undefined {
  return bench.events().find((one): one is Extract<RunEvent, { kind: K }> => one.kind === kind)
}

/** Waits until the record of a run says so. */
async function recorded(bench: TestBench, happened: (events: string) => boolean, out = bench.out): Promise<void> {
  const path = join(out, 'events.ndjson')
  const deadline = performance.now() + 30_000
  while (!existsSync(path) || !happened(readFileSync(path, 'utf8'))) {
    if (performance.now() > deadline) throw new Error(`the record in ${out} does not say what was waited for`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const loading = (events: string): boolean => events.includes('"load-started"')

/**
 * The issue's own limit: the load is gone two seconds after the condition has become true. A second of it is the probe's; where neighbours keep
 * the target and us from running for the other, another attempt may find the machine with time for us.
 */
const goneWithinMs = 2000
const attempts = { retry: 2 }

// One after the other: they are about time.
describe('a guard that fires', () => {
  it('ends the load within two seconds of the memory it is about, with its value in the record', attempts, () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'grows-after',
        args: [2500],
        more: "stopWhen: ['target.memory > 300MB'],",
        test: "users: 2, for: '60s'",
      })
      const { status } = await bench.run()
      expect(status).toBe(4)
      const { grewAtMs, lastAtMs } = seen(bench)
      expect(lastAtMs).toBeGreaterThan(grewAtMs)
      expect(lastAtMs - grewAtMs).toBeLessThan(goneWithinMs)
      const alarm = event(bench, 'alarm')
      expect(alarm).toMatchObject({ condition: 'target.memory > 300MB', scope: 'target', test: 'steady' })
      expect(alarm?.value).toBeGreaterThan(300e6)
      const [test] = bench.result().tests
      expect(test?.verdict).toBe('stopped')
      expect(test?.reason).toMatch(
        /^Stopped by "target\.memory > 300MB" \(it was \d+ MB\) after \d+ s of load \(60 s were planned\), [\d,]+ iterations made, 2 users at the end\.$/,
      )
      expect(await bench.leftovers()).toEqual([])
    }),
  )

  it('on time ends the load within two seconds of that time', attempts, () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'grows-after',
        args: [60_000],
        more: "stopWhen: ['test.time > 2s'],",
        test: "arrivals: '50/s', for: '60s'",
      })
      expect((await bench.run()).status).toBe(4)
      const dueMs = wallMs(bench, (event(bench, 'load-started')?.t ?? 0) + 2)
      const { lastAtMs } = seen(bench)
      expect(lastAtMs).toBeGreaterThan(dueMs - 1000) // it did not end the load before it was time
      expect(lastAtMs - dueMs).toBeLessThan(goneWithinMs)
      expect(event(bench, 'alarm')).toMatchObject({ condition: 'test.time > 2s', scope: 'run' })
    }),
  )
})

describe.concurrent('a guard', () => {
  it.each([
    ['host.disk.free < 100%', 'host'],
    ['host.disk.free < 1000TB', 'host'],
    ['host.memory > 0.1%', 'host'],
    ['host.memory.free < 1000TB', 'host'],
    ['generator.memory > 10MB', 'host'],
    ['generator.memory > 0.01%', 'host'],
    ['target.memory > 1MB', 'target'],
  ] as const)('%s is met at once, ends the run with status 4, and the rest of its tests is not run', (condition, scope) =>
    withBench(async (bench) => {
      simplePlan(bench, { more: `stopWhen: ['${condition}'],`, test: "users: 1, for: '30s' }, later: { users: 1, for: '1s'" })
      const { status, seconds } = await bench.run()
      expect(status).toBe(4)
      expect(seconds).toBeLessThan(25)
      expect(bench.events().filter(({ kind }) => kind === 'alarm')).toMatchObject([{ condition, scope }])
      const result = bench.result()
      expect(result.verdict).toBe('stopped')
      expect(result.tests.map(({ name }) => name)).toEqual(['steady'])
      expect(result.tests[0]?.reason).toContain(`Stopped by "${condition}" (it was `)
    }),
  )

  it('does not fire below its limit, and one that nothing was measured for is said to be blind', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        more: "stopWhen: ['host.disk.free < 0.001%', 'generator.memory > 90%', 'test.time > 60s', 'target.heap > 1GB'],",
        test: "users: 1, for: '3s'",
      })
      await bench.run()
      expect(bench.events().filter(({ kind }) => kind === 'alarm')).toEqual([])
      const blind = bench.result().tests[0]?.validity.checks.find(({ id }) => id === 'stop-conditions')
      expect(blind).toMatchObject({ verdict: 'warn', value: 1 })
      expect(blind?.advice).toContain('"target.heap > 1GB"')
    }))

  it('cannot be about what is known only when the test is over', () =>
    withBench(async (bench) => {
      simplePlan(bench, { more: "stopWhen: ['recovery > 30s', 'target.time > 3s']," })
      const { status, stderr } = await bench.run()
      expect(status).toBe(2)
      expect(stderr).toContain('expected a metric that is known while the load runs at column 1, got `recovery`')
      expect(stderr).toContain('Did you mean `test.time`?')
    }))
})

describe.concurrent('proofload stop', () => {
  it('ends a run under load, waits for it, and says what became of it', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 2, for: '60s'" })
      const running = bench.run(['--reporter', 'line,json,html,junit,text'])
      await recorded(bench, loading)
      const listed = await bench.cli(['doctor'])
      expect(listed.stdout).toMatch(/^In progress: test, process \d+, since /m)
      const stop = await bench.cli(['stop', 'out'])
      expect(stop.status).toBe(0)
      // All of it is over when `stop` returns.
      expect(existsSync(join(bench.out, 'report.html'))).toBe(true)
      expect(stop.stdout).toMatch(/^Asked the run of test to stop \(process \d+, out\)\.$/m)
      expect(stop.stdout).toMatch(
        /^test ended after [\d.]+ s: stopped\. Stopped from outside by `proofload stop` after \d+ s of load \(60 s were planned\)/m,
      )
      const { status, stderr } = await running
      expect(status).toBe(4)
      expect(stderr).toContain('(STOPPED)')
      expect(bench.result()).toMatchObject({ verdict: 'stopped', exitCode: 4, errors: [{ code: 'STOPPED' }] })
      expect(await bench.leftovers()).toEqual([])
      expect((await bench.cli(['stop', 'out'])).stdout).toBe('The run in out has ended already: stopped.\n')
      expect((await bench.cli(['stop'])).stdout).toBe('No run of yours is in progress on this machine.\n')
    }))

  it('ends a run whose target is still starting', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'never-ready', target: "readyTimeout: '60s'" })
      const running = bench.run()
      await recorded(bench, (events) => events.includes('"title":"target"'))
      const stop = await bench.cli(['stop'])
      expect(stop.stdout).toMatch(/stopped\. The run was stopped from outside by `proofload stop`\.$/m)
      expect((await running).status).toBe(4)
      expect(bench.result()).toMatchObject({ verdict: 'stopped', exitCode: 4, tests: [] })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('ends a run between two tests', () =>
    withBench(async (bench) => {
      // The second test wants a fresh target, which takes its time to stop.
      simplePlan(bench, {
        behaviour: 'stubborn',
        test: "users: 1, for: '1s' }, second: { users: 1, for: '30s', fresh: true",
      })
      const running = bench.run()
      await recorded(bench, (events) => events.includes('"test-ended"'))
      expect((await bench.cli(['stop'])).status).toBe(0)
      expect((await running).status).toBe(4)
      expect(bench.result().tests.map(({ name, verdict }) => [name, verdict])).not.toContainEqual(['second', 'passed'])
      expect(await bench.leftovers()).toEqual([])
    }))

  it('without a folder ends every run of the user, and no plan after them begins', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: false, body: "await think('50ms')", test: "users: 1, for: '60s'" })
      const others = ['one', 'two'].map((name) => join(bench.folder, name))
      const runs = others.map((out) => bench.cli(['run', 'test.plan.ts', 'test.plan.ts', '--out', out]))
      for (const out of others) await recorded(bench, loading, join(out, 'test'))
      const stop = await bench.cli(['stop'])
      expect(stop.status).toBe(0)
      expect(stop.stdout.match(/^test ended after/gm)).toHaveLength(2)
      for (const run of runs) expect((await run).status).toBe(4)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('passes over a run that was killed', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 1, for: '60s'" })
      let kill = (): void => undefined
      const running = bench.run([], { onOutput: (_, run) => (kill = () => run.signal('SIGKILL')) })
      await recorded(bench, loading)
      kill()
      expect((await running).signal).toBe('SIGKILL')
      expect((await bench.cli(['stop'])).stdout).toBe('No run of yours is in progress on this machine.\n')
      expect((await bench.cli(['stop', 'out'])).stdout).toContain('is not in progress here: it was killed')
      const nowhere = await bench.cli(['stop', 'nowhere'])
      expect([nowhere.status, nowhere.stderr.includes('(RECORD_UNREADABLE)')]).toEqual([2, true])
      expect(await bench.leftovers(8000)).toEqual([])
    }))
})

describe.concurrent('the halt file', () => {
  it('ends a run, lets none start, and is shown by doctor', () =>
    withBench(async (bench) => {
      const halt = join(bench.folder, 'halt')
      const env = { PROOFLOAD_HALT_FILE: halt }
      simplePlan(bench, { test: "users: 1, for: '60s'" })
      const running = bench.run([], { env })
      await recorded(bench, loading)
      writeFileSync(halt, 'maintenance until 6 pm\n')
      const { status, stderr } = await running
      expect(status).toBe(4)
      expect(stderr).toContain(
        `The run was stopped from outside: ${halt} halts every run on this machine ("maintenance until 6 pm").`,
      )
      expect(bench.result()).toMatchObject({ verdict: 'stopped', errors: [{ code: 'HALTED' }] })
      expect(bench.result().tests[0]?.reason).toMatch(/^Stopped from outside by the halt file of the machine after \d+ s of load/)

      const refused = await bench.run(['--out', join(bench.folder, 'second')], { env })
      expect(refused.status).toBe(4)
      expect(refused.stderr).toContain(`No run may start: ${halt} halts every run on this machine`)
      expect(refused.stderr).toContain(`rm ${halt}`)
      expect(refused.stderr).toContain('(HALTED)')
      expect(existsSync(join(bench.folder, 'second'))).toBe(false)
      expect((await bench.cli(['doctor'], { env })).stdout).toContain(`No run may start: ${halt} halts every run`)
      expect(await bench.leftovers()).toEqual([])
    }))
})
