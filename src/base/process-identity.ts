import { bootId, readStat } from './process-table.ts'

/** A process that cannot be mistaken for another: a pid alone is used again. */
export interface ProcessIdentity {
  readonly pid: number
  /** Null where the kernel does not say. */
  readonly startTicks: number | null
  readonly bootId: string
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: readStat(process.pid)?.startTicks ?? null, bootId: bootId() }
}

/** Is this very process still there? A zombie is not. */
export function isAlive({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  if (boot !== bootId()) return false
  if (startTicks === null) return canSignal(pid)
  const stat = readStat(pid)
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== 'Z'
}

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
