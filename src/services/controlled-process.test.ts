import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isGone } from '../../test/kit/is-gone.ts'
import { killAll } from '../../test/kit/kill-all.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import type { StartedAgain } from './controlled-process.ts'
import { namedProcess } from './controlled-process.ts'
import { freePort } from './free-port.ts'
import type { RunningTarget, Supervisor } from './index.ts'
import { createSupervisor, startService, startTarget } from './index.ts'
import { journalPath } from './journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
const outFile = join(folder, 'target.log')
let supervisor: Supervisor
let running: RunningTarget | undefined

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

/** A server that says who it is, with a child that leaves its group. */
const server = (port: number) => `
  const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
  require('http').createServer((q, r) => r.end(process.pid + ' ' + child.pid + ' ' + process.env.NAME + ' ' + process.cwd())).listen(${port}, '127.0.0.1')`

async function start(
  more: Partial<TargetSpec> = {},
  signal?: AbortSignal,
  onStartedAgain: (again: StartedAgain) => void = () => undefined,
): Promise<RunningTarget & { url: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const spec = {
    url,
    ready: '/',
    start: [process.execPath, '-e', server(port)],
    cwd: folder,
    readyTimeoutSec: 30,
    stopTimeoutSec: 2,
  }
  const target = await startTarget(
    { ...spec, ...more },
    { outFile, supervisor, onStartedAgain, env: { NAME: 'shop' }, ...(signal && { signal }) },
  )
  running = target
  return Object.assign(target, { url })
}

const answer = async (url: string): Promise<string[]> => (await (await fetch(url)).text()).split(' ')
const journalled = (): number[] =>
  (JSON.parse(readFileSync(journalPath(supervisor.runId), 'utf8')) as { processes: { pid: number }[] }).processes.map(
    ({ pid }) => pid,
  )

