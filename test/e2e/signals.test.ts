import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunningCli } from '../kit/run-cli.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

const reports = ['--reporter', 'line,json,html,junit,text']
const reportFiles = ['result.json', 'report.html', 'junit.xml', 'report.txt']

/** Does `act` once, some time after the record says that this has happened. */
function when(bench: TestBench, happened: (events: string) => boolean, act: (run: RunningCli) => void) {
  let done = false
  let timer: NodeJS.Timeout | undefined
  // What is printed comes only now and then; the record is looked at in between.
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      if (done) return clearInterval(timer)
      const path = join(bench.out, 'events.ndjson')
      if (!existsSync(path) || !happened(readFileSync(path, 'utf8'))) return
      done = true
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

/** A second of load is in the record. */
function loaded(bench: TestBench): () => boolean {
  return () => readFileSync(join(bench.out, 'windows.ndjson'), 'utf8').includes('"request"')
}

describe.concurrent('Ctrl-C', () => {
  it('once: ends gracefully, judges, writes every report, stops the target, status 130', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 2, for: '60s'" })
      const onOutput = when(bench, loaded(bench), (run) => run.signal('SIGINT'))
      const { status, seconds } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(seconds).toBeLessThan(30)
      const result = bench.result()
      expect(result).toMatchObject({ exitCode: 130, verdict: 'interrupted' })
      expect(result.tests[0]!.reason).toMatch(/^The run was interrupted after \d+ s of load/)
      expect(result.tests[0]!.totals.requests).toBeGreaterThan(0)
      // Iterations that ran were let finish: nothing failed.
      expect(result.tests[0]!.totals.failed).toBe(0)
      for (const file of reportFiles) expect(existsSync(join(bench.out, file)), file).toBe(true)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('twice: does not wait for what still runs, and is cleaned up all the same', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'slow',
        args: [20_000],
        body: "if (vu.id === 1) { await think('50ms') } else { await http.get('/') }",
        test: "users: 2, for: '60s', gracefulStop: '30s'",
      })
      const started = (events: string): boolean => events.includes('load-started')
      const onOutput = when(bench, started, (run) => {
        setTimeout(() => run.signal('SIGINT'), 1500)
        setTimeout(() => run.signal('SIGINT'), 2500)
      })
      const { status, seconds } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(seconds).toBeLessThan(18) // a graceful stop would have waited for the answer after 20 s
      for (const file of reportFiles) expect(existsSync(join(bench.out, file)), file).toBe(true)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('while the target starts: stops it, status 130', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'never-ready', target: "readyTimeout: '60s'" })
      const starting = (events: string): boolean => events.includes('"title":"target"')
      const onOutput = when(bench, starting, (run) => setTimeout(() => run.signal('SIGINT'), 300))
      const { status, seconds, stderr } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(seconds).toBeLessThan(20)
      expect(stderr).not.toContain('defect of proofload')
      expect(bench.result()).toMatchObject({ exitCode: 130, verdict: 'interrupted', tests: [] })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('during setup: gives it its signal, runs no test, status 130', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        more: "async setup({ signal }) { await new Promise((done) => { const all = setTimeout(done, 30_000); signal.addEventListener('abort', () => { clearTimeout(all); done(0) }) }) },",
      })
      const settingUp = (events: string): boolean => events.includes('setup of the plan')
      const onOutput = when(bench, settingUp, (run) => setTimeout(() => run.signal('SIGINT'), 300))
      const { status, seconds } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(seconds).toBeLessThan(20)
      expect(bench.result()).toMatchObject({ verdict: 'interrupted', tests: [] })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('during a setup that does not listen: does not wait for it', () =>
    withBench(async (bench) => {
      simplePlan(bench, { more: 'async setup() { await new Promise((done) => setTimeout(done, 40_000)) },' })
      const settingUp = (events: string): boolean => events.includes('setup of the plan')
      const onOutput = when(bench, settingUp, (run) => {
        setTimeout(() => run.signal('SIGINT'), 300)
        setTimeout(() => run.signal('SIGINT'), 900)
      })
      const { status, seconds } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(seconds).toBeLessThan(20)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('SIGTERM is the same', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 2, for: '60s'" })
      const onOutput = when(bench, loaded(bench), (run) => run.signal('SIGTERM'))
      const { status } = await bench.run(reports, { onOutput })
      expect(status).toBe(130)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('leaves out the plans that come after', () =>
    withBench(async (bench) => {
      simplePlan(bench, { test: "users: 2, for: '60s'" })
      bench.write(
        'zweiter.plan.ts',
        "import { plan, scenario } from 'proofload'\nexport default plan({ scenarios: { a: scenario(() => undefined) }, tests: { b: { users: 1, for: '1s' } } })\n",
      )
      const first = join(bench.out, 'test')
      const inFirst = { ...bench, out: first }
      const onOutput = when(inFirst, loaded(inFirst), (run) => run.signal('SIGINT'))
      const { status } = await bench.cli(['run', 'test.plan.ts', 'zweiter.plan.ts', '--out', bench.out], { onOutput })
      expect(status).toBe(130)
      expect(readdirSync(bench.out)).not.toContain('zweiter')
    }))
})

/** `PROGRAM` runs a plan with a reporter that takes its time, and tells when it has begun. */
async function interruptedWhileReporting(bench: TestBench, times: number): Promise<{ status: number | null; output: string }> {
  simplePlan(bench, { behaviour: false, body: "await think('50ms')", test: "users: 1, for: '1s'" })
  bench.write(
    'program.mjs',
    `import { runPlan } from '${new URL('../../dist/public/runner.js', import.meta.url).href}'
const slow = { onResult: async () => { console.log('reporting'); await new Promise((done) => setTimeout(done, 3000)); console.log('reported') } }
await runPlan('test.plan.ts', { reporters: [slow], out: 'out' })
`,
  )
  const child = spawn(process.execPath, ['program.mjs'], {
    cwd: bench.folder,
    env: { ...process.env, ...bench.env },
    stdio: 'pipe',
  })
  let output = ''
  let sent = 0
  child.stdout.on('data', (text) => {
    output += String(text)
    if (sent > 0) return
    for (; sent < times; sent++) setTimeout(() => child.kill('SIGINT'), 200 * sent)
  })
  const [status] = (await once(child, 'exit')) as [number | null] // its first argument, by the documentation of Node.js
  return { status, output }
}

describe.concurrent('Ctrl-C while reports are written', () => {
  it('waits for them: it may be the second of somebody impatient', () =>
    withBench(async (bench) => {
      const { status, output } = await interruptedWhileReporting(bench, 1)
      expect(output).toContain('reported')
      expect(status).toBe(0)
    }))

  it('and after them keeps the status of the run, however long the plan holds on to the program', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: false,
        before: 'setInterval(() => undefined, 1000)',
        body: "await think('50ms')",
        test: "users: 1, for: '1s'",
      })
      let timer: NodeJS.Timeout | undefined
      const { status } = await bench.run([], {
        onOutput: (_, run) => {
          timer ??= setInterval(() => {
            if (!existsSync(join(bench.out, 'result.json'))) return
            clearInterval(timer)
            setTimeout(() => run.signal('SIGINT'), 200)
          }, 20)
        },
      })
      // A busy machine may have voided it.
      expect(status).toBe(bench.result().verdict === 'invalid' ? 3 : 0)
    }))

  it('again: ends at once', () =>
    withBench(async (bench) => {
      const { status, output } = await interruptedWhileReporting(bench, 2)
      expect(output).not.toContain('reported')
      expect(status).toBe(null)
    }))
})

