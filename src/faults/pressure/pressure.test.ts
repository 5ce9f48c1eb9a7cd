import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isGone } from '../../../test/kit/is-gone.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { ActiveFault, Proof, UndoLog } from '../fault.ts'
import { pressureFault } from './index.ts'
import { diskRoom, memoryRoom } from './room-left.ts'

const dir = mkdtempSync(join(tmpdir(), 'pressure-test-'))
afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

/** Remembers what must be undone, and in which order it was told. */
class Undo implements UndoLog {
  readonly processes = new Set<number>()
  readonly folders = new Set<string>()
  /** Folders that were there already when they were told. */
  readonly late: string[] = []
  readonly pids: number[] = []

  envOf(): Record<string, string> {
    return { PROOFLOAD_RUN: 'test', PROOFLOAD_PART: 'pressure' }
  }
  addProcess({ pid }: { pid: number }): void {
    this.processes.add(pid)
    this.pids.push(pid)
  }
  removeProcess(pid: number): void {
    this.processes.delete(pid)
  }
  addFolder(path: string): void {
    if (existsSync(path)) this.late.push(path)
    this.folders.add(path)
  }
  removeFolder(path: string): void {
    this.folders.delete(path)
  }
}

async function proven(active: ActiveFault, withinMs = 20_000): Promise<Proof> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const proof = await active.verify()
    if (proof.ok || performance.now() > deadline) return proof
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const actions: Readonly<Record<string, { readonly action: PressureAction; readonly says: RegExp }>> = {
  'a busy core': { action: { kind: 'cpu-pressure', cores: 1, share: 0.4 }, says: /ran \d+ % and waited \d+ %/ },
  'taken memory': { action: { kind: 'memory-pressure', bytes: 60e6, rampSec: 0.5 }, says: /holds .* of 60 MB \(VmRSS/ },
  'open files': { action: { kind: 'file-pressure', files: 3000 }, says: /\d{4} files open, 3000 were asked for/ },
  'a filled disk': { action: { kind: 'disk-fill', dir, bytes: 20e6 }, says: /takes 20(\.\d)? MB/ },
  'forced writes': { action: { kind: 'fsync-storm', dir }, says: /forces \d+ writes a second/ },
}

describe.each(Object.entries(actions))('%s', (_, { action, says }) => {
  it('is proven from outside while it is there, and gone without a trace afterwards', async () => {
    const undo = new Undo()
    const fault = pressureFault(action)
    expect(fault.probe().state).not.toBe('unavailable')
    const active = await fault.inject({ undo, lifeSec: 60 })
    try {
      const proof = await proven(active)
      expect(proof.evidence).toMatch(says)
      expect(proof.ok).toBe(true)
      // What is needed to undo it was written down before it was done.
      expect(undo.late).toEqual([])
      expect(undo.processes.size).toBe(1)
      expect(undo.folders.size).toBe('dir' in action ? 1 : 0)
    } finally {
      const gone = await active.revert()
      expect(gone.ok).toBe(true)
    }
    expect(undo.processes.size + undo.folders.size).toBe(0)
    for (const pid of undo.pids) expect(isGone(pid)).toBe(true)
    expect(readdirSync(dir)).toEqual([])
    // Undone is undone: the second call changes nothing, and a fault that is gone is not proven.
    expect(await active.revert()).toMatchObject({ ok: true })
    expect((await active.verify()).ok).toBe(false)
  }, 60_000)
})

describe('pressure', () => {
  it('that cannot be had is not proven: the evidence says how much is there', async () => {
    const { total } = memoryRoom()
    const fault = pressureFault({ kind: 'memory-pressure', bytes: 2 * total, rampSec: 3600 })
    expect(fault.probe()).toMatchObject({ state: 'degraded', reason: expect.stringContaining('can be taken') as string })
    const active = await fault.inject({ undo: new Undo(), lifeSec: 60 })
    const proof = await active.verify()
    expect(proof.ok).toBe(false)
    expect(proof.evidence).toContain('VmRSS')
    await active.revert()
  })

  it('on the disk never takes the last part of it', () => {
    const { total, free, left } = diskRoom(dir)
    expect(left).toBeLessThanOrEqual(Math.max(0, free - 0.05 * total))
    expect(pressureFault({ kind: 'disk-fill', dir, bytes: free }).probe().state).toBe('degraded')
    const memory = memoryRoom()
    expect(memory.left).toBeLessThanOrEqual(Math.max(0, memory.free - 0.1 * memory.total))
  })

  it('in a folder that is not there is unavailable, and says so instead of making one', async () => {
    const missing = join(dir, 'missing')
    const fault = pressureFault({ kind: 'disk-fill', dir: missing, bytes: 1000 })
    expect(fault.probe().state).toBe('unavailable')
    const undo = new Undo()
    await expect(fault.inject({ undo, lifeSec: 60 })).rejects.toThrow('ENOENT')
    expect(undo.folders.size).toBe(0)
    expect(existsSync(missing)).toBe(false)
  })

  it('ends by itself when its time is over', async () => {
    const undo = new Undo()
    const active = await pressureFault({ kind: 'disk-fill', dir, bytes: 1e6 }).inject({ undo, lifeSec: 2 })
    const [pid = 0] = undo.pids
    const deadline = performance.now() + 15_000
    while (!isGone(pid) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(isGone(pid)).toBe(true)
    const proof = await active.verify()
    expect(proof.evidence).toContain('ended by itself')
    await active.revert()
    expect(readdirSync(dir)).toEqual([])
  })

  it('ends when its parent is killed, and takes its file along', async () => {
    const folder = mkdtempSync(join(dir, 'orphan-'))
    const room = new URL('./index.ts', import.meta.url).href
    const script = `
      const { pressureFault } = await import(${JSON.stringify(room)})
      const undo = { envOf: () => ({}), addProcess: ({ pid }) => console.log(pid), removeProcess() {}, addFolder() {}, removeFolder() {} }
      await pressureFault({ kind: 'disk-fill', dir: ${JSON.stringify(folder)}, bytes: 5e6 }).inject({ undo, lifeSec: 60 })
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(String(text)))))
    const until = async (happened: () => boolean): Promise<void> => {
      const deadline = performance.now() + 15_000
      while (!happened() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const hasFile = (): boolean => readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('fill'))
    await until(hasFile)
    expect(hasFile()).toBe(true)
    parent.kill('SIGKILL')
    await until(() => isGone(pid) && readdirSync(folder).length === 0)
    expect(isGone(pid)).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  }, 40_000)
})