/** Whether it has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))])) as boolean // either of the two
}

describe('a target whose end is expected', () => {
  it('is started again in place: same command, environment, folder and port, and the journal has the new pid for the old one', async () => {
    const { process: own, url, exited, ...target } = await start()
    const [first = 0, child = 0, ...place] = await answer(url)
    expect(own!.tree().toSorted()).toEqual([Number(first), Number(child)].toSorted())
    expect(journalled()).toEqual([Number(first)])

    const expected = own!.expectDeath()
    process.kill(Number(first), 'SIGKILL')
    await expect.poll(() => own!.pid(), { timeout: 10_000 }).toBeUndefined()
    await own!.start()
    const [second, , ...samePlace] = await answer(url)
    expect(Number(second)).toBe(own!.pid())
    expect(second).not.toBe(first)
    expect(samePlace).toEqual(place)
    // What the first life left behind is gone: it might have held the port.
    expect(isGone(Number(child))).toBe(true)
    expect(journalled()).toEqual([Number(second)])
    expected.dispose()
    expect(await isSettled(exited)).toBe(false)

    await target.stop()
    expect(isGone(Number(second))).toBe(true)
    expect(journalled()).toEqual([])
  }, 60_000)

  it('is told with its new pid each time that it is ready again, and not when it is started for the first time', async () => {
    const told: StartedAgain[] = []
    const target = await start({}, undefined, (again) => told.push(again))
    expect(told).toEqual([])
    const pids = [target.pid]
    const expected = target.process!.expectDeath()
    for (let i = 0; i < 2; i++) {
      process.kill(target.pid!, 'SIGKILL')
      await expect.poll(() => target.pid, { timeout: 10_000 }).toBeUndefined()
      await target.process!.start()
      // It runs: nothing happens.
      await target.process!.start()
      pids.push(target.pid)
    }
    expected.dispose()
    expect(told.map(({ pid }) => pid)).toEqual(pids.slice(1))
    expect(new Set(pids).size).toBe(3)
    for (const { startupSec } of told) expect(startupSec).toBeGreaterThan(0)
  }, 60_000)

  it('is told to have ended once it is no longer expected and was not started again', async () => {
    const target = await start()
    const expected = target.process!.expectDeath()
    const twice = target.process!.expectDeath()
    process.kill(target.pid!, 'SIGTERM')
    await expect.poll(() => target.pid, { timeout: 10_000 }).toBeUndefined()
    twice.dispose()
    twice.dispose()
    expect(await isSettled(target.exited)).toBe(false)
    expected.dispose()
    expect(await target.exited).toMatchObject({ code: null, signal: 'SIGTERM' })
  }, 60_000)

  it('is told to have ended when it ends by itself after it was started again', async () => {
    const target = await start()
    const expected = target.process!.expectDeath()
    process.kill(target.pid!, 'SIGKILL')
    await expect.poll(() => target.pid, { timeout: 10_000 }).toBeUndefined()
    await target.process!.start()
    expected.dispose()
    expect(await isSettled(target.exited)).toBe(false)
    process.kill(target.pid!, 'SIGABRT')
    expect(await target.exited).toMatchObject({ code: null, signal: 'SIGABRT' })
  }, 60_000)

  it('is not started again when the run ends', async () => {
    const ending = new AbortController()
    const target = await start({}, ending.signal)
    const expected = target.process!.expectDeath()
    process.kill(target.pid!, 'SIGKILL')
    await expect.poll(() => target.pid, { timeout: 10_000 }).toBeUndefined()
    ending.abort()
    await expect(target.process!.start()).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expected.dispose()
  }, 60_000)

  it('that cannot be started again throws its last lines, and is not taken to run', async () => {
    const port = await freePort()
    const fateful = `const fs = require('fs'); if (fs.existsSync('marker')) { console.log('no luck'); process.exit(4) } else fs.writeFileSync('marker', ''); ${server(port)}`
    const target = await start({ start: [process.execPath, '-e', fateful], url: `http://127.0.0.1:${port}` })
    const expected = target.process!.expectDeath()
    killAll(target.process!.tree())
    await expect.poll(() => target.pid, { timeout: 10_000 }).toBeUndefined()
    await expect(target.process!.start()).rejects.toThrow(/ended with status 4.*\nno luck/)
    expect(target.pid).toBeUndefined()
    expected.dispose()
    expect(await target.exited).toMatchObject({ code: 4 })
  }, 60_000)
})

describe('a PostgreSQL that was killed', () => {
  it('is started again on its port with its data', async () => {
    const db = await startService(
      'db',
      { kind: 'postgres', maxConnections: 5, settings: {} },
      { supervisor, outFile: join(folder, 'db.log') },
    )
    const ask = async (sql: string): Promise<unknown> => {
      const client = new Client({ connectionString: db.url })
      await client.connect()
      try {
        return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]
      } finally {
        await client.end()
      }
    }
    await ask('CREATE TABLE kept AS SELECT 42 AS value')
    const own = db.process!
    expect(own.endSignal).toBe('SIGINT')
    expect(own.tree().length).toBeGreaterThan(3)
    const expected = own.expectDeath()
    killAll(own.tree())
    await expect.poll(() => own.pid(), { timeout: 10_000 }).toBeUndefined()
    await expect(ask('SELECT 1')).rejects.toThrow('ECONNREFUSED')
    await own.start()
    expect(await ask('SELECT value FROM kept')).toBe(42)
    expected.dispose()
    expect(await isSettled(db.exited)).toBe(false)
    expect(journalled()).toEqual([own.pid()])
    await db.stop()
    expect(journalled()).toEqual([])
  }, 90_000)
})

describe('a process named by its pid', () => {
  it('is known with its children, and not started again', async () => {
    const child = spawn(process.execPath, ['-e', server(0)], { cwd: folder, stdio: 'ignore' })
    await once(child, 'spawn')
    const named = namedProcess(child.pid!)
    await expect.poll(() => named.tree().length, { timeout: 10_000 }).toBe(2)
    const [, grandchild] = named.tree()
    expect(named.isOurs).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    process.kill(grandchild!, 'SIGKILL')
    expect(named.pid()).toBeUndefined()
    expect(named.tree()).toEqual([])
    await expect(named.start()).rejects.toThrow('did not start it')
  })
})
