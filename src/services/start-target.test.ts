import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ToolError } from '../base/errors.ts'
import { isGone } from '../../test/kit/is-gone.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { freePort } from './free-port.ts'
import type { RunningTarget, Supervisor } from './index.ts'
import { createSupervisor, startTarget } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
let supervisor: Supervisor
let running: RunningTarget | undefined
let logs = 0
let outFile = ''

beforeAll(() => {
  supervisor = createSupervisor()
})
afterEach(async () => {
  await running?.stop()
  running = undefined
})
afterAll(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

function node(code: string, spec: Partial<TargetSpec> = {}): TargetSpec {
  return { start: [process.execPath, '-e', code], cwd: folder, readyTimeoutSec: 10, stopTimeoutSec: 1, ...spec }
}

async function start(
  spec: TargetSpec,
  more: { env?: Record<string, string>; secrets?: string[]; signal?: AbortSignal } = {},
): Promise<RunningTarget> {
  outFile = join(folder, `target-${logs++}.log`)
  running = await startTarget(spec, { outFile, supervisor, ...more })
  return running
}

async function refused(spec: TargetSpec, more = {}): Promise<ToolError> {
  return start(spec, more).then(
    () => Promise.reject(new Error('it started')),
    (thrown: unknown) => thrown as ToolError, // the assertions look at its code
  )
}

const server = (port: number, status: number) =>
  `require('http').createServer((q, r) => { r.statusCode = ${status}; r.end() }).listen(${port}, '127.0.0.1')`

describe('a target', () => {
  it('is ready when its page answers below 400, with the environment of the plan', async () => {
    const port = await freePort()
    const code = `console.log('name is ' + process.env.NAME); let n = 0; require('http').createServer((q, r) => { r.statusCode = ++n < 3 ? 503 : 200; r.end() }).listen(${port}, '127.0.0.1')`
    const target = await start(node(code, { url: `http://127.0.0.1:${port}`, ready: '/health' }), { env: { NAME: 'shop' } })
    expect(target.startupSec).toBeGreaterThan(0)
    expect(readFileSync(outFile, 'utf8')).toBe('name is shop\n')
  })

  it('without a ready page is ready when its port accepts', async () => {
    const port = await freePort()
    const target = await start(node(server(port, 500), { url: `http://127.0.0.1:${port}` }))
    expect(isGone(target.pid ?? 0)).toBe(false)
  })

  it('is stopped with a child in another session that ignores SIGTERM', async () => {
    const port = await freePort()
    const child = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
    const code = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { detached: true, stdio: 'ignore' }); console.log(c.pid); ${server(port, 200)}`
    const target = await start(node(code, { url: `http://127.0.0.1:${port}` }))
    const pids = [target.pid ?? 0, Number(readFileSync(outFile, 'utf8'))]
    expect(pids.map(isGone)).toEqual([false, false])
    await target.stop()
    expect(pids.map(isGone)).toEqual([true, true])
  })

  it('is stopped with its children even when its first process has ended by itself', async () => {
    const code = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); console.log(c.pid); process.exit(0)`
    const target = await start(node(code))
    await target.exited
    const child = Number(readFileSync(outFile, 'utf8'))
    expect(isGone(child)).toBe(false)
    await target.stop()
    expect(isGone(child)).toBe(true)
  })

  it('tells its exit and its last lines when it dies in the middle', async () => {
    const target = await start(
      node(`for (let i = 0; i < 30; i++) console.log('line ' + i); console.error('out of luck'); process.exit(7)`),
    )
    const { code, signal, lastLines } = await target.exited
    expect({ code, signal }).toEqual({ code: 7, signal: null })
    expect(lastLines).toHaveLength(20)
    expect(lastLines.at(-1)).toBe('out of luck')
  })

  it('has secrets taken out of its last lines and, once it has ended, of its output file', async () => {
    const target = await start(node(`console.log('password is hunter22')`), { secrets: ['hunter22'] })
    const { lastLines } = await target.exited
    expect(lastLines).toEqual(['password is ***'])
    await target.stop()
    expect(readFileSync(outFile, 'utf8')).toBe('password is ***\n')
  })
})

describe('a target that cannot be used', () => {
  it('dies before it is ready: its last lines are shown', async () => {
    const port = await freePort()
    const error = await refused(node(`console.error('no config'); process.exit(3)`, { url: `http://127.0.0.1:${port}` }))
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.exitCode).toBe(5)
    expect(error.message).toMatch(/ended with status 3 before it was ready.*\nno config/)
  })

  it('is not ready in time: it is stopped, and the message says what it answered', async () => {
    const port = await freePort()
    const error = await refused(
      node(server(port, 503), { url: `http://127.0.0.1:${port}`, ready: '/health', readyTimeoutSec: 1 }),
    )
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.message).toContain(`http://127.0.0.1:${port}/health within 1 s, got: it answers 503`)
  })

  it('has a port that is taken: the message names the port and who has it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo // a TCP server has no other address
    const error = await refused(node(server(port, 200), { url: `http://127.0.0.1:${port}` }))
    taken.close()
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.message).toContain(`port ${port}`)
    expect(error.message).toContain(`process ${process.pid} (`)
  })

  it('has a command that does not exist', async () => {
    const error = await refused({ ...node(''), start: ['no-such-command-anywhere'] })
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.message).toContain('`no-such-command-anywhere`')
  })

  it('is given up on when the run is interrupted', async () => {
    const port = await freePort()
    const error = await refused(node('setInterval(() => {}, 1000)', { url: `http://127.0.0.1:${port}` }), {
      signal: AbortSignal.timeout(200),
    })
    expect(error.code).toBe('INTERRUPTED')
  })
})

describe('an attached target', () => {
  it('is found by its port, seen to end, and not stopped by us', async () => {
    const port = await freePort()
    const process_ = spawn(process.execPath, ['-e', `${server(port, 200)}.on('listening', () => console.log('up'))`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await once(process_.stdout, 'data')
    const target = await start({
      cwd: folder,
      readyTimeoutSec: 10,
      stopTimeoutSec: 1,
      attach: { port },
      url: `http://127.0.0.1:${port}`,
      ready: '/',
    })
    expect(target.pid).toBe(process_.pid)
    process_.kill('SIGKILL')
    await target.exited
  })

  it('that is not there is an error', async () => {
    const error = await refused({ cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1, attach: { port: await freePort() } })
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.where).toBe('target.attach.port')
  })
})
