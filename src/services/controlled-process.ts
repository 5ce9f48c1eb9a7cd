import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError } from '../base/errors.ts'
import { readProcessTable, readStat, withDescendants } from '../base/process-table.ts'
import type { Mark } from './end-processes.ts'
import { endProcesses, findLive } from './end-processes.ts'
import type { WatchedProcess } from './journal.ts'
import type { Supervisor } from './supervisor.ts'

/** A process that may be ended on purpose, and if it is ours started again in place. */
export interface ControlledProcess {
  /** Of the first process; undefined when it does not run. */
  pid(): number | undefined
  /** All of its tree that run now. */
  tree(): readonly number[]
  readonly isOurs: boolean
  /** What asks it to end. */
  readonly endSignal: 'SIGTERM' | 'SIGINT'
  /** Until it is disposed of, the end of this process is wanted, and told to nobody. */
  expectDeath(): { dispose(): void }
  /** With the same command, environment, port, folder and limits; answers when it is ready. */
  start(): Promise<void>
  /** Ends it politely and starts it again: what it kept in memory is gone. Absent when it is not ours. */
  startAfresh?(): Promise<void>
}

/** From one start to the end that follows it. */
export interface Life<Exit> {
  readonly pid: number
  /** Settles when the first process ends, for whatever reason. */
  readonly exited: Promise<Exit>
}

/** What is told of a process each time that it runs again. */
export interface StartedAgain {
  readonly pid: number
  /** Until it was ready. */
  readonly startupSec: number
}

export interface OwnProcessOptions<Exit> {
  readonly supervisor: Supervisor
  readonly title: string
  /** All its lives carry the same mark, so that what one of them left behind is found. */
  readonly part: string
  readonly endSignal: 'SIGTERM' | 'SIGINT'
  /** Between the polite signal and SIGKILL. */
  readonly graceMs: number
  readonly launch: () => Promise<Life<Exit>>
  /** Answers when it is ready, throws when it will not be. */
  readonly untilReady: (life: Life<Exit>) => Promise<void>
  /** Aborted when the run ends: then nothing is started again. */
  readonly signal: AbortSignal | undefined
  /** Told when it is ready after each start but the first. */
  readonly onStartedAgain: ((again: StartedAgain) => void) | undefined
}

/** The longest that the news of a death takes. */
const mostReapMs = 5000

/** A process that we start, through all its lives. The journal of the watchdog follows. */
export class OwnProcess<Exit> implements ControlledProcess {
  readonly isOurs = true
  readonly endSignal: 'SIGTERM' | 'SIGINT'
  /** Settles when it ends and nobody had expected that, and when it is stopped. */
  readonly exited: Promise<Exit>
  readonly #options: OwnProcessOptions<Exit>
  #resolve: (exit: Exit) => void = () => undefined
  #watched: WatchedProcess | undefined
  #exit: Exit | undefined
  /** Settles when its last life has ended and its pid is free. */
  #gone: Promise<unknown> = Promise.resolve()
  #expected = 0
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined

  constructor(options: OwnProcessOptions<Exit>) {
    this.#options = options
    this.endSignal = options.endSignal
    this.exited = new Promise((resolve) => (this.#resolve = resolve))
  }

  pid(): number | undefined {
    const watched = this.#watched
    if (watched === undefined || this.#exit !== undefined) return undefined
    const stat = readStat(watched.pid)
    // Without a process table the exit alone tells.
    if (watched.startTicks === null) return watched.pid
    return stat === undefined || stat.state === 'Z' || stat.startTicks !== watched.startTicks ? undefined : watched.pid
  }

  tree(): readonly number[] {
    return findLive({ processes: this.#processes(), mark: this.#mark() }).map(({ pid }) => pid)
  }

  expectDeath(): { dispose(): void } {
    this.#expected += 1
    let disposed = false
    return {
      dispose: () => {
        if (disposed) return
        disposed = true
        this.#expected -= 1
        this.#tell()
      },
    }
  }

  /** Does nothing to a process that runs. Throws what `launch` and `untilReady` throw, and INTERRUPTED when the run ends. */
  start(): Promise<void> {
    this.#starting ??= this.#startOnce().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async startAfresh(): Promise<void> {
    const wanted = this.expectDeath()
    try {
      await this.#end(this.#options.graceMs)
      await this.start()
    } finally {
      wanted.dispose()
    }
  }

  /** Ends the whole tree, and answers when nothing of it lives. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce()
    return this.#stopping
  }

  async #startOnce(): Promise<void> {
    const { launch, untilReady, supervisor, title, endSignal, signal, onStartedAgain } = this.#options
    if (this.#stopping !== undefined || signal?.aborted === true)
      throw new ToolError('INTERRUPTED', `The ${title} is not started again, because the run ends.`)
    if (this.pid() !== undefined) return
    // Children of an earlier life may hold its port.
    const isAgain = this.#watched !== undefined
    if (isAgain) await this.#end(0)
    // Until we have been told of its death its pid is taken, and PostgreSQL believes that its lock file is in use.
    await Promise.race([this.#gone, sleep(mostReapMs, undefined, { ref: false })])
    const startMs = performance.now()
    const life = await launch()
    this.#gone = life.exited
    const { pid } = life
    supervisor.addProcess({ title, pid, signal: endSignal })
    this.#watched = { title, pid, startTicks: readStat(pid)?.startTicks ?? null, signal: endSignal }
    this.#exit = undefined
    void life.exited.then((exit) => {
      if (this.#watched?.pid !== pid) return
      this.#exit = exit
      this.#tell()
    })
    try {
      await untilReady(life)
    } catch (thrown) {
      await this.#end(this.#options.graceMs)
      throw thrown
    }
    if (isAgain) onStartedAgain?.({ pid, startupSec: (performance.now() - startMs) / 1000 })
  }

  async #stopOnce(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    await this.#end(this.#options.graceMs)
    this.#tell()
  }

  async #end(graceMs: number): Promise<void> {
    const [watched] = this.#processes()
    const left = await endProcesses({ processes: this.#processes(), mark: this.#mark(), graceMs })
    if (left.length === 0 && watched !== undefined) this.#options.supervisor.removeProcess(watched.pid)
  }

  #tell(): void {
    if (this.#exit !== undefined && (this.#expected === 0 || this.#stopping !== undefined)) this.#resolve(this.#exit)
  }

  #processes(): readonly WatchedProcess[] {
    return this.#watched === undefined ? [] : [this.#watched]
  }

  #mark(): Mark {
    return { runId: this.#options.supervisor.runId, part: this.#options.part }
  }
}

/** A process that the plan names by its pid: it is not ours, so nobody starts it again. */
export function namedProcess(pid: number): ControlledProcess {
  const startTicks = readStat(pid)?.startTicks
  const live = (): number | undefined => {
    const stat = readStat(pid)
    if (startTicks === undefined) return canBeSignalled(pid) ? pid : undefined
    return stat === undefined || stat.state === 'Z' || stat.startTicks !== startTicks ? undefined : pid
  }
  return {
    pid: live,
    tree: () => (live() === undefined ? [] : [...withDescendants([pid], readProcessTable())]),
    isOurs: false,
    endSignal: 'SIGTERM',
    expectDeath: () => ({ dispose: () => undefined }),
    start: () => Promise.reject(new Error('proofload did not start it')),
  }
}

/** Where there is no process table. */
function canBeSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
