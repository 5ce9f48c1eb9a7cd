import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isGone } from '../../test/kit/is-gone.ts'
import type { ProcessServiceSpec } from '../model/plan-spec.ts'
import { startService } from './start-service.ts'
import type { Supervisor } from './supervisor.ts'
import { createSupervisor } from './supervisor.ts'

const folder = mkdtempSync(join(tmpdir(), 'start-process-'))
const outFile = join(folder, 'payments.log')
let supervisor: Supervisor
beforeAll(() => {
  supervisor = createSupervisor()
})
afterAll(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true })
})

const spec = (script: string, more: Partial<ProcessServiceSpec> = {}): ProcessServiceSpec => ({
  kind: 'process',
  protocol: 'http',
  url: 'http://127.0.0.1:0',
  start: [process.execPath, '-e', script],
  cwd: folder,
  env: { GREETING: 'paid' },
  ready: '/health',
  readyTimeoutSec: 20,
  stopTimeoutSec: 5,
  ...more,
})

const server = `require('node:http').createServer((_, answer) => answer.end(process.env.GREETING)).listen(Number(process.env.PORT), '127.0.0.1')`

test('a command of the plan is started on a free port that it is told, with its environment, and is gone after its end', async () => {
  const running = await startService('payments', spec(server), { supervisor, outFile })
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
  expect(running.name).toBe('payments')
  expect(await (await fetch(running.url)).text()).toBe('paid')
  await running.stop()
  expect(isGone(running.pid ?? 0)).toBe(true)
  await expect(fetch(running.url)).rejects.toThrow('fetch failed')
})

test('two of them have ports of their own', async () => {
  const both = await Promise.all(['a', 'b'].map((name) => startService(name, spec(server), { supervisor, outFile })))
  expect(new Set(both.map(({ url }) => url)).size).toBe(2)
  await Promise.all(both.map((running) => running.stop()))
})

test('it is started afresh at the same address, and nobody takes its end for a death', async () => {
  const counting = `let asked = 0; require('node:http').createServer((_, answer) => answer.end(String(asked++))).listen(Number(process.env.PORT), '127.0.0.1')`
  const running = await startService('payments', spec(counting), { supervisor, outFile })
  const before = running.process?.pid()
  let hasDied = false
  void running.exited.then(() => {
    hasDied = true
  })
  expect(Number(await (await fetch(running.url)).text())).toBeGreaterThan(0)
  await running.process?.startAfresh?.()
  expect(running.process?.pid()).not.toBe(before)
  // It was asked once, whether it is ready.
  expect(await (await fetch(running.url)).text()).toBe('1')
  expect(hasDied).toBe(false)
  await running.stop()
})

test('one that ends before it is ready is named with its last lines', async () => {
  const failing = startService('payments', spec(`console.error('no licence'); process.exit(3)`), { supervisor, outFile })
  await expect(failing).rejects.toMatchObject({
    code: 'SERVICE_NOT_STARTED',
    where: 'services.payments.start',
    message: expect.stringMatching(/^The service payments .* ended with status 3 before it was ready[^]*no licence/) as string,
  })
  expect(readFileSync(outFile, 'utf8')).toContain('no licence')
})
