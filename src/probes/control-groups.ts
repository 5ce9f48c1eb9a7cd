import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface GroupFolder {
  readonly version: 1 | 2
  readonly folder: string
}

/**
 * The control groups that hold a process, its own first, then those around it. `/proc/PID/cgroup` has `0::/path` (version 2) or `4:memory:/path` (version 1); inside a container
 * the path may not exist, its root does.
 */
export function groupFolders(controller: 'memory' | 'cpu', own: string, mount = '/sys/fs/cgroup'): readonly GroupFolder[] {
  return own.split('\n').flatMap((line): readonly GroupFolder[] => {
    const [id, controllers = '', path = '/'] = line.split(':')
    const isSecond = id === '0' && controllers === ''
    if (!isSecond && !controllers.split(',').includes(controller)) return []
    const root = isSecond ? mount : join(mount, controller)
    return upwards(path || '/').map((place) => ({ version: isSecond ? 2 : 1, folder: join(root, place) }))
  })
}

function upwards(path: string): readonly string[] {
  const above = dirname(path)
  return above === path ? [path] : [path, ...upwards(above)]
}

/** Empty where there is none. */
export function readGroupFile(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'latin1')
  } catch {
    return ''
  }
}
