import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessStat } from '../base/process-table.ts'
import { environmentOf, hasProcessTable, readProcessTable, readStat, withDescendants } from '../base/process-table.ts'
import type { WatchedProcess } from './journal.ts'
import { partMark, runMark } from './journal.ts'

export interface EndOptions {
  readonly processes: readonly WatchedProcess[]
  /** Also whatever carries this mark in its environment: children that left the group. */
  readonly mark: Mark
  /** Between the polite signal and SIGKILL. */
  readonly graceMs: number
}

/** Without `part`: everything of the run. */
export interface Mark {
  readonly runId: string
  readonly part?: string
}

export interface LiveProcess {
  readonly pid: number
  readonly startTicks: number
  readonly signal: 'SIGTERM' | 'SIGINT'
}

/** Processes that live and belong to what is to be ended. A pid that was used again for something else has another start time and is left out. */
export function findLive({ processes, mark }: Pick<EndOptions, 'processes' | 'mark'>): LiveProcess[] {
  const table = readProcessTable().filter((stat) => stat.state !== 'Z' && stat.pid !== process.pid)
  const byPid = new Map(table.map((stat) => [stat.pid, stat]))
  const signals = new Map<number, 'SIGTERM' | 'SIGINT'>()
  for (const watched of processes) {
    for (const stat of membersOf(watched, table, byPid)) signals.set(stat.pid, watched.signal)
  }
  for (const { pid } of table) {
    if (!signals.has(pid) && carries(pid, mark)) signals.set(pid, 'SIGTERM')
  }
  return [...signals].flatMap(([pid, signal]) => {
    const stat = byPid.get(pid)
    return stat === undefined ? [] : [{ pid, startTicks: stat.startTicks, signal }]
  })
}

function carries(pid: number, { runId, part }: Mark): boolean {
  return environmentOf(pid, runMark) === runId && (part === undefined || environmentOf(pid, partMark) === part)
}

/** A group is known by its leader. Once the leader is gone only the mark can tell its members from strangers. */
function membersOf(
  watched: WatchedProcess,
  table: readonly ProcessStat[],
  byPid: ReadonlyMap<number, ProcessStat>,
): ProcessStat[] {
  if (byPid.get(watched.pid)?.startTicks !== watched.startTicks) return []
  const roots = table.filter((stat) => stat.group === watched.pid || stat.pid === watched.pid).map((stat) => stat.pid)
  const tree = withDescendants(roots, table)
  return table.filter((stat) => tree.has(stat.pid))
}

/** Ends processes politely, then firmly, and answers with the pids that would not go. Never touches a pid whose start time changed. */
export async function endProcesses({ processes, mark, graceMs }: EndOptions): Promise<number[]> {
  if (!hasProcessTable()) return endGroupsBlindly(processes, graceMs)
  // The first look fixes who belongs to us: children of a leader that ends first are still known afterwards.
  const known = new Map<number, LiveProcess>()
  const learn = (): LiveProcess[] => {
    for (const live of findLive({ processes, mark })) if (!known.has(live.pid)) known.set(live.pid, live)
    return [...known.values()].filter(isAlive)
  }
  let live = learn()
  const asked = new Set<number>()
  const deadline = performance.now() + graceMs
  while (live.length > 0 && performance.now() < deadline) {
    for (const { pid, signal } of live) {
      if (asked.has(pid)) continue
      asked.add(pid)
      send(pid, signal)
      send(pid, 'SIGCONT') // a paused process cannot end itself
    }
    await sleep(25)
    live = learn()
  }
  const killDeadline = performance.now() + 3000
  while (live.length > 0 && performance.now() < killDeadline) {
    for (const { pid } of live) send(pid, 'SIGKILL')
    await sleep(25)
    live = learn()
  }
  return live.map(({ pid }) => pid)
}

function isAlive({ pid, startTicks }: LiveProcess): boolean {
  const stat = readStat(pid)
  return stat !== undefined && stat.state !== 'Z' && stat.startTicks === startTicks
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}

/** Without a process table groups are all there is; used only while they cannot have been used again (just after the run). */
async function endGroupsBlindly(processes: readonly WatchedProcess[], graceMs: number): Promise<number[]> {
  for (const { pid, signal } of processes) send(-pid, signal)
  const deadline = performance.now() + graceMs
  const alive = (): WatchedProcess[] => processes.filter(({ pid }) => send(-pid, 0))
  while (alive().length > 0 && performance.now() < deadline) await sleep(50)
  for (const { pid } of alive()) send(-pid, 'SIGKILL')
  return alive().map(({ pid }) => pid)
}
