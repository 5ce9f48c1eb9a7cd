import { readFileSync } from 'node:fs'
import { groupFolders, readGroupFile } from './control-groups.ts'

export interface GroupMemory {
  readonly used: number
  readonly limit: number
}

const files = {
  1: { limit: 'memory.limit_in_bytes', current: 'memory.usage_in_bytes', inactive: 'total_inactive_file' },
  2: { limit: 'memory.max', current: 'memory.current', inactive: 'inactive_file' },
} as const

/** Memory of our control group, when its limit is lower than the machine's memory. Pages of files that can be dropped do not count as used. */
export function memoryLimit(machineBytes: number, own = ownGroups(), mount?: string): GroupMemory | undefined {
  for (const { version, folder } of groupFolders('memory', own, mount)) {
    const names = files[version]
    const limit = Number(readGroupFile(folder, names.limit).trim())
    if (!(limit > 0 && limit < machineBytes)) continue
    const current = Number(readGroupFile(folder, names.current).trim())
    const droppable = Number(new RegExp(`^${names.inactive} (\\d+)`, 'm').exec(readGroupFile(folder, 'memory.stat'))?.[1] ?? 0)
    if (current > 0) return { limit, used: Math.max(0, current - droppable) }
  }
  return undefined
}

function ownGroups(): string {
  try {
    return readFileSync('/proc/self/cgroup', 'latin1')
  } catch {
    return ''
  }
}
