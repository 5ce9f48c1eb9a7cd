import { cpus } from 'node:os'
import type { ProcessStat } from '../base/process-table.ts'
import { countOpenFiles, hasProcessTable, listenerOf, readStat, ticksPerSecond } from '../base/process-table.ts'
import type { Probe, ProbeContext, ProbeFactory } from './probe.ts'
import { limitUnits, processLimits, quotaOf } from './process-limits.ts'
import type { ThreadTimes } from './process-tree.ts'
import { ProcessTree, firstThreadWaitMs, pageBytes, threadTimes, wantedShare } from './process-tree.ts'
import { SocketWatch, openFiles, socketUnits } from './socket-watch.ts'

/** More threads than this are not looked at one by one. */
const mostThreads = 500

/** The target's process tree: CPU, memory, files, threads, sockets by state. */
export const createProcessProbe: ProbeFactory<{ readonly kind: 'process' }> = (_spec, context) => {
  if (!hasProcessTable()) return Promise.reject(new Error('processes can be watched on Linux only (no /proc here)'))
  const pid = findTarget(context)
  if (pid === undefined) {
    return Promise.reject(
      new Error('no process of the target is known: give it a `start` command, or `pid` or `port` of a running one'),
    )
  }
  if (readStat(pid) === undefined) return Promise.reject(new Error(`process ${pid} of the target is gone`))
  return Promise.resolve(new ProcessProbe(context, pid))
}

/** A target that is known by its URL only is looked for on this machine, by its port. */
function findTarget({ targetPid, targetUrl }: ProbeContext): number | undefined {
  const pid = targetPid()
  if (pid !== undefined || targetUrl === undefined) return pid
  const { hostname, port, protocol } = new URL(targetUrl)
  const isHere = hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]'
  return isHere ? listenerOf(Number(port) || (protocol === 'https:' ? 443 : 80)) : undefined
}

interface Look {
  readonly atMs: number
  readonly ticks: ReadonlyMap<number, ProcessStat>
  readonly threads: ReadonlyMap<string, ThreadTimes>
  readonly waits: ReadonlyMap<number, number>
  /** Of its control group, where it has a quota of CPU. */
  readonly throttledMs: number | undefined
}

class ProcessProbe implements Probe {
  readonly name = 'target'
  readonly units = {
    'target.cpu': 'ratio',
    'target.cpu.core': 'ratio',
    'target.cpu.wait': 'ratio',
    'target.cpu.core.wait': 'ratio',
    'target.cpu.wanted': 'count',
    'target.cpu.throttled': 'ratio',
    'target.memory': 'bytes',
    'target.files': 'count',
    'target.threads': 'count',
    'target.processes': 'count',
    ...limitUnits,
    ...socketUnits,
  }
  readonly limitations: readonly string[]
  readonly #context: ProbeContext
  readonly #cores = cpus().length
  readonly #pageBytes = pageBytes()
  #tree: ProcessTree
  #sockets = new SocketWatch()
  #last: Look | undefined

  constructor(context: ProbeContext, pid: number) {
    this.#context = context
    this.#tree = new ProcessTree(pid)
    this.limitations =
      countOpenFiles(pid) === undefined
        ? ['open files and sockets of the target cannot be seen: its process belongs to another user; run proofload as that user']
        : []
  }

