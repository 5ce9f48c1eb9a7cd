import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isGone } from '../../test/kit/is-gone.ts'
import { commandLineOf, readProcessTable, readStat } from '../base/process-table.ts'
import { makeScratchFolder } from '../base/scratch-folder.ts'
import { endProcesses } from './end-processes.ts'
import { createSupervisor, endLeftovers, listLeftovers } from './index.ts'
import { emptyJournal, journalPath, writeJournal } from './journal.ts'

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

    expect(await endLeftovers()).toEqual({ processes: [], folders: [] })
    expect([target, runaway].map(isGone)).toEqual([true, true])
    expect(listLeftovers()).toEqual([])
  })
})

describe("PostgreSQL's programs and its template", () => {
  const starter = `
import { createSupervisor, startService } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
await startService('db', { kind: 'postgres', maxConnections: 5, settings: {} }, { outFile: '/dev/null', supervisor: createSupervisor() })
`
  const drafts = { 'copies its programs': /^proofload-postgres-.*\.[0-9a-f]{8}$/, 'makes its template': /^proofload-template-/ }

  it.each(Object.entries(drafts))(
    'leave nothing when proofload is killed while it %s',
    async (_, draft) => {
      const temp = mkdtempSync(join(outer ?? '/tmp', 'proofload-test-'))
      // PostgreSQL is another user when we are root.
      chmodSync(temp, 0o755)
      const unfinished = (): string[] => {
        const journals = readdirSync(temp).filter((name) => name.startsWith('proofload-journal-'))
        return [
          ...readdirSync(temp).filter((name) => Object.values(drafts).some((each) => each.test(name))),
          ...journals.flatMap((name) => readdirSync(join(temp, name))),
          ...readProcessTable().flatMap(({ pid }) => (commandLineOf(pid).includes(temp) ? [commandLineOf(pid)] : [])),
        ]
      }
      try {
        const script = join(mkdtempSync(join(folder, 'starter-')), 'starter.mts')
        writeFileSync(script, starter)
        const loader = createRequire(import.meta.url).resolve('tsx')
        const options = { stdio: 'ignore', env: { ...process.env, TMPDIR: temp } } as const
        const proofload = spawn(process.execPath, ['--import', loader, script], options)
        await until('it is being made', () => readdirSync(temp).some((name) => draft.test(name)))
        proofload.kill('SIGKILL')
        await once(proofload, 'exit')
        await until('nothing is left', () => unfinished().length === 0)
      } finally {
        rmSync(temp, { recursive: true, force: true })
      }
    },
    60_000,
  )
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

describe('a journal on a disk that is full', () => {
  /** From now on no file may grow beyond what the first journal takes: a part of the next one fits, and not all of it. */
  const cramped = `
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createSupervisor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
import { journalFolder, journalPath } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
const supervisor = createSupervisor()
const path = journalPath(supervisor.runId)
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + (statSync(path).size + 20) + ':unlimited'])
const refused = (change) => { try { change(); return 'done' } catch (thrown) { return thrown.message } }
const folder = '/nowhere/proofload-' + 'x'.repeat(40)
const told = {
  folder: refused(() => supervisor.forFaults.addFolder(folder)),
  undo: refused(() => supervisor.forFaults.addUndo({ kind: 'continue', title: 'pause', processes: [{ pid: 1, startTicks: 1 }] })),
  process: refused(() => supervisor.forFaults.addProcess({ title: 'a title that is longer than what is left', pid: 1 })),
  ofTheRun: refused(() => supervisor.addFolder(folder)),
  journal: JSON.parse(readFileSync(path, 'utf8')),
  files: readdirSync(journalFolder()).filter((name) => name.startsWith(supervisor.runId)),
}
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited'])
supervisor.removeFolder(folder)
told.after = refused(() => supervisor.forFaults.addFolder('/nowhere/proofload-after'))
told.foldersAfter = JSON.parse(readFileSync(path, 'utf8')).folders
await supervisor.close()
console.log(JSON.stringify(told))
`

  it('stays as it was, and no fault may be done that is not in it', async () => {
    const script = join(mkdtempSync(join(folder, 'cramped-')), 'cramped.mts')
    writeFileSync(script, cramped)
    const loader = createRequire(import.meta.url).resolve('tsx')
    const proofload = spawn(process.execPath, ['--import', loader, script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(proofload.stdout), 'line')) as [string] // readline gives a text
    const told = JSON.parse(line) as Record<string, unknown> // written by the script above
    for (const change of ['folder', 'undo', 'process'])
      expect(told[change]).toMatch(/^what must be undone after it cannot be written down: EFBIG/)
    expect(told).toMatchObject({ ofTheRun: 'done', journal: { folders: [], processes: [] }, after: 'done' })
    expect(told['files']).toHaveLength(1)
    expect(told['foldersAfter']).toEqual(['/nowhere/proofload-after'])
  }, 60_000)
})

describe('what was killed over a file', () => {
  it('leaves half of a journal, and a folder of a plan, that are found by their names and removed', async () => {
    const stranger = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
    await once(stranger, 'exit')
    const gone = join(folder, `proofload-plan-${String(stranger.pid)}-1-abc`)
    const here = makeScratchFolder()
    mkdirSync(gone, { mode: 0o700 })
    const supervisor = createSupervisor()
    const half = `${journalPath('0123456789abcdef')}.${String(stranger.pid)}`
    const inProgress = `${journalPath('fedcba9876543210')}.${process.pid}`
    for (const path of [half, inProgress]) writeFileSync(path, '{"ver')
    expect(listLeftovers()).toMatchObject([{ processes: [], folders: [gone], paused: [] }])

    expect(await endLeftovers()).toEqual({ processes: [], folders: [] })
    expect([gone, here, half, inProgress].map((path) => existsSync(path))).toEqual([false, true, false, true])
    rmSync(inProgress)
    await supervisor.close()
  })

  it('and a folder that cannot be removed is told, and stays in the journal', async () => {
    const kept = join(folder, 'proofload-pressure-kept')
    mkdirSync(kept, { mode: 0o700 })
    writeFileSync(join(kept, 'letters.txt'), 'mine')
    const journal = { ...emptyJournal('aaaaaaaaaaaaaaaa'), owner: { pid: process.pid, startTicks: 1 }, folders: [kept] }
    writeJournal(journal)
    expect(await endLeftovers()).toEqual({ processes: [], folders: [kept] })
    expect(listLeftovers()).toMatchObject([{ runId: journal.runId, folders: [kept] }])
    rmSync(kept, { recursive: true })
    expect(await endLeftovers()).toEqual({ processes: [], folders: [] })
    expect(listLeftovers()).toEqual([])
  })
})

describe('a process that a fault has stopped and that is not ours', () => {
  const pauser = `
import { createSupervisor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
import { readStat } from ${JSON.stringify(new URL('../base/process-table.ts', import.meta.url).href)}
const pid = Number(process.argv[2])
const supervisor = createSupervisor()
supervisor.addUndo({ kind: 'continue', title: 'pause', processes: [{ pid, startTicks: readStat(pid).startTicks }] })
// With a child of which nothing is written.
process.kill(-pid, 'SIGSTOP')
console.log(JSON.stringify({ runId: supervisor.runId, watchdog: supervisor.pid }))
setInterval(() => {}, 1000)
`

  const groupOf = (pid: number) => readProcessTable().filter(({ group, state }) => group === pid && state !== 'Z')

  async function pauseStranger(): Promise<{
    pid: number
    proofload: ChildProcess
    runId: string
    watchdog: number
  }> {
    const child = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })"
    const stranger = spawn(process.execPath, ['-e', `${child}; setInterval(() => {}, 1000)`], { detached: true, stdio: 'ignore' })
    await once(stranger, 'spawn')
    const { pid = 0 } = stranger
    await until('it has a child', () => groupOf(pid).length === 2)
    const script = join(mkdtempSync(join(folder, 'pauser-')), 'pauser.mts')
    writeFileSync(script, pauser)
    const loader = createRequire(import.meta.url).resolve('tsx')
    const proofload = spawn(process.execPath, ['--import', loader, script, String(pid)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(proofload.stdout), 'line')) as [string] // readline gives a text
    const told = JSON.parse(line) as { runId: string; watchdog: number } // written by the script above
    await until('it is stopped', () => groupOf(pid).every(({ state }) => state === 'T'))
    return { pid, proofload, ...told }
  }

  it('goes on when proofload is killed', async () => {
    const { pid, proofload, runId } = await pauseStranger()
    proofload.kill('SIGKILL')
    await until('it goes on', () => groupOf(pid).every(({ state }) => state !== 'T'))
    await until('the journal is gone', () => !existsSync(journalPath(runId)))
    process.kill(-pid, 'SIGKILL')
  }, 60_000)

  it('is listed and continued when the watchdog was killed as well', async () => {
    const { pid, proofload, runId, watchdog } = await pauseStranger()
    process.kill(watchdog, 'SIGKILL')
    proofload.kill('SIGKILL')
    await once(proofload, 'exit')
    expect(
      listLeftovers()
        .find((run) => run.runId === runId)
        ?.paused.map(({ fault }) => fault),
    ).toEqual(['pause', 'pause'])
    expect((await endLeftovers()).processes).toEqual([])
    await until('it goes on', () => groupOf(pid).every(({ state }) => state !== 'T'))
    expect(listLeftovers()).toEqual([])
    process.kill(-pid, 'SIGKILL')
  }, 60_000)
})
