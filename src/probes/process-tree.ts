import { readFileSync } from 'node:fs'
import type { ProcessStat } from '../base/process-table.ts'
import { environmentOf, numericEntries, readProcessTable, readStat, withDescendants } from '../base/process-table.ts'

/** The variable that `services` puts into the environment of each thing it starts. */
const partMark = 'PROOFLOAD_PART'

/** Looking through all processes may take up to this share of our time; between two such looks only known ones are read. */
const scanShare = 0.01

/** The processes that belong to one root: descendants, its process group, and those that carry its mark. */
export class ProcessTree {
  readonly root: number
  readonly #startTicks: number
  readonly #mark: string | undefined
  readonly #marked = new Map<number, boolean>()
  #known: readonly number[]
  #scannedMs = -Infinity
  #scanCostMs = 0

  constructor(root: number) {
    this.root = root
    this.#startTicks = readStat(root)?.startTicks ?? -1
    this.#mark = environmentOf(root, partMark)
    this.#known = [root]
  }

  /** What lives of it now; empty once it is gone. */
  read(nowMs: number): ProcessStat[] {
    const live = this.#known.flatMap((pid) => readStat(pid) ?? [])
    const isComplete = live.length === this.#known.length && live[0]?.startTicks === this.#startTicks
    if (isComplete && nowMs - this.#scannedMs < this.#scanCostMs / scanShare) return live.filter(isRunning)
    const startMs = performance.now()
    const table = readProcessTable()
    const roots = table.filter((stat) => this.#isRoot(stat)).map((stat) => stat.pid)
    const members = withDescendants(roots, table)
    const found = table.filter((stat) => members.has(stat.pid))
    this.#known = found.map((stat) => stat.pid)
    this.#scannedMs = nowMs
    this.#scanCostMs = performance.now() - startMs
    return found.filter(isRunning)
  }

  #isRoot(stat: ProcessStat): boolean {
    if (stat.pid === this.root) return stat.startTicks === this.#startTicks
    return stat.group === this.root || this.#isMarked(stat)
  }

  /** A process keeps the environment it began with, so each is asked once. */
  #isMarked({ pid, startTicks }: ProcessStat): boolean {
    if (this.#mark === undefined) return false
    const key = pid * 2 ** 24 + (startTicks % 2 ** 24)
    let marked = this.#marked.get(key)
    if (marked === undefined) {
      marked = environmentOf(pid, partMark) === this.#mark
      this.#marked.set(key, marked)
    }
    return marked
  }
}

function isRunning(stat: ProcessStat): boolean {
  return stat.state !== 'Z'
}

/** CPU that a thread used, in clock ticks, and how long it wanted a core and had none (where the kernel tells). */
export interface ThreadTimes {
  readonly ticks: number
  readonly waitMs: number | undefined
}

/** By `pid/tid`. */
export function threadTimes(pids: readonly number[], limit: number): Map<string, ThreadTimes> {
  const times = new Map<string, ThreadTimes>()
  for (const pid of pids) {
    for (const tid of numericEntries(`/proc/${pid}/task`)) {
      if (times.size >= limit) return times
      const stat = readStat(`${pid}/task/${tid}`)
      if (stat !== undefined) times.set(`${pid}/${tid}`, { ticks: stat.ticks, waitMs: waitMsOf(pid, tid) })
    }
  }
  return times
}

/** Share of the time in which a thread would have been busy had it never had to wait for a core. */
export function wantedShare(ranMs: number, waitMs: number, elapsedMs: number): number {
  return ranMs <= 0 ? 0 : ranMs / Math.max(ranMs, elapsedMs - waitMs)
}

/** Linux: the second field of `schedstat`, in ns. */
function waitMsOf(pid: number, tid: number): number | undefined {
  const waitNs = Number(schedstatOf(pid, tid)?.split(' ')[1])
  return Number.isFinite(waitNs) ? waitNs / 1e6 : undefined
}

/** How long the first thread of each process has wanted a core and had none, in ms; without those that the kernel does not tell. */
export function firstThreadWaitMs(pids: readonly number[], times: ReadonlyMap<string, ThreadTimes>): Map<number, number> {
  const waits = new Map<number, number>()
  for (const pid of pids) {
    const waitMs = times.get(`${pid}/${pid}`)?.waitMs ?? waitMsOf(pid, pid)
    if (waitMs !== undefined) waits.set(pid, waitMs)
  }
  return waits
}

function schedstatOf(pid: number, tid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1')
  } catch {
    // The process has ended meanwhile, or the kernel was built without it.
    return undefined
  }
}

/** Bytes in a page of memory, as the kernel tells it of our own (`KernelPageSize: 4 kB`). */
export function pageBytes(): number {
  try {
    const size = /KernelPageSize:\s+(\d+) kB/.exec(readFileSync('/proc/self/smaps', 'latin1'))?.[1]
    return size === undefined ? 4096 : Number(size) * 1024
  } catch {
    return 4096
  }
}
