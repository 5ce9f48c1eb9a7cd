import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { simplePlan } from '../kit/simple-plan.ts'
import { withBench } from '../kit/test-bench.ts'

describe.concurrent('a target that does not do as it should ends the run with status 5, and nothing of it stays', () => {
  it('names a command that does not exist', () =>
    withBench(async (bench) => {
      bench.plan(`const get = scenario(async ({ http }) => { await http.get('/') })
export default plan({ target: { url: 'http://127.0.0.1:${bench.port}', start: 'nodee server.mjs' }, scenarios: { get }, tests: { a: { users: 1, for: '1s' } } })`)
      const { status, stderr } = await bench.run()
      expect(stderr).toContain('`nodee server.mjs` cannot be started in')
      expect(stderr).toContain('ENOENT')
      expect(stderr).toContain('Check the command and the folder')
      expect(stderr).toContain('(TARGET_NOT_STARTED)')
      expect(status).toBe(5)
      expect(bench.result()).toMatchObject({ exitCode: 5, verdict: 'error', errors: [{ code: 'TARGET_NOT_STARTED' }] })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('shows the last lines of one that exits at once', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'exits-at-once' })
      const { status, stderr, seconds } = await bench.run()
      expect(stderr).toContain('ended with status 3 before it was ready')
      expect(stderr).toContain('reading the settings')
      expect(stderr).toContain('Error: no DATABASE_URL in the environment')
      expect(status).toBe(5)
      expect(seconds).toBeLessThan(15) // it does not wait for `readyTimeout` (30 s)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('gives up one that is not ready in time, with what it printed', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'never-ready', target: "ready: '/health', readyTimeout: '1s'" })
      const { status, stderr } = await bench.run()
      expect(stderr).toContain(`Expected an answer below 400 from http://127.0.0.1:${bench.port}/health within 1 s, got: `)
      expect(stderr).toContain('waiting for the database')
      expect(stderr).toContain('raise `readyTimeout`')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('says what one answers that listens and is not ready', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'not-healthy', target: "ready: '/health', readyTimeout: '1s'" })
      const { status, stderr } = await bench.run()
      expect(stderr).toContain('got: it answers 503')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('judges and reports what there is when it dies in the middle', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'dies-after', args: [2500], test: "users: 2, for: '20s'" })
      const { status, stderr, seconds } = await bench.run(['--reporter', 'line,json,html,junit,text'])
      expect(stderr).toContain('The target ended with status 9 during the run')
      expect(stderr).toContain('FATAL: out of memory')
      expect(stderr).toContain('target.log')
      expect(stderr).toContain('(TARGET_DIED)')
      expect(status).toBe(5)
      expect(seconds).toBeLessThan(18) // not the whole load
      const result = bench.result()
      expect(result).toMatchObject({ exitCode: 5, verdict: 'error' })
      expect(result.tests[0]).toMatchObject({ verdict: 'error', reason: 'The target died during the test (exit status 9).' })
      expect(result.tests[0]!.totals.requests).toBeGreaterThan(0)
      for (const file of ['report.html', 'junit.xml', 'report.txt']) expect(existsSync(join(bench.out, file)), file).toBe(true)
      expect(readFileSync(join(bench.out, 'target.log'), 'utf8')).toContain('FATAL: out of memory')
      expect(await bench.leftovers()).toEqual([])
    }))

  it('does so too when it dies of a request', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'dies-after-requests', args: [20], test: "users: 1, for: '20s'" })
      const { status, stderr } = await bench.run()
      expect(stderr).toContain('FATAL: too many requests')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('names the process that holds its port', () =>
    withBench(async (bench) => {
      const other = spawn(process.execPath, ['server.mjs', String(bench.port), 'ok'], {
        cwd: bench.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(other.stdout, 'data')
      try {
        simplePlan(bench)
        const { status, stderr } = await bench.run()
        expect(stderr).toContain(`Expected port ${bench.port} of \`target.url\``)
        expect(stderr).toContain(`process ${other.pid} (`)
        expect(stderr).toContain(`End process ${other.pid}`)
        expect(status).toBe(5)
        expect(other.exitCode).toBeNull()
      } finally {
        other.kill('SIGKILL')
        await once(other, 'exit')
      }
      expect(await bench.leftovers()).toEqual([])
    }))

  it('kills one that is deaf to SIGTERM after stopTimeout', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'stubborn', target: "stopTimeout: '1s'" })
      const { seconds, timedOut, status } = await bench.run()
      expect(timedOut).toBe(false)
      expect(seconds).toBeLessThan(20)
      expect([0, 3]).toContain(status) // a starved machine may void the run, which is not what is tested
      expect(await bench.leftovers()).toEqual([])
    }))

  it('ends children that left the process group', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'grandchildren', target: "stopTimeout: '500ms'" })
      const { status } = await bench.run()
      expect([0, 3]).toContain(status)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('explains a setup that fails, and stops the target', () =>
    withBench(async (bench) => {
      simplePlan(bench, { more: "async setup() { throw new Error('no account for the test') }," })
      const { status, stderr } = await bench.run()
      expect(stderr).toContain('no account for the test')
      expect(stderr).toContain('test.plan.ts:')
      expect(stderr).toContain('(SETUP_FAILED)')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('says when nobody listens at a target that it does not start', () =>
    withBench(async (bench) => {
      bench.plan(`const get = scenario(async ({ http }) => { await http.get('/') })
export default plan({ target: { url: 'http://127.0.0.1:${bench.port}', readyTimeout: '1s' }, scenarios: { get }, tests: { a: { users: 1, for: '1s' } } })`)
      const { status, stderr } = await bench.run()
      expect(stderr).toContain(`Expected a connection to 127.0.0.1:${bench.port} within 1 s`)
      expect(stderr).toContain('ECONNREFUSED')
      expect(status).toBe(5)
      expect(await bench.leftovers()).toEqual([])
    }))
})
