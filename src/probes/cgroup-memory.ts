import { readFileSync } from 'node:fs'
import { join } from 'node:path'

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

export interface GroupMemory {
  readonly used: number
  readonly limit: number
}

/** Memory of our control group, when its limit is lower than the machine's memory. Pages of files that can be dropped do not count as used. */
export function memoryLimit(
  machineBytes: number,
  own = read('/proc/self/cgroup'),
  mount = '/sys/fs/cgroup',
): GroupMemory | undefined {
  for (const candidate of folders(own, mount)) {
    const limit = Number(read(join(candidate.folder, candidate.limit)).trim())
    if (!(limit > 0 && limit < machineBytes)) continue
    const current = Number(read(join(candidate.folder, candidate.current)).trim())
    const droppable = Number(
      new RegExp(`^${candidate.inactive} (\\d+)`, 'm').exec(read(join(candidate.folder, 'memory.stat')))?.[1] ?? 0,
    )
    if (current > 0) return { limit, used: Math.max(0, current - droppable) }
  }
  return undefined
}

interface Candidate {
  readonly folder: string
  readonly limit: string
  readonly current: string
  readonly inactive: string
}

/** `/proc/self/cgroup` has `0::/path` (version 2) or `4:memory:/path` (version 1); inside a container the path may not exist, its root does. */
function folders(own: string, mount: string): Candidate[] {
  const candidates: Candidate[] = []
  for (const line of own.split('\n')) {
    const [id, controllers = '', path = '/'] = line.split(':')
    const isSecond = id === '0' && controllers === ''
    if (!isSecond && !controllers.split(',').includes('memory')) continue
    for (const place of new Set([path, '/'])) {
      candidates.push(
        isSecond
          ? { folder: join(mount, place), limit: 'memory.max', current: 'memory.current', inactive: 'inactive_file' }
          : {
              folder: join(mount, 'memory', place),
              limit: 'memory.limit_in_bytes',
              current: 'memory.usage_in_bytes',
              inactive: 'total_inactive_file',
            },
      )
    }
  }
  return candidates
}
