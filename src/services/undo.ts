import { readProcessTable, readStat, withDescendants } from '../base/process-table.ts'
import type { UndoRecord } from '../model/undo-record.ts'

type Processes = UndoRecord['processes']

/** Puts right what a fault of a run that is gone has left as it was. Gives back what could not be put right: processes of another user. */
export function putRight(records: readonly UndoRecord[]): UndoRecord[] {
  return records.flatMap((record) => {
    // Also to those that run: a stop that still waits for a core is taken back by it.
    const processes = familyOf(record).filter((member) => !goOn(member.pid) && isPaused(member))
    return processes.length === 0 ? [] : [{ ...record, processes }]
  })
}

/** Of the processes of a record, and of their children, those that are stopped. */
export function stillPaused(record: UndoRecord): Processes {
  return familyOf(record).filter(isPaused)
}

/** Those that are still the same, with the children that were born after the record was written: a fault stops them as well. */
function familyOf({ processes }: UndoRecord): Processes {
  const same = processes.filter(({ pid, startTicks }) => readStat(pid)?.startTicks === startTicks)
  if (same.length === 0) return []
  const table = readProcessTable()
  const family = withDescendants(
    same.map(({ pid }) => pid),
    table,
  )
  return table.filter(({ pid }) => family.has(pid)).map(({ pid, startTicks }) => ({ pid, startTicks }))
}

function isPaused({ pid, startTicks }: Processes[number]): boolean {
  const stat = readStat(pid)
  return stat?.state === 'T' && stat.startTicks === startTicks
}

function goOn(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGCONT')
  } catch (thrown) {
    // It has ended meanwhile.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH'
  }
}
