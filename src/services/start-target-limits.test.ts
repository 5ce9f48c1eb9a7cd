import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isGone } from '../../test/kit/is-gone.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import { readJournals } from './journal.ts'
import type { RunningTarget, Supervisor } from './index.ts'
import { createSupervisor, startTarget } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
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

const waiting = 'setInterval(() => {}, 1000)'

async function start(limits: LimitsSpec, code = waiting, env: Record<string, string> = {}): Promise<RunningTarget> {
  running = await startTarget(
    { start: ['node', '-e', code], cwd: folder, readyTimeoutSec: 10, stopTimeoutSec: 1 },
    { outFile: join(folder, 'target.log'), supervisor, limits, env },
  )
  return running
}

function limitsFile(pid: number | undefined): string {
  return readFileSync(`/proc/${String(pid)}/limits`, 'latin1')
}

async function until(happened: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!happened() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('limits of a target', () => {
  it('are there in the kernel’s own table, and ours are as they were', async () => {
    const before = readFileSync('/proc/self/limits', 'latin1')
    const target = await start({ files: 200, fileSizeBytes: 1_000_000 })
    expect(limitsFile(target.pid)).toMatch(/Max open files +200 +200/)
    // In blocks of 512 bytes, rounded up.
    expect(limitsFile(target.pid)).toMatch(/Max file size +1000448 +1000448/)
    expect(target.limits.map(({ name, asked, set }) => ({ name, asked, set }))).toEqual([
      { name: 'files', asked: 200, set: true },
      { name: 'fileSize', asked: 1_000_000, set: true },
    ])
    expect(readFileSync('/proc/self/limits', 'latin1')).toBe(before)
  })

  it('do not exist where none were asked for', async () => {
    const target = await start({})
    expect(limitsFile(target.pid)).toBe(readFileSync('/proc/self/limits', 'latin1'))
    expect(target.limits).toEqual([])
    expect(readFileSync(`/proc/${String(target.pid)}/environ`, 'latin1')).not.toContain('max-old-space-size')
  })

  it('hold for the files that it opens: EMFILE comes where it was said', async () => {
    const opened = join(folder, 'opened')
    await start(
      { files: 100 },
      `const fs = require('fs'); let n = 0; try { for (;;) { fs.openSync('/dev/null'); n++ } } catch (error) { fs.closeSync(50); fs.writeFileSync(${JSON.stringify(opened)}, error.code + ' ' + n) } ${waiting}`,
    )
    await until(() => existsSync(opened) && readFileSync(opened, 'utf8') !== '')
    const [code, count] = readFileSync(opened, 'utf8').split(' ')
    expect(code).toBe('EMFILE')
    // F minus what Node has open itself (about twenty).
    expect(Number(count)).toBeGreaterThan(60)
    expect(Number(count)).toBeLessThan(100)
  })

  it('hold for the files that it writes: EFBIG, and not a byte more', async () => {
    const written = join(folder, 'written')
    const told = join(folder, 'told')
    await start(
      { fileSizeBytes: 51_200 },
      `const fs = require('fs'); const f = fs.openSync(${JSON.stringify(written)}, 'w'); try { for (;;) fs.writeSync(f, Buffer.alloc(1000)) } catch (error) { fs.writeFileSync(${JSON.stringify(told)}, error.code) } ${waiting}`,
    )
    await until(() => existsSync(told) && readFileSync(told, 'utf8') !== '')
    expect(readFileSync(told, 'utf8')).toBe('EFBIG')
    expect(statSync(written).size).toBe(51_200)
  })

  it('of memory reach Node’s heap beside the options that the plan gives', async () => {
    const target = await start({ memoryBytes: 100 * 2 ** 20 }, waiting, { NODE_OPTIONS: '--no-warnings' })
    const environment = (): string => readFileSync(`/proc/${String(target.pid)}/environ`, 'latin1')
    // While the kernel loads the program there is none.
    await until(() => environment() !== '')
    expect(environment()).toContain('NODE_OPTIONS=--no-warnings --max-old-space-size=100\0')
    expect(target.limits).toMatchObject([{ name: 'memory', set: true }])
    expect(target.limits[0]?.how).toContain('--max-old-space-size=100')
  })

  it('of memory end a target that goes beyond them, by its own heap', async () => {
    const target = await start(
      { memoryBytes: 40 * 2 ** 20 },
      'const kept = []; setInterval(() => { for (let i = 0; i < 1e5; i++) kept.push({ i }) }, 5)',
    )
    const { lastLines, code, signal } = await target.exited
    expect(lastLines.join('\n') + String(signal)).toMatch(/heap out of memory|SIGKILL/)
    expect(code).not.toBe(0)
  })

  it('of cores are read back from the scheduler', async () => {
    const target = await start({ cpus: 1 })
    const [row] = target.limits
    if (row?.set === true)
      expect(readFileSync(`/proc/${String(target.pid)}/status`, 'latin1')).toMatch(/Cpus_allowed_list:\s+\d+\n/)
    expect(row?.how).toMatch(/affinity|control group/)
  })

  it('that this machine cannot set are said, with the reason', async () => {
    const target = await start({ cpus: 100_000, files: 2 ** 31 })
    expect(target.limits.map(({ name, set }) => ({ name, set }))).toEqual([
      { name: 'files', set: false },
      { name: 'cpus', set: false },
    ])
    for (const { how } of target.limits) expect(how).not.toBe('')
  })

  it('by control groups are gone with the target', async () => {
    const target = await start({ processes: 50, memoryBytes: 200 * 2 ** 20 })
    const groups = readJournals().find(({ runId }) => runId === supervisor.runId)?.folders ?? []
    for (const { name, set, how } of target.limits) {
      if (name === 'processes' && set) expect(groups.some((group) => how.includes(group))).toBe(true)
    }
    await target.stop()
    expect(groups.filter((group) => existsSync(group))).toEqual([])
    expect(readJournals().find(({ runId }) => runId === supervisor.runId)?.folders).toEqual([])
  })

  it('leave the pid of the shell to the target, so that it is watched and ended as ever', async () => {
    const target = await start({ files: 300 })
    expect(readFileSync(`/proc/${String(target.pid)}/cmdline`, 'latin1')).toMatch(/^node\0-e/)
    const { pid = 0 } = target
    await target.stop()
    await until(() => isGone(pid))
    expect(isGone(pid)).toBe(true)
  })
})