describe('kill -9 of proofload in mid-run', () => {
  it('takes target and PostgreSQL with it through the watchdog, and the record can be reported', () =>
    withBench(async (bench) => {
      simplePlan(bench, { more: 'services: { db: service.postgres({ maxConnections: 10 }) },', test: "users: 2, for: '60s'" })
      let alive: readonly string[] = []
      const onOutput = when(bench, loaded(bench), (run) => {
        void bench.leftovers(0).then((found) => {
          alive = found
          run.signal('SIGKILL')
        })
      })
      const { signal } = await bench.run(reports, { onOutput })
      expect(signal).toBe('SIGKILL')
      // The check itself can fail: all of it was there a moment before.
      expect(alive.join('\n')).toMatch(/server\.mjs/)
      expect(alive.join('\n')).toMatch(/postgres/)
      expect(alive.join('\n')).toMatch(/watchdog/)
      expect(alive.join('\n')).toMatch(/port \d+ is taken/)
      expect(alive.join('\n')).toMatch(/journal /)
      expect(await bench.leftovers(8000)).toEqual([])

      const text = await bench.cli(['report', bench.out])
      expect(text.status).toBe(0)
      expect(text.stdout).toContain('The record breaks off after')
      const json = await bench.cli(['report', bench.out, '--format', 'json'])
      const result = JSON.parse(json.stdout) as { verdict: string; exitCode: number; tests: { totals: { requests: number } }[] } // `result.json` on the screen
      expect(result).toMatchObject({ verdict: 'interrupted', exitCode: 130 })
      expect(result.tests[0]!.totals.requests).toBeGreaterThan(0)
      const doctor = await bench.cli(['doctor'])
      expect(doctor.stdout).toContain('Nothing was left behind by an earlier run.')
      expect(doctor.status).toBe(0)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('and of its watchdog: doctor finds, lists and ends what stayed', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'grandchildren', test: "users: 2, for: '60s'" })
      const onOutput = when(bench, loaded(bench), (run) => {
        const [watchdog] = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isWatchdogOf(name, run.pid))
        process.kill(Number(watchdog), 'SIGKILL')
        run.signal('SIGKILL')
      })
      const { signal } = await bench.run(reports, { onOutput })
      expect(signal).toBe('SIGKILL')
      const listed = await bench.cli(['doctor', '--list'])
      expect(listed.status).toBe(1)
      expect(listed.stdout).toContain('Left behind by the run')
      expect(listed.stdout).toMatch(/process \d+ {2}.*server\.mjs/)
      expect((await bench.leftovers(0)).join('\n')).toContain('server.mjs')
      const doctor = await bench.cli(['doctor'])
      expect(doctor.stdout).toContain('All of it was ended, removed and put right.')
      expect(doctor.status).toBe(0)
      expect(await bench.leftovers()).toEqual([])
      expect((await bench.cli(['doctor'])).stdout).toContain('Nothing was left behind by an earlier run.')
    }))
})

function isWatchdogOf(pid: string, parent: number): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('watchdog') &&
      readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${parent}\n`)
    )
  } catch {
    // It ended while we looked.
    return false
  }
}
