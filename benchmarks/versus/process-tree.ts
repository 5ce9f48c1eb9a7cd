import { readFileSync } from 'node:fs'
import { readProcessTable, ticksPerSecond, withDescendants } from '../../src/base/process-table.ts'

export interface TreeUse {
  /** User and system time of all processes that live. */
  readonly cpuMs: number
  /** Sum of what each has resident. */
  readonly residentBytes: number
  /** Of the largest of them, its highest so far. */
  readonly peakOfLargestBytes: number
}

/** What a process and its descendants use (Linux). */
export function readTree(root: number): TreeUse {
  const table = readProcessTable()
  const tree = withDescendants([root], table)
  let [ticks, residentBytes, peakOfLargestBytes] = [0, 0, 0]
  for (const stat of table) {
    if (!tree.has(stat.pid)) continue
    const { resident, peak } = readMemory(stat.pid)
    ticks += stat.ticks
    residentBytes += resident
    peakOfLargestBytes = Math.max(peakOfLargestBytes, peak)
  }
  return { cpuMs: (ticks * 1000) / ticksPerSecond, residentBytes, peakOfLargestBytes }
}

function readMemory(pid: number): { resident: number; peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0)
    return { resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 }
  } catch {
    return { resident: 0, peak: 0 } // ended meanwhile
  }
}
