import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isGone } from '../../../test/kit/is-gone.ts'
import { killAll } from '../../../test/kit/kill-all.ts'
import { readStat } from '../../base/process-table.ts'
import type { ProcessAction } from '../../model/process-fault.ts'
import type { UndoRecord } from '../../model/undo-record.ts'
import type { RunningTarget, Supervisor } from '../../services/index.ts'
import { createSupervisor, namedProcess, startTarget } from '../../services/index.ts'
import { freePort } from '../../../test/kit/free-port.ts'
import type { ActiveFault, Proof, UndoLog } from '../fault.ts'
import { processFault } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'process-test-'))
let supervisor: Supervisor
let target: RunningTarget
let url = ''
let active: ActiveFault | undefined

/** What is written down to be undone, now. */
const records = new Set<UndoRecord>()
const processes = new Set<number>()
const undo: UndoLog = {
  envOf: () => ({}),
  addProcess: ({ pid }) => void processes.add(pid),
  removeProcess: (pid) => void processes.delete(pid),
  addFolder: () => undefined,
  removeFolder: () => undefined,
  addUndo(record) {
    records.add(record)
    return () => void records.delete(record)
  },
}

/** Answers after `delay` ms; its child does nothing. SIGTERM: finishes what is in flight, or is deaf to it. */
const server = (port: number, onTerm: 'drains' | 'is deaf' | 'burns') => `
  const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const server = require('http').createServer((q, r) => setTimeout(() => r.end('pid ' + process.pid), Number(q.url.slice(1)) || 0))
  server.listen(${port}, '127.0.0.1')
  const end = () => server.close(() => { child.kill('SIGKILL'); process.exit(0) })
  process.on('SIGTERM', () => ${onTerm === 'is deaf' ? 'undefined' : 'end()'})
  if (${onTerm === 'burns'}) setInterval(() => { const end = Date.now() + 20; while (Date.now() < end); }, 0)`

async function start(onTerm: 'drains' | 'is deaf' | 'burns' = 'drains'): Promise<void> {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  target = await startTarget(
    {
      url,
      ready: '/',
      start: [process.execPath, '-e', server(port, onTerm)],
      cwd: folder,
      readyTimeoutSec: 30,
      stopTimeoutSec: 1,
    },
    { outFile: join(folder, 'target.log'), supervisor },
  )
}

beforeAll(() => {
  supervisor = createSupervisor()
})
afterEach(async () => {
  await active?.revert()
  active = undefined
  await target.stop()
  expect([...records, ...processes]).toEqual([])
})
afterAll(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function inject(action: ProcessAction): Promise<ActiveFault> {
  const fault = processFault(action, target.process!)
  expect(fault.probe()).toEqual({ state: 'available', reason: '' })
  active = await fault.inject({ undo, lifeSec: 60 })
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

const answers = async (path = '/'): Promise<string> =>
  (await fetch(`${url}${path}`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(20_000) })).text()
const isSilent = async (): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(300) }).then(
    () => false,
    (thrown: unknown) => thrown instanceof Error && thrown.name === 'TimeoutError',
  )
const isRefused = async (): Promise<boolean> =>
  answers().then(
    () => false,
    () => true,
  )
const states = (): string[] => target.process!.tree().map((pid) => readStat(pid)?.state ?? 'gone')