  sample(): Promise<Record<string, number>> {
    return Promise.resolve(this.#read())
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }

  #read(): Record<string, number> {
    this.#follow()
    const atMs = performance.now()
    const live = this.#tree.read(atMs)
    if (live.length === 0) {
      this.#last = undefined
      return {}
    }
    const pids = live.map((stat) => stat.pid)
    const threads = threadTimes(pids, mostThreads)
    const look: Look = {
      atMs,
      ticks: new Map(live.map((stat) => [stat.pid, stat])),
      threads,
      waits: firstThreadWaitMs(pids.slice(0, mostThreads), threads),
      throttledMs: pids[0] === undefined ? undefined : quotaOf(pids[0])?.throttledMs,
    }
    const values = {
      'target.memory': live.reduce((sum, stat) => sum + stat.residentPages, 0) * this.#pageBytes,
      'target.threads': live.reduce((sum, stat) => sum + stat.threads, 0),
      'target.processes': live.length,
      ...openFiles(pids),
      ...processLimits(pids),
      ...this.#sockets.read(pids, atMs),
      ...(this.#last === undefined
        ? {}
        : { ...this.#cpu(this.#last, look), ...waitOf(this.#last, look), ...throttled(this.#last, look) }),
    }
    this.#last = look
    return values
  }

  /** A target that was started afresh has another first process. */
  #follow(): void {
    const pid = this.#context.targetPid()
    if (pid === undefined || pid === this.#tree.root) return
    this.#tree = new ProcessTree(pid)
    this.#sockets = new SocketWatch()
    this.#last = undefined
  }

  /** A process or thread that was not there at the last look counts from zero only when the last look was of a tree without it, so from its birth. */
  #cpu(last: Look, look: Look): Record<string, number> {
    const available = ((look.atMs - last.atMs) / 1000) * ticksPerSecond
    if (available <= 0) return {}
    let used = 0
    for (const [pid, stat] of look.ticks) {
      const before = last.ticks.get(pid)
      used += stat.ticks - (before?.startTicks === stat.startTicks ? before.ticks : 0)
    }
    // Ticks are 10 ms, so a fully busy thread can seem to use a tick more than there was.
    return { 'target.cpu': Math.min(1, used / available / this.#cores), ...threadUse(last, look) }
  }
}

/**
 * Of the busiest thread: its CPU, and how long it wanted a core and had none. Of all threads: the cores that they would have used without having to wait;
 * what a thread waited for a core it could not have run, so each would have been busy for ran / (1 − waited) of the time.
 */
function threadUse(last: Look, look: Look): Record<string, number> {
  const elapsedMs = look.atMs - last.atMs
  let busiestMs = -1
  let itsWaitMs: number | undefined
  let wanted: number | undefined
  for (const [id, times] of look.threads) {
    const before = last.threads.get(id)
    const ranMs = ((times.ticks - (before?.ticks ?? 0)) * 1000) / ticksPerSecond
    const waitMs = times.waitMs === undefined ? undefined : Math.max(0, times.waitMs - (before?.waitMs ?? 0))
    if (waitMs !== undefined) wanted = (wanted ?? 0) + wantedShare(ranMs, waitMs, elapsedMs)
    if (ranMs <= busiestMs) continue
    busiestMs = ranMs
    itsWaitMs = waitMs
  }
  return {
    'target.cpu.core': Math.min(1, Math.max(0, busiestMs / elapsedMs)),
    ...(itsWaitMs === undefined ? {} : { 'target.cpu.core.wait': Math.min(1, itsWaitMs / elapsedMs) }),
    ...(wanted === undefined ? {} : { 'target.cpu.wanted': wanted }),
  }
}

/** The longest that the first thread of a process wanted a core and had none: what a pause of it owes to the machine. */
function waitOf(last: Look, look: Look): Record<string, number> {
  const shares = [...look.waits].flatMap(([pid, waitMs]) => {
    const before = last.waits.get(pid)
    return before === undefined ? [] : [(waitMs - before) / (look.atMs - last.atMs)]
  })
  return shares.length === 0 ? {} : { 'target.cpu.wait': Math.min(1, Math.max(0, ...shares)) }
}

/** Of the time in which it was held back by the quota of its control group: what a thread waited for then is no neighbour's doing. */
function throttled(last: Look, look: Look): Record<string, number> {
  if (last.throttledMs === undefined || look.throttledMs === undefined) return {}
  const share = (look.throttledMs - last.throttledMs) / (look.atMs - last.atMs)
  return { 'target.cpu.throttled': Math.min(1, Math.max(0, share)) }
}
