import { existsSync } from 'node:fs'
import { isAlive } from '../base/process-identity.ts'
import { commandLineOf, hasProcessTable, bootId } from '../base/process-table.ts'
import { endProcesses, findLive } from './end-processes.ts'
import type { RunJournal } from './journal.ts'
import { readJournals, removeFolder, removeJournal } from './journal.ts'
import { putRight, stillPaused } from './undo.ts'

/** What a run that was killed left behind. */
export interface Leftover {
  readonly runId: string
  readonly startedAt: string
  readonly processes: readonly { readonly pid: number; readonly command: string }[]
  readonly folders: readonly string[]
  /** Processes that a fault has stopped, and that are not ours. */
  readonly paused: readonly { readonly pid: number; readonly command: string; readonly fault: string }[]
}

/** Runs whose proofload is gone but whose journal is still there. A run that goes on is not listed. */
export function listLeftovers(): Leftover[] {
  return readJournals()
    .filter((journal) => !isOwnerAlive(journal))
    .map((journal) => ({
      runId: journal.runId,
      startedAt: journal.startedAt,
      processes: liveOf(journal).map((pid) => ({ pid, command: commandLineOf(pid) })),
      folders: journal.folders.filter((folder) => existsSync(folder)),
      paused: pausedOf(journal),
    }))
}

/** Ends and removes what {@link listLeftovers} lists. `left`: pids that would not go or belong to another user. */
export async function endLeftovers(): Promise<{ readonly runs: readonly Leftover[]; readonly left: readonly number[] }> {
  const runs = listLeftovers()
  const left: number[] = []
  for (const journal of readJournals().filter((each) => runs.some((run) => run.runId === each.runId))) {
    const stayed = await endOne(journal)
    left.push(...stayed)
    if (stayed.length === 0) removeJournal(journal.runId)
  }
  return { runs, left }
}

async function endOne(journal: RunJournal): Promise<number[]> {
  const sameBoot = journal.bootId === bootId()
  const stayed =
    sameBoot && hasProcessTable()
      ? await endProcesses({ processes: journal.processes, mark: { runId: journal.runId }, graceMs: 2000 })
      : []
  const wrong = sameBoot ? putRight(journal.undo ?? []) : []
  for (const folder of journal.folders) removeFolder(folder)
  return [...stayed, ...wrong.flatMap(({ processes }) => processes.map(({ pid }) => pid))]
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
