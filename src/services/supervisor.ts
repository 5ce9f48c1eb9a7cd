import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../base/errors.ts'
import { hasProcessTable, readStat } from '../base/process-table.ts'
import type { UndoRecord } from '../model/undo-record.ts'
import type { RunJournal, WatchedProcess } from './journal.ts'
import { emptyJournal, partMark, removeJournal, runMark, writeJournal } from './journal.ts'

/** Sees to it that nothing which the run starts outlives it, even when proofload itself is killed. */
export interface Supervisor {
  readonly runId: string
  /** The marks that everything started must carry in its environment. */
  envOf(part: string): Readonly<Record<string, string>>
  /** Pid of the watchdog. */
  readonly pid: number | undefined
  /** Why something could stay behind here after a `kill -9` of proofload; empty: nothing could. */
  readonly limitations: readonly string[]
  /** Call at once after the start of a process that leads its own group. */
  addProcess(process: { readonly title: string; readonly pid: number; readonly signal?: 'SIGTERM' | 'SIGINT' }): void
  removeProcess(pid: number): void
  /** Call before a temporary folder is made. */
  addFolder(path: string): void
  removeFolder(path: string): void
  /** Call before something else is done that must be put right; what it returns takes it out again. */
  addUndo(record: UndoRecord): () => void
  /** The same for faults: what cannot be written down throws, and must not be done. */
  readonly forFaults: FaultJournal
  /** The run has cleaned up: the watchdog goes away and the journal with it. */
  close(): Promise<void>
}

export type FaultJournal = Pick<Supervisor, 'envOf' | 'addProcess' | 'removeProcess' | 'addFolder' | 'removeFolder' | 'addUndo'>

/** Starts the watchdog. Give the run's id, or one is made. The journal is on the disk when this returns. */
export function createSupervisor(runId: string = randomBytes(8).toString('hex')): Supervisor {
  return new WatchdogSupervisor(runId)
}

class WatchdogSupervisor implements Supervisor {
  readonly runId: string
  readonly #limitations = new Set<string>()
  readonly #child: ChildProcess | undefined
  #journal: RunJournal
  /** Why the last journal is not on the disk; empty: it is. */
  #trouble = ''
  readonly forFaults: FaultJournal = {
    envOf: (part) => this.envOf(part),
    addProcess: (process) => this.#surely(() => this.addProcess(process)),
    removeProcess: (pid) => this.removeProcess(pid),
    addFolder: (path) => this.#surely(() => this.addFolder(path)),
    removeFolder: (path) => this.removeFolder(path),
    addUndo: (record) => this.#surely(() => this.addUndo(record)),
  }

  constructor(runId: string) {
    this.runId = runId
    this.#journal = emptyJournal(runId)
    if (!hasProcessTable()) {
      this.#limitations.add(
        'this system has no /proc: children that leave their process group are not found after a crash, and `proofload doctor` only lists them',
      )
    }
    this.#child = this.#startWatchdog()
    this.#save()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  envOf(part: string): Readonly<Record<string, string>> {
    return { [runMark]: this.runId, [partMark]: part }
  }

  get limitations(): readonly string[] {
    return [...this.#limitations]
  }

  addProcess({ title, pid, signal = 'SIGTERM' }: { title: string; pid: number; signal?: 'SIGTERM' | 'SIGINT' }): void {
    const watched: WatchedProcess = { title, pid, startTicks: readStat(pid)?.startTicks ?? null, signal }
    this.#change({ processes: [...this.#journal.processes, watched] })
  }

  removeProcess(pid: number): void {
    this.#change({ processes: this.#journal.processes.filter((watched) => watched.pid !== pid) })
  }

  addFolder(path: string): void {
    this.#change({ folders: [...this.#journal.folders, path] })
  }

  removeFolder(path: string): void {
    this.#change({ folders: this.#journal.folders.filter((folder) => folder !== path) })
  }

  addUndo(record: UndoRecord): () => void {
    this.#change({ undo: [...(this.#journal.undo ?? []), record] })
    return () => this.#change({ undo: (this.#journal.undo ?? []).filter((other) => other !== record) })
  }

  async close(): Promise<void> {
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.ref()
      const exited = once(child, 'exit')
      child.stdin?.end('done\n')
      await exited
    }
    removeJournal(this.runId)
  }

  #change(change: Partial<RunJournal>): void {
    this.#journal = { ...this.#journal, ...change }
    this.#save()
  }

  /** Takes the change back when it is not on the disk. */
  #surely<T>(change: () => T): T {
    const before = this.#journal
    const made = change()
    if (this.#trouble === '') return made
    const why = this.#trouble
    this.#journal = before
    this.#tellWatchdog()
    throw new Error(`what must be undone after it cannot be written down: ${why}`)
  }

  #save(): void {
    try {
      writeJournal(this.#journal)
      this.#trouble = ''
    } catch (thrown) {
      this.#trouble = messageOf(thrown)
      this.#limitations.add(`the journal for \`proofload doctor\` cannot be written: ${this.#trouble}`)
    }
    this.#tellWatchdog()
  }

  #tellWatchdog(): void {
    this.#child?.stdin?.write(`${JSON.stringify(this.#journal)}\n`)
  }

  #startWatchdog(): ChildProcess | undefined {
    const { command, args } = watchdogCommand()
    const failed = (thrown: unknown): void => void this.#limitations.add(`the watchdog is not running: ${messageOf(thrown)}`)
    try {
      // Its own session, so that Ctrl-C does not reach it; `/`, so that it holds no folder; the pipe closes when we die, however we die.
      const child = spawn(command, args, { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] })
      child.on('error', failed)
      child.stdin.on('error', failed)
      child.unref()
      unref(child.stdin)
      return child
    } catch (thrown) {
      failed(thrown)
      return undefined
    }
  }
}

/** The pipe must not keep an otherwise finished proofload alive. */
function unref(stream: object): void {
  if (stream instanceof Socket) stream.unref()
}

/** From `dist` plain Node runs the watchdog; from the sources (our own tests) it needs a loader for TypeScript. */
function watchdogCommand(): { command: string; args: string[] } {
  const here = import.meta.url
  const fromSources = here.endsWith('.ts')
  const entry = fileURLToPath(new URL(fromSources ? './watchdog.ts' : './watchdog.js', here))
  const loader = fromSources ? ['--import', new URL(`file://${createRequire(here).resolve('tsx')}`).href] : []
  return { command: process.execPath, args: [...loader, entry] }
}
