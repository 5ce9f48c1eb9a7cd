import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isActive, listActiveRuns, registerRun, requestStop, stopRequests, unregisterRun } from './active-runs.ts'
import { findHaltFile, haltFilePath } from './halt-file.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'active-runs-'))
  vi.stubEnv('TMPDIR', folder)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const run = { plan: 'shop', folder: '/runs/shop', startedAt: '2026-11-21T12:00:00.000Z' }
const registry = (): string => join(folder, readdirSync(folder).find((name) => name.startsWith('proofload-runs-')) ?? '')

describe('a run that is under way', () => {
  it('is listed until it ends, and leaves nothing', () => {
    expect(listActiveRuns()).toEqual([])
    const first = registerRun(run)
    const second = registerRun({ ...run, plan: 'older', startedAt: '2026-11-21T11:00:00.000Z' })
    expect(listActiveRuns()).toEqual([second, first])
    expect(first).toMatchObject({ ...run, process: { pid: process.pid } })
    unregisterRun(first)
    expect([isActive(first), isActive(second)]).toEqual([false, true])
    unregisterRun(second)
    expect(readdirSync(registry())).toEqual([])
  })

  it('is asked to stop by itself, and counts how often', () => {
    const [first, second] = [registerRun(run), registerRun(run)]
    requestStop(first)
    requestStop(first)
    expect([stopRequests(first), stopRequests(second)]).toEqual([2, 0])
    unregisterRun(first)
    expect(stopRequests(first)).toBe(0)
  })
})

describe('an entry that is no run', () => {
  it('is of a process that has ended: it is removed', async () => {
    const entry = registerRun(run)
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const path = join(registry(), `${entry.id}.json`)
    writeFileSync(path, JSON.stringify({ ...entry, process: { ...entry.process, pid: child.pid } }))
    expect(listActiveRuns()).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  it('is of a pid that is used again, or of an earlier boot', () => {
    const entry = registerRun(run)
    const path = join(registry(), `${entry.id}.json`)
    for (const other of [{ startTicks: 1 }, { bootId: 'another' }]) {
      writeFileSync(path, JSON.stringify({ ...entry, process: { ...entry.process, ...other } }))
      expect(listActiveRuns()).toEqual([])
    }
  })

  it('is damaged: it is passed over', () => {
    registerRun(run)
    for (const text of ['', '{', 'null', '{"version":1}']) writeFileSync(join(registry(), 'x.json'), text)
    expect(listActiveRuns()).toHaveLength(1)
  })

  it('lies in a folder that others can write: nobody is believed, and nobody enters it', () => {
    registerRun(run)
    chmodSync(registry(), 0o777)
    expect(listActiveRuns()).toEqual([])
    expect(() => registerRun(run)).toThrow('can be written by others')
  })
})

describe('the halt file', () => {
  it('is one for the machine, wherever TMPDIR leads, unless the environment names another', () => {
    vi.stubEnv('PROOFLOAD_HALT_FILE', undefined)
    expect(haltFilePath()).toBe('/tmp/proofload-halt')
    vi.stubEnv('PROOFLOAD_HALT_FILE', join(folder, 'halt'))
    expect(haltFilePath()).toBe(join(folder, 'halt'))
  })

  it('halts while it exists, and tells why when somebody wrote it down', () => {
    const path = join(folder, 'halt')
    vi.stubEnv('PROOFLOAD_HALT_FILE', path)
    expect(findHaltFile()).toBeUndefined()
    writeFileSync(path, '')
    expect(findHaltFile()).toEqual({ path, why: undefined })
    writeFileSync(path, 'maintenance until 6 pm\nask Ada\n')
    expect(findHaltFile()).toEqual({ path, why: 'maintenance until 6 pm' })
    writeFileSync(path, '\u001b[31mred\u0007')
    expect(findHaltFile()?.why).toBe('[31mred')
    expect(readFileSync(path, 'utf8')).toContain('red')
    rmSync(path)
    expect(findHaltFile()).toBeUndefined()
  })
})
