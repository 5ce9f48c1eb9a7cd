import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { TestResult } from '../../src/model/run-result.ts'
import { scarceServer } from '../kit/limited/scarce-server.ts'
import type { RunningCli } from '../kit/run-cli.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** Writes a plan for the scarce server. The machine is shared, so nothing here rests on its speed or on the validity of its figures. */
function limitedPlan(bench: TestBench, mode: string, test: string, body = "await http.get('/work')"): void {
  bench.write('scarce.mjs', scarceServer)
  bench.plan(`
const work = scenario(async ({ http, think }) => { ${body}; await think('50ms') })
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node scarce.mjs ${bench.port} ${mode}' },
  scenarios: { work },
  http: { timeout: '5s' },
  tests: { limited: { gracefulStop: '2s', ${test} } },
})`)
}

function limited(bench: TestBench): TestResult {
  const [test] = bench.result().tests
  if (test === undefined) throw new Error('no test in the result')
  return test
}

const spike =
  "users: [{ to: 3, over: 0 }, { hold: '5s' }, { to: 90, over: 0 }, { hold: '6s' }, { to: 3, over: 0 }, { hold: '14s' }]"

describe.concurrent('a limit of files', () => {
  it('is where connections end: F minus what is open already are held, the others are closed, and all is well after it', () =>
    withBench(async (bench) => {
      const body = "await http.get('/plain')"
      limitedPlan(bench, 'files', `${spike}, limits: { files: 60 }`, body)
      await bench.run()
      const { resources, limits, probes, findings } = limited(bench)
      expect(limits).toMatchObject([{ name: 'files', asked: 60, set: true }])
      // Full but for the moment in which one is closed; a descriptor above the limit may have been inherited, and stays.
      expect(probes['target.files']!.max).toBeGreaterThanOrEqual(58)
      expect(probes['target.files']!.max).toBeLessThanOrEqual(62)
      expect(resources, JSON.stringify(resources)).toMatchObject([
        { resource: 'files', reached: true, survived: true, givenBack: true },
      ])
      expect(resources![0]!.errorClass).toMatch(/closed-early|reset/)
      expect(findings.map(({ id }) => id)).not.toContain('files-exhausted')
      expect(await bench.leftovers()).toEqual([])
    }))

  it('reached by a target that never closes its files is not borne, and named', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'files-kept', "users: 4, for: '20s', limits: { files: 60 }")
      await bench.run()
      const { resources, findings } = limited(bench)
      expect(resources, JSON.stringify(resources)).toMatchObject([
        { resource: 'files', verdict: 'FAIL', reached: true, survived: true, givenBack: false },
      ])
      expect(findings.map(({ id }) => id)).toContain('files-exhausted')
    }))

  it('that is not reached says nothing', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'files', "users: 2, for: '4s', limits: { files: 500 }")
      await bench.run()
      const { resources, findings } = limited(bench)
      expect(resources).toMatchObject([{ resource: 'files', verdict: 'UNKNOWN', reached: false }])
      expect(findings.map(({ id }) => id)).not.toContain('files-exhausted')
    }))
})

describe.concurrent('a limit of memory', () => {
  it('ends a target that keeps what it is sent: the run says so, and by which limit', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'memory-kept', "users: 2, for: '60s', limits: { memory: '80MB' }")
      const { status } = await bench.run()
      expect(status).toBe(5)
      const { resources, findings } = limited(bench)
      expect(resources, JSON.stringify(resources)).toMatchObject([{ resource: 'memory', verdict: 'FAIL', survived: false }])
      expect(findings.map(({ id }) => id)).toContain('memory-exhausted')
      expect(await bench.leftovers()).toEqual([])
    }))
})

describe.concurrent('a limit of file size', () => {
  const run = (bench: TestBench, mode: string): Promise<unknown> => {
    limitedPlan(bench, `${mode} data.bin`, "users: 2, for: '20s', limits: { fileSize: '3MB' }")
    return bench.run()
  }
  it('stops the writes and not the target', () =>
    withBench(async (bench) => {
      await run(bench, 'disk')
      const { resources, findings } = limited(bench)
      expect(resources, JSON.stringify(resources)).toMatchObject([
        { resource: 'disk', reached: true, survived: true, errorClass: null },
      ])
      expect(findings.map(({ id }) => id)).not.toContain('disk-full')
    }))

  it('that breaks the target for good is named by what its requests get', () =>
    withBench(async (bench) => {
      await run(bench, 'disk-stuck')
      const [disk] = limited(bench).resources ?? []
      expect(disk, JSON.stringify(disk)).toMatchObject({ reached: true, errorClass: 'status 503' })
      expect(disk?.verdict).not.toBe('PASS')
    }))
})

