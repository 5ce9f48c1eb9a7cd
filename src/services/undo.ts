import { readStat } from '../base/process-table.ts'
import type { UndoRecord } from '../model/undo-record.ts'

/** Puts right what a fault of a run that is gone has left as it was. Gives back what could not be put right: processes of another user. */
export function putRight(records: readonly UndoRecord[]): UndoRecord[] {
  return records.flatMap((record) => {
    const processes = stillPaused(record).filter(({ pid }) => !goOn(pid))
    return processes.length === 0 ? [] : [{ ...record, processes }]
  })
}

/** Of the processes of a record those that are the same, and stopped. */
export function stillPaused({ processes }: UndoRecord): UndoRecord['processes'] {
  return processes.filter(({ pid, startTicks }) => {
    const stat = readStat(pid)
    return stat?.state === 'T' && stat.startTicks === startTicks
  })
}

function goOn(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGCONT')
  } catch (thrown) {
    // It has ended meanwhile.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH'
  }
}