describe('a pause', () => {
  it('stops a process and its children, is proven, and lets them go on', async () => {
    await start()
    const fault = await inject({ kind: 'pause', on: 'target' })
    const proof = await proven(fault)
    expect(proof).toMatchObject({ ok: true, evidence: expect.stringMatching(/^processes \d+, \d+ stopped \(state T/) as string })
    expect(states()).toEqual(['T', 'T'])
    expect(await isSilent()).toBe(true)
    // Whoever finds the journal knows whom to let go on.
    const [record] = records
    expect(record!.processes.map(({ pid }) => pid).toSorted()).toEqual(target.process!.tree().toSorted())

    expect(await fault.revert()).toMatchObject({ ok: true })
    expect(states()).not.toContain('T')
    expect(await answers()).toContain('pid')
    expect(await fault.revert()).toMatchObject({ ok: true })
    expect((await fault.verify()).ok).toBe(false)
  }, 60_000)

  it('of a process that ends meanwhile is not proven any more', async () => {
    await start()
    const fault = await inject({ kind: 'pause', on: 'target' })
    await proven(fault)
    const pids = target.process!.tree()
    killAll(pids)
    await target.exited
    // Its children end in their own time.
    await expect.poll(() => pids.every(isGone)).toBe(true)
    expect(await fault.verify()).toEqual({ ok: false, evidence: 'the process has ended' })
    expect(await fault.revert()).toMatchObject({ ok: true })
  }, 60_000)

  it('of a process that does not run, or that would stop proofload itself, is unavailable', async () => {
    await start()
    const pid = target.pid!
    const named = namedProcess(pid)
    expect(processFault({ kind: 'pause', on: pid }, named).probe().state).toBe('available')
    expect(processFault({ kind: 'kill', on: pid }, named).probe()).toMatchObject({ state: 'degraded' })
    expect(processFault({ kind: 'restart', on: pid }, named).probe()).toMatchObject({ state: 'unavailable' })
    await target.stop()
    expect(processFault({ kind: 'pause', on: pid }, named).probe()).toMatchObject({ state: 'unavailable' })
    const parent = namedProcess(process.ppid)
    expect(processFault({ kind: 'pause', on: process.ppid }, parent).probe().reason).toContain('proofload itself')
  }, 60_000)
})

describe('a quota of processor time', () => {
  it.each([0.3, 0.7])(
    'of %d is kept by a process that would take a whole core',
    async (share) => {
      await start('burns')
      const fault = await inject({ kind: 'cpu-quota', on: 'target', share })
      const proof = await proven(fault)
      expect(proof.evidence).toMatch(/found running in \d+ % of \d+ looks, and used 0\.\d+ cores/)
      expect(proof.ok, proof.evidence).toBe(true)
      expect(await fault.revert()).toMatchObject({ ok: true })
      expect(states()).not.toContain('T')
      expect((await fault.verify()).ok).toBe(false)
    },
    60_000,
  )
})

describe('a kill', () => {
  it('ends a process with its children, and what we started is started again afterwards', async () => {
    await start()
    const before = target.process!.tree()
    const fault = await inject({ kind: 'kill', on: 'target' })
    const [first, child] = before.toSorted((a, b) => a - b)
    expect(await proven(fault)).toEqual({ ok: true, evidence: `processes ${first}, ${child} ended by SIGKILL (/proc)` })
    expect(await isRefused()).toBe(true)
    expect(target.pid).toBeUndefined()

    const gone = await fault.revert()
    expect(gone).toMatchObject({ ok: true, evidence: expect.stringContaining(`runs again as process ${target.pid}`) as string })
    expect(fault.facts!()['readySec']).toBeGreaterThan(0)
    expect(before).not.toContain(target.pid)
    expect(await answers()).toBe(`pid ${target.pid}`)
    expect(await fault.revert()).toEqual(gone)
  }, 60_000)
})

describe('a termination', () => {
  it('waits for what is in flight, and tells how long that took', async () => {
    await start()
    const inFlight = answers('/800')
    await answers()
    const fault = await inject({ kind: 'terminate', on: 'target' })
    expect(await proven(fault)).toMatchObject({
      ok: true,
      evidence: expect.stringMatching(/^SIGTERM was sent 0\.\d+ s ago, and/) as string,
    })
    expect(await inFlight).toContain('pid')
    await expect.poll(async () => (await fault.verify()).evidence, { timeout: 10_000 }).toMatch(/ended \d\.\d+ s after SIGTERM/)
    expect(await isRefused()).toBe(true)
    expect(await fault.revert()).toMatchObject({ ok: true })
    const { endedSec, killed } = fault.facts!()
    expect(killed).toBe(0)
    // It was sent a moment after the request, and the machine is shared.
    expect(endedSec).toBeGreaterThan(0.1)
    expect(endedSec).toBeLessThan(10)
    expect(await answers()).toBe(`pid ${target.pid}`)
  }, 60_000)

  it('that is not heard ends in a kill, and says so', async () => {
    await start('is deaf')
    const fault = await inject({ kind: 'terminate', on: 'target' })
    expect((await proven(fault)).ok).toBe(true)
    expect(await answers()).toContain('pid')
    const { ok, evidence } = await fault.revert()
    expect(ok).toBe(true)
    expect(evidence).toMatch(/SIGTERM was sent \d\.\d+ s ago, and processes \d+, \d+ still there: killed; it runs again/)
    expect(fault.facts!()).toMatchObject({ killed: 1 })
    expect(fault.facts!()).not.toHaveProperty('endedSec')
  }, 60_000)
})

describe('a restart', () => {
  it('is over as soon as the process is ready again', async () => {
    await start()
    const before = target.pid
    const fault = await inject({ kind: 'restart', on: 'target' })
    expect((await proven(fault)).ok).toBe(true)
    await fault.over
    expect(target.pid).not.toBe(before)
    expect(await answers()).toBe(`pid ${target.pid}`)
    expect((await fault.verify()).evidence).toMatch(/ended .* after SIGTERM .*; it runs again as process \d+, ready after/)
    expect(await fault.revert()).toMatchObject({ ok: true })
    expect(fault.facts!()).toMatchObject({
      killed: 0,
      endedSec: expect.any(Number) as number,
      readySec: expect.any(Number) as number,
    })
  }, 60_000)

  it('of a process that does not end kills it when its time is over', async () => {
    await start('is deaf')
    const before = target.pid
    const fault = await inject({ kind: 'restart', on: 'target' })
    expect(await fault.revert()).toMatchObject({ ok: true, evidence: expect.stringContaining('killed; it runs again') as string })
    expect(target.pid).not.toBe(before)
    expect(await answers()).toBe(`pid ${target.pid}`)
  }, 60_000)
})

describe('a crash loop', () => {
  it('kills it again and again, and leaves it running', async () => {
    await start()
    const pids = new Set([target.pid])
    const fault = await inject({ kind: 'crash-loop', on: 'target', everyMs: 100 })
    await expect.poll(() => pids.add(target.pid).size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(3)
    expect((await fault.verify()).ok).toBe(true)
    expect(await fault.revert()).toMatchObject({
      ok: true,
      evidence: expect.stringMatching(/^it crashed \d+ times; it runs/) as string,
    })
    expect(fault.facts!()['crashes']).toBeGreaterThanOrEqual(2)
    expect(await answers()).toBe(`pid ${target.pid}`)
  }, 60_000)
})
