import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStat } from '../base/process-table.ts'
import { endProcesses } from './end-processes.ts'
import { createSupervisor, endLeftovers, listLeftovers } from './index.ts'
import { journalPath } from './journal.ts'

/** Starts a target with a child that leaves its group, tells all pids, and waits to be killed. */
const victim = `
import { mkdirSync } from 'node:fs'
import { createSupervisor, startService, startTarget } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const supervisor = createSupervisor()
const [folder, own, withDatabase] = process.argv.slice(2)
supervisor.addFolder(folder + '/proofload-scratch')
mkdirSync(folder + '/proofload-scratch')
const runaway = "const c = require('child_process').spawn(process.execPath, ['-e', 'process.on(\\\\'SIGTERM\\\\', () => {}); setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }); console.log(c.pid); setInterval(() => {}, 1000)"
const target = await startTarget({ cwd: '/', start: [process.execPath, '-e', runaway], readyTimeoutSec: 5, stopTimeoutSec: 1 }, { outFile: own + '/target.log', supervisor })
const db = withDatabase ? await startService('db', { kind: 'postgres', maxConnections: 5, settings: {} }, { outFile: own + '/db.log', supervisor }) : undefined
console.log(JSON.stringify({ runId: supervisor.runId, watchdog: supervisor.pid, target: target.pid, database: db?.pid }))
setInterval(() => {}, 1000)
`

interface Started {
  readonly proofload: ChildProcess
  readonly runId: string
  readonly watchdog: number
  readonly target: number
  readonly database?: number
  readonly runaway: number
}

let folder = ''
const outer = process.env['TMPDIR']

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
  // Journals of other runs on this machine are none of this test's business.
  process.env['TMPDIR'] = folder
})

afterAll(() => {
  if (outer === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = outer
  rmSync(folder, { recursive: true, force: true })
})

async function startVictim({ withDatabase = false } = {}): Promise<Started> {
  const own = mkdtempSync(join(folder, 'victim-'))
  const script = join(own, 'victim.mts')
  writeFileSync(script, victim)
  const loader = createRequire(import.meta.url).resolve('tsx')
  const args = ['--import', loader, script, folder, own, ...(withDatabase ? ['yes'] : [])]
  const proofload = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface(proofload.stdout), 'line')) as [string] // readline gives a text
  const told = JSON.parse(line) as Omit<Started, 'proofload' | 'runaway'> // written by the script above
  const log = join(own, 'target.log')
  await until('the runaway has told its pid', () => existsSync(log) && /\d+\n/.test(readFileSync(log, 'utf8')))
  const runaway = Number(readFileSync(log, 'utf8'))
  return { ...told, proofload, runaway }
}

async function until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(20)
  }
}

function isGone(pid: number): boolean {
  const stat = readStat(pid)
  return stat === undefined || stat.state === 'Z'
}

describe('the watchdog', () => {
  it('ends the target, a child that left its group, PostgreSQL, and the temporary folders when proofload is killed with SIGKILL', async () => {
    const { proofload, runId, target, runaway, database = 0 } = await startVictim({ withDatabase: true })
    expect([target, runaway, database].map(isGone)).toEqual([false, false, false])

    proofload.kill('SIGKILL')
    // The runaway ignores SIGTERM, so the watchdog waits out its 2 s before SIGKILL; the rest is slack for a busy machine.
    await until('all are gone', () => [target, runaway, database].every(isGone))
    await until('the journal is gone', () => !existsSync(journalPath(runId)))
    expect(existsSync(join(folder, 'proofload-scratch'))).toBe(false)
  }, 60_000)

  it('leaves with the run that has cleaned up itself, and takes the journal along', async () => {
    const supervisor = createSupervisor()
    expect(supervisor.limitations).toEqual([])
    expect(existsSync(journalPath(supervisor.runId))).toBe(true)
    await supervisor.close()
    expect(isGone(supervisor.pid ?? 0)).toBe(true)
    expect(existsSync(journalPath(supervisor.runId))).toBe(false)
  })
})