const pressure = `users: 2, for: '16s', faults: [
  { at: '3s', for: '6s', fault: fault.cpu({ share: '50%' }) },
  { at: '3s', for: '6s', fault: fault.memory({ bytes: '60MB', over: '1s' }) },
  { at: '3s', for: '6s', fault: fault.files({ count: 500 }) },
  { at: '3s', for: '6s', fault: fault.disk({ fill: '20MB' }) },
  { at: '3s', for: '6s', fault: fault.fsync() },
]`

function when(bench: TestBench, happened: (events: string) => boolean, act: (run: RunningCli) => void) {
  let timer: NodeJS.Timeout | undefined
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      const path = join(bench.out, 'events.ndjson')
      if (!existsSync(path) || !happened(readFileSync(path, 'utf8'))) return
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

/** The five faults are there. */
function pressed(events: string): boolean {
  return events.split('"kind":"fault-started"').length > 5
}

describe('pressure beside the target', () => {
  it('is there in its time, proven, in the result, and gone without a trace', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'files', pressure)
      await bench.run()
      const { faults, phases, resources, validity } = limited(bench)
      expect(
        faults!.map(({ id, verified }) => [id, verified]),
        JSON.stringify(faults),
      ).toEqual(['cpu', 'memory', 'files', 'disk', 'fsync'].map((id) => [id, true]))
      for (const { at, clearedAt } of faults!) {
        expect(at).toBeGreaterThanOrEqual(3)
        expect(clearedAt).toBeGreaterThan(at!)
      }
      expect(phases.map(({ name }) => name)).toEqual(['before', 'cpu', 'memory', 'files', 'disk', 'fsync', 'after'])
      expect(resources!.map(({ reached, survived, givenBack }) => [reached, survived, givenBack])).toEqual(
        Array.from({ length: 5 }, () => [true, true, true]),
      )
      expect(validity.checks.find(({ id }) => id === 'faults-active')?.verdict).toBe('ok')
      expect(await bench.leftovers()).toEqual([])
    }))

  it('that cannot be had makes the test invalid, with the reason', () =>
    withBench(async (bench) => {
      limitedPlan(
        bench,
        'files',
        "users: 1, for: '5s', faults: [{ at: '1s', for: '2s', fault: fault.disk({ fill: '1MB', dir: 'missing' }) }]",
      )
      const { status } = await bench.run()
      expect(status).toBe(3)
      const { verdict, validity } = limited(bench)
      expect(verdict).toBe('invalid')
      expect(validity.checks.find(({ id }) => id === 'faults-active')?.advice).toContain('unavailable here: ENOENT')
    }))

  it('ends with Ctrl-C, and before the load has', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'files', pressure)
      const { status } = await bench.run([], { onOutput: when(bench, pressed, (run) => run.signal('SIGINT')) })
      expect(status).toBe(130)
      const ended = bench.events().filter((event): event is RunEvent & { kind: 'fault-ended' } => event.kind === 'fault-ended')
      expect(ended.map(({ reverted }) => reverted)).toEqual([true, true, true, true, true])
      expect(await bench.leftovers()).toEqual([])
    }))

  it('ends when proofload is killed, by the pipe and the watchdog', () =>
    withBench(async (bench) => {
      limitedPlan(bench, 'files', `${pressure}, limits: { processes: 60, files: 500 }`)
      let alive: readonly string[] = []
      const onOutput = when(bench, pressed, (run) => {
        void bench.leftovers(0).then((found) => {
          alive = found
          run.signal('SIGKILL')
        })
      })
      const { signal } = await bench.run([], { onOutput })
      expect(signal).toBe('SIGKILL')
      expect(alive.join('\n')).toMatch(/holder/)
      expect(alive.join('\n')).toMatch(/folder proofload-pressure-/)
      const groups = bench.events().flatMap((event) => (event.kind === 'limits-set' ? event.limits.map(({ how }) => how) : []))
      expect(await bench.leftovers(10_000)).toEqual([])
      for (const how of groups) {
        const group = /control group (\S+)/.exec(how)?.[1]
        if (group !== undefined) expect(existsSync(group)).toBe(false)
      }
    }))
})
