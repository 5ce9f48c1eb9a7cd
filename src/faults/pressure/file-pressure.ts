import { openSync } from 'node:fs'
import { countOpenFiles } from '../../base/process-table.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { Pressure } from './pressure.ts'
import { available } from './pressure.ts'
import { fileTableRoom, ownFileLimit } from './room-left.ts'

/** Node.js itself has about twenty files open. */
const ownFiles = 64
const mostPerProcess = 100_000
const mostProcesses = 16
const atOnce = 1000

/** Descriptors held open by processes beside the target: they fill the kernel's table, not the target's own limit. */
export function filePressure({ files }: Extract<PressureAction, { kind: 'file-pressure' }>): Pressure {
  const perProcess = Math.max(1, Math.min(mostPerProcess, ownFileLimit() - ownFiles))
  const processes = Math.min(mostProcesses, Math.ceil(files / perProcess))
  return {
    processes,
    probe() {
      const most = Math.min(fileTableRoom().left, processes * perProcess)
      return files <= most ? available : { state: 'degraded', reason: `only ${most} more files can be opened here` }
    },
    hold({ index }) {
      const share = Math.min(perProcess, files - index * perProcess)
      let open = 0
      const more = (): void => {
        try {
          const now = Math.min(atOnce, share - open, fileTableRoom().left)
          for (let i = 0; i < now; i++, open++) openSync('/dev/null', 'r')
        } catch {
          // The limit of this process or of the machine: what is open stays open, and `verify` tells how much that is.
          return
        }
        if (open < share) setTimeout(more, 5)
      }
      more()
      setInterval(() => undefined, 60_000)
      return () => undefined
    },
    verify({ holders }) {
      const open = holders.reduce((sum, { pid }) => sum + (countOpenFiles(pid) ?? 0), 0)
      const who = holders.length === 1 ? `process ${String(holders[0]?.pid)} has` : `${holders.length} processes have`
      return Promise.resolve({ ok: open >= files, evidence: `${who} ${open} files open, ${files} were asked for (/proc/PID/fd)` })
    },
  }
}