describe('leftovers', () => {
  it('are listed and ended when the watchdog was killed as well', async () => {
    const { proofload, runId, watchdog, target, runaway } = await startVictim()
    expect(listLeftovers().map((run) => run.runId)).not.toContain(runId)

    process.kill(watchdog, 'SIGKILL')
    proofload.kill('SIGKILL')
    await once(proofload, 'exit')
    const mine = listLeftovers().find((run) => run.runId === runId)
    expect(mine?.processes.map(({ pid }) => pid).toSorted()).toEqual([target, runaway].toSorted())
    expect(mine?.folders).toEqual([join(folder, 'proofload-scratch')])

    const { left } = await endLeftovers()
    expect(left).toEqual([])
    expect([target, runaway].map(isGone)).toEqual([true, true])
    expect(listLeftovers()).toEqual([])
  })
})

describe('a pid that was used again', () => {
  it('is left alone, because its process has another start time', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
    await once(stranger, 'spawn')
    const { pid = 0 } = stranger
    const started = readStat(pid)?.startTicks ?? 0

    await endProcesses({
      processes: [{ title: 'gone', pid, startTicks: started - 1, signal: 'SIGTERM' }],
      mark: { runId: 'none' },
      graceMs: 200,
    })
    expect(isGone(pid)).toBe(false)
    await endProcesses({
      processes: [{ title: 'mine', pid, startTicks: started, signal: 'SIGTERM' }],
      mark: { runId: 'none' },
      graceMs: 200,
    })
    expect(isGone(pid)).toBe(true)
  })
})

describe('a process that a fault has stopped and that is not ours', () => {
  const pauser = `
import { createSupervisor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
import { readStat } from ${JSON.stringify(new URL('../base/process-table.ts', import.meta.url).href)}
const pid = Number(process.argv[2])
const supervisor = createSupervisor()
supervisor.addUndo({ kind: 'continue', title: 'pause', processes: [{ pid, startTicks: readStat(pid).startTicks }] })
process.kill(pid, 'SIGSTOP')
console.log(JSON.stringify({ runId: supervisor.runId, watchdog: supervisor.pid }))
setInterval(() => {}, 1000)
`

  async function pauseStranger(): Promise<{
    stranger: ChildProcess
    pid: number
    proofload: ChildProcess
    runId: string
    watchdog: number
  }> {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
    await once(stranger, 'spawn')
    const { pid = 0 } = stranger
    const script = join(mkdtempSync(join(folder, 'pauser-')), 'pauser.mts')
    writeFileSync(script, pauser)
    const loader = createRequire(import.meta.url).resolve('tsx')
    const proofload = spawn(process.execPath, ['--import', loader, script, String(pid)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(proofload.stdout), 'line')) as [string] // readline gives a text
    const told = JSON.parse(line) as { runId: string; watchdog: number } // written by the script above
    await until('it is stopped', () => readStat(pid)?.state === 'T')
    return { stranger, pid, proofload, ...told }
  }

  it('goes on when proofload is killed', async () => {
    const { stranger, pid, proofload, runId } = await pauseStranger()
    proofload.kill('SIGKILL')
    await until('it goes on', () => readStat(pid)?.state === 'S')
    await until('the journal is gone', () => !existsSync(journalPath(runId)))
    stranger.kill('SIGKILL')
  }, 60_000)

  it('is listed and continued when the watchdog was killed as well', async () => {
    const { stranger, pid, proofload, runId, watchdog } = await pauseStranger()
    process.kill(watchdog, 'SIGKILL')
    proofload.kill('SIGKILL')
    await once(proofload, 'exit')
    expect(listLeftovers().find((run) => run.runId === runId)?.paused).toMatchObject([{ pid, fault: 'pause' }])
    expect((await endLeftovers()).left).toEqual([])
    await until('it goes on', () => readStat(pid)?.state === 'S')
    expect(listLeftovers()).toEqual([])
    stranger.kill('SIGKILL')
  }, 60_000)
})
