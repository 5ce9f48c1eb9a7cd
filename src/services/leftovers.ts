import { existsSync } from 'node:fs'
import { isAlive } from '../base/process-identity.ts'
import { commandLineOf, hasProcessTable, bootId } from '../base/process-table.ts'
import { abandonedScratchFolders } from '../base/scratch-folder.ts'
import { endProcesses, findLive } from './end-processes.ts'
import type { RunJournal } from './journal.ts'
import { readJournals, removeAbandonedDrafts, removeFolders, removeJournal } from './journal.ts'
import { putRight, stillPaused } from './undo.ts'

/** What a run that was killed left behind. */
export interface Leftover {
  /** Absent: it was killed before its run began, or after its record was closed. */
  readonly runId?: string
  readonly startedAt: string
  readonly processes: readonly { readonly pid: number; readonly command: string }[]
  readonly folders: readonly string[]
  /** Processes that a fault has stopped, and that are not ours. */
  readonly paused: readonly { readonly pid: number; readonly command: string; readonly fault: string }[]
}

/** Runs whose proofload is gone but whose journal is still there, and folders of commands that have none. A run that goes on is not listed. */
export function listLeftovers(): Leftover[] {
  const runs = readJournals()
    .filter((journal) => !isOwnerAlive(journal))
    .map((journal) => ({
      runId: journal.runId,
      startedAt: journal.startedAt,
      processes: liveOf(journal).map((pid) => ({ pid, command: commandLineOf(pid) })),
      folders: journal.folders.filter((folder) => existsSync(folder)),
      paused: pausedOf(journal),
    }))
  const listed = new Set(runs.flatMap(({ folders }) => folders))
  const before = abandonedScratchFolders()
    .filter(({ path }) => !listed.has(path))
    .map(({ path, madeAt }) => ({ startedAt: madeAt, processes: [], folders: [path], paused: [] }))
  return [...runs, ...before]
}

/** What {@link endLeftovers} could do nothing about. */
export interface Stayed {
  /** Pids that would not go or go on, or belong to another user. */
  readonly processes: readonly number[]
  readonly folders: readonly string[]
}

/** Ends and removes what {@link listLeftovers} lists. */
export async function endLeftovers(): Promise<Stayed> {
  const processes: number[] = []
  const folders: string[] = []
  for (const journal of readJournals().filter((each) => !isOwnerAlive(each))) {
    const stayed = await endOne(journal)
    processes.push(...stayed.processes)
    folders.push(...stayed.folders)
    if (stayed.processes.length + stayed.folders.length === 0) removeJournal(journal.runId)
  }
  folders.push(...removeFolders(abandonedScratchFolders().map(({ path }) => path)))
  removeAbandonedDrafts()
  return { processes, folders: [...new Set(folders)] }
}

async function endOne(journal: RunJournal): Promise<Stayed> {
  const sameBoot = journal.bootId === bootId()
  const stayed =
    sameBoot && hasProcessTable()
      ? await endProcesses({ processes: journal.processes, mark: { runId: journal.runId }, graceMs: 2000 })
      : []
  const wrong = sameBoot ? putRight(journal.undo ?? []) : []
  return {
    processes: [...stayed, ...wrong.flatMap(({ processes }) => processes.map(({ pid }) => pid))],
    folders: removeFolders(journal.folders),
  }
}

function pausedOf(journal: RunJournal): Leftover['paused'] {
  if (journal.bootId !== bootId()) return []
  return (journal.undo ?? []).flatMap((record) =>
    stillPaused(record).map(({ pid }) => ({ pid, command: commandLineOf(pid), fault: record.title })),
  )
}

function isOwnerAlive({ owner, bootId: boot }: RunJournal): boolean {
  return isAlive({ ...owner, bootId: boot })
}

function liveOf(journal: RunJournal): number[] {
  if (journal.bootId !== bootId() || !hasProcessTable()) return []
  return findLive({ processes: journal.processes, mark: { runId: journal.runId } }).map(({ pid }) => pid)
}
