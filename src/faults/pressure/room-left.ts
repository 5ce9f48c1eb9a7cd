import { readFileSync, statfsSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'

/**
 * Hard caps: this much of the machine stays free whatever a plan asks for. The run's own guards act at 10 % of memory and 5 % of disk, so
 * the pressure stops a little before it would end the run itself.
 */
const memoryShare = 0.12
const diskShare = 0.06

export interface Room {
  readonly total: number
  readonly free: number
  /** What may be taken. */
  readonly left: number
}

/** Memory of the machine, or of the control group that we are held to. */
export function memoryRoom(): Room {
  const limit = process.constrainedMemory()
  const total = limit > 0 && limit < totalmem() ? limit : totalmem()
  const free = Math.min(freemem(), process.availableMemory())
  return { total, free, left: Math.max(0, free - memoryShare * total) }
}

/** Space on the disk of a folder, as an ordinary user has it. */
export function diskRoom(folder: string): Room {
  const { bavail, blocks, bsize } = statfsSync(folder)
  const total = blocks * bsize
  const free = bavail * bsize
  return { total, free, left: Math.max(0, free - diskShare * total) }
}

/** The kernel's table of open files: `allocated 0 most`; a tenth of it stays free. */
export function fileTableRoom(): Room {
  const [allocated = 0, , most = Infinity] = read('/proc/sys/fs/file-nr').trim().split(/\s+/).map(Number)
  const free = most - allocated
  return { total: most, free, left: Math.max(0, Math.floor(free - 0.1 * most)) }
}

/** Files that one process of ours may have open. */
export function ownFileLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(read('/proc/self/limits'))?.[1]
  return hard === undefined || hard === 'unlimited' ? 1_000_000 : Number(hard)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
