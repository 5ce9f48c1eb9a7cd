import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { countOpenFiles } from '../../base/process-table.ts'
import type { PreloadAction } from '../../model/process-fault.ts'
import type { RunningTarget, Supervisor } from '../../services/index.ts'
import { createSupervisor, startTarget } from '../../services/index.ts'
import { freePort } from '../../../test/kit/free-port.ts'
import type { ActiveFault, Proof } from '../fault.ts'
import type { PreloadHost } from './index.ts'
import { openPreload, preloadFault } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'preload test-'))
let supervisor: Supervisor
let host: PreloadHost | undefined
let target: RunningTarget | undefined
let active: ActiveFault | undefined
let url = ''

beforeAll(() => {
  supervisor = createSupervisor()
})
afterEach(async () => {
  await active?.revert()
  active = undefined
  await target?.stop()
  target = undefined
  await host?.close()
  host = undefined
})
afterAll(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Tells how long its own event loop and its look-ups take. */
const routes = `async (request, answer) => {
  const begin = performance.now()
  if (request.url === '/lookup') await lookup('localhost').catch((error) => answer.setHeader('x-error', error.code))
  if (request.url === '/named') await new Promise((done) => named('localhost', (error) => { if (error) answer.setHeader('x-error', error.code); done() }))
  if (request.url === '/connect') await fetch('http://localhost:' + request.socket.localPort).catch((error) => answer.setHeader('x-error', String(error.cause?.code)))
  if (request.url === '/loop') await new Promise((done) => setTimeout(done, 5))
  answer.end(String(performance.now() - begin))
}`

const modules = {
  'main.cjs': (
    port: number,
  ) => `const { lookup } = require('node:dns').promises; const { lookup: named } = { get lookup() { return require('node:dns').lookup } }
    if (require.main !== module) process.exit(9)
    require('node:http').createServer(${routes.replace('named(', "require('node:dns').lookup(").replace('await lookup(', "await require('node:dns').promises.lookup(")}).listen(${port}, '127.0.0.1')`,
  'main.mjs': (
    port: number,
  ) => `import { createServer } from 'node:http'; import { lookup as named } from 'node:dns'; import { lookup } from 'node:dns/promises'
    createServer(${routes}).listen(${port}, '127.0.0.1')`,
  /** Its work is done by a child, and by another when that has died. */
  'parent.cjs': (
    port: number,
  ) => `const fs = require('fs'); fs.writeFileSync('child.cjs', ${JSON.stringify(`require('node:http').createServer(${routes}).listen(PORT, '127.0.0.1')`)}.replace('PORT', ${port}))
    const fork = () => require('child_process').fork('./child.cjs').on('exit', fork); fork()`,
}

async function start(main: keyof typeof modules): Promise<void> {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  host = await openPreload(supervisor)
  writeFileSync(join(folder, main), modules[main](port))
  target = await startTarget(
    { url, start: [process.execPath, join(folder, main)], cwd: folder, readyTimeoutSec: 60, stopTimeoutSec: 2 },
    { outFile: join(folder, 'target.log'), supervisor, preload: host.settings },
  )
}

async function inject(action: PreloadAction, lifeSec = 60): Promise<ActiveFault> {
  await expect.poll(() => host!.pids().length, { timeout: 20_000 }).toBeGreaterThan(0)
  const fault = preloadFault(action, host!)
  expect(fault.probe()).toEqual({ state: 'available', reason: '' })
  active = await fault.inject({ undo: supervisor, lifeSec })
  return active
}

async function proven(fault: ActiveFault): Promise<Proof> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const proof = await fault.verify()
    if (proof.ok || performance.now() > deadline) return proof
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function ask(path: string): Promise<{ ms: number; error: string | null }> {
  const answer = await fetch(`${url}${path}`)
  return { ms: Number(await answer.text()), error: answer.headers.get('x-error') }
}

async function reverted(fault: ActiveFault): Promise<void> {
  expect(await fault.revert()).toEqual({ ok: true, evidence: 'it has ended in every process of the target' })
  expect((await fault.verify()).ok).toBe(false)
  expect(await fault.revert()).toMatchObject({ ok: true })
}

describe.each(['main.cjs', 'main.mjs'] as const)('in a target whose module is %s', (main) => {
  it('the event loop is blocked again and again', async () => {
    await start(main)
    const fault = await inject({ kind: 'block-event-loop', blockMs: 200, everyMs: 300 })
    expect((await proven(fault)).evidence).toMatch(/process \d+: its event loop was blocked \d+ times, for up to [2-9]\d\d/)
    await expect.poll(async () => (await ask('/loop')).ms, { timeout: 20_000, interval: 1 }).toBeGreaterThan(100)
    await reverted(fault)
  }, 90_000)

  it('look-ups of names are late, whoever asks and however', async () => {
    await start(main)
    const fault = await inject({ kind: 'slow-dns', delayMs: 300 })
    expect((await proven(fault)).evidence).toMatch(/a look-up of localhost answered after \d{3,} ms/)
    for (const path of ['/lookup', '/named', '/connect']) expect((await ask(path)).ms, path).toBeGreaterThan(290)
    await reverted(fault)
    expect((await ask('/lookup')).error).toBeNull()
  }, 90_000)

  it('look-ups of names fail, and are right again afterwards', async () => {
    await start(main)
    const fault = await inject({ kind: 'fail-dns', code: 'EAI_AGAIN' })
    expect((await proven(fault)).evidence).toContain('failed with EAI_AGAIN')
    for (const path of ['/lookup', '/named', '/connect']) expect((await ask(path)).error, path).toBe('EAI_AGAIN')
    await reverted(fault)
    for (const path of ['/lookup', '/named']) expect((await ask(path)).error, path).toBeNull()
  }, 90_000)
})

describe('in a target', () => {
  it('descriptors are held until there are so many, and given back', async () => {
    await start('main.cjs')
    const fault = await inject({ kind: 'open-files', files: 700 })
    expect((await proven(fault)).evidence).toMatch(/it holds 700 of 700 files \(7\d\d open in \/proc\/\d+\/fd\)/)
    expect(countOpenFiles(target!.pid!)!).toBeGreaterThanOrEqual(700)
    await reverted(fault)
    await expect.poll(() => countOpenFiles(target!.pid!)!, { timeout: 10_000 }).toBeLessThan(200)
  }, 90_000)

  it('garbage is made for the collector', async () => {
    await start('main.cjs')
    const fault = await inject({ kind: 'gc-pressure', bytesPerSec: 20e6 })
    const { ok, evidence } = await proven(fault)
    expect(ok, evidence).toBe(true)
    await expect
      .poll(async () => (await fault.verify()).evidence, { timeout: 20_000 })
      .toMatch(/MB of garbage a second, [1-9]\d* collections/)
    await reverted(fault)
  }, 90_000)

  it('two faults are at work at the same time, each with its own end', async () => {
    await start('main.cjs')
    const slow = await inject({ kind: 'slow-dns', delayMs: 150 })
    const files = await inject({ kind: 'open-files', files: 50 })
    expect((await proven(slow)).ok && (await proven(files)).ok).toBe(true)
    await reverted(slow)
    expect((await files.verify()).ok).toBe(true)
  }, 90_000)

  it('a fault ends by itself when its time is over', async () => {
    await start('main.cjs')
    const fault = await inject({ kind: 'fail-dns', code: 'ENOTFOUND' }, 2)
    expect((await ask('/lookup')).error).toBe('ENOTFOUND')
    await expect.poll(async () => (await ask('/lookup')).error, { timeout: 20_000 }).toBeNull()
    expect((await fault.verify()).evidence).toContain('nothing of it is here')
  }, 90_000)

  it('a fault ends when the connection breaks, however proofload ended', async () => {
    await start('main.cjs')
    await inject({ kind: 'fail-dns', code: 'ENOTFOUND' })
    active = undefined
    expect((await ask('/lookup')).error).toBe('ENOTFOUND')
    await host!.close()
    host = undefined
    await expect.poll(async () => (await ask('/lookup')).error, { timeout: 20_000 }).toBeNull()
  }, 90_000)

  it('its children have it too, those as well that come later', async () => {
    await start('parent.cjs')
    const fault = await inject({ kind: 'slow-dns', delayMs: 100 })
    await expect.poll(() => host!.pids().length, { timeout: 20_000 }).toBe(2)
    await proven(fault)
    const child = host!.pids().find((pid) => pid !== target!.pid)!
    process.kill(child, 'SIGKILL')
    await expect
      .poll(() => host!.pids().filter((pid) => pid !== target!.pid && pid !== child).length, { timeout: 20_000 })
      .toBe(1)
    const { ok, evidence } = await proven(fault)
    expect(ok, evidence).toBe(true)
    expect(evidence.match(/process \d+: a look-up/g)).toHaveLength(2)
  }, 90_000)

  it('that was not preloaded nothing can be done', async () => {
    host = await openPreload(supervisor)
    expect(preloadFault({ kind: 'open-files', files: 1 }, host).probe()).toMatchObject({ state: 'unavailable' })
  })
})

describe('the preloaded module', () => {
  async function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, ...env },
      cwd: folder,
      timeout: 30_000,
    })
    return stdout
  }

  it('does not keep a process alive, waiting for us or without us', async () => {
    host = await openPreload(supervisor)
    const { env, nodeOptions } = host.settings
    expect(await run({ ...env, NODE_OPTIONS: nodeOptions }, '-e', 'console.log("done")')).toBe('done\n')
    const gone = { PROOFLOAD_PRELOAD: join(folder, 'nobody'), NODE_OPTIONS: nodeOptions }
    expect(await run(gone, '-e', 'console.log("done")')).toBe('done\n')
  }, 60_000)

  it('leaves programs alone that only start others', async () => {
    host = await openPreload(supervisor)
    const { env, nodeOptions } = host.settings
    writeFileSync(join(folder, 'npm-cli.js'), 'setTimeout(() => {}, 300)')
    let came = 0
    const timer = setInterval(() => (came = Math.max(came, host!.pids().length)), 5)
    await run({ ...env, NODE_OPTIONS: nodeOptions }, join(folder, 'npm-cli.js'))
    clearInterval(timer)
    expect(came).toBe(0)
  }, 60_000)

  it('is reached through a socket that nobody else may open, and that goes away', async () => {
    const own = await openPreload(supervisor)
    const path = own.settings.env['PROOFLOAD_PRELOAD']!
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    await own.close()
    expect(existsSync(path)).toBe(false)
  })

  it('stands behind the options that the target has already', async () => {
    host = await openPreload(supervisor)
    const out = join(folder, 'options.log')
    target = await startTarget(
      {
        start: [process.execPath, '-e', 'console.log(process.env.NODE_OPTIONS); setInterval(() => {}, 1000)'],
        cwd: folder,
        readyTimeoutSec: 9,
        stopTimeoutSec: 1,
      },
      { outFile: out, supervisor, preload: host.settings, env: { NODE_OPTIONS: '--no-warnings' }, limits: { memoryBytes: 2e8 } },
    )
    await expect
      .poll(() => readFileSync(out, 'utf8'), { timeout: 20_000 })
      .toMatch(/^--no-warnings .*preload\.cts[^"]*" --max-old-space-size=190\n/)
  }, 60_000)
})
