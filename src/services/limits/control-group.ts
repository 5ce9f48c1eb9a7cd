import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.ts'

export type Controller = 'memory' | 'cpu' | 'pids'

/** Where a controller keeps the group of a process, by `/proc/self/cgroup` (cgroups(7)). */
interface Place {
  readonly version: 1 | 2
  /** Our own group: the parent of those that we make. */
  readonly folder: string
}

/** A control group of our own making: whoever joins it is held to its limit, and so are their children. */
export interface ControlGroup {
  readonly folder: string
  /** What was written where, for a person. */
  readonly how: string
}

/** The settings of each controller: the file that must exist for the limit to hold, and what goes into it. */
const settings: Readonly<Record<Controller, Readonly<Record<1 | 2, (value: number) => readonly (readonly [string, string])[]>>>> =
  {
    memory: {
      // Swap would let the limit pass unseen; where the kernel does not account for swap, that file is absent.
      1: (bytes) => [
        ['memory.limit_in_bytes', String(bytes)],
        ['memory.memsw.limit_in_bytes', String(bytes)],
      ],
      2: (bytes) => [
        ['memory.max', String(bytes)],
        ['memory.swap.max', '0'],
      ],
    },
    cpu: {
      1: (cores) => [
        ['cpu.cfs_quota_us', String(Math.round(cores * 100_000))],
        ['cpu.cfs_period_us', '100000'],
      ],
      2: (cores) => [['cpu.max', `${Math.round(cores * 100_000)} 100000`]],
    },
    pids: {
      1: (count) => [['pids.max', String(count)]],
      2: (count) => [['pids.max', String(count)]],
    },
  }

export interface GroupRequest {
  readonly controller: Controller
  readonly value: number
  /** Begins with the prefix of all our folders. */
  readonly name: string
  /** Told before the group is made, so that it can be removed after a crash. */
  readonly beforeMade: (folder: string) => void
}

/** Makes a control group with one limit, or says why this machine does not allow it. */
export function createControlGroup(
  { controller, value, name, beforeMade }: GroupRequest,
  own = read('/proc/self/cgroup'),
  mount = '/sys/fs/cgroup',
): ControlGroup | { readonly reason: string } {
  const place = placeOf(controller, own, mount)
  if (place === undefined) return { reason: `no control group for ${controller} is mounted here` }
  const folder = join(place.folder, name)
  const [first, ...more] = settings[controller][place.version](value)
  if (first === undefined) return { reason: 'nothing to set' }
  const isNew = !existsSync(folder)
  try {
    if (isNew) {
      beforeMade(folder)
      mkdirSync(folder)
    }
    const [file, text] = first
    if (!existsSync(join(folder, file))) {
      if (isNew) rmdirSync(folder)
      return { reason: `the ${controller} controller is not switched on below ${place.folder}` }
    }
    writeFileSync(join(folder, file), text)
    for (const [also, its] of more) if (existsSync(join(folder, also))) writeQuietly(join(folder, also), its)
    return { folder, how: `${file} = ${text} of the control group ${folder}` }
  } catch (thrown) {
    if (isNew) removeQuietly(folder)
    return { reason: `no control group can be made below ${place.folder}: ${messageOf(thrown)}` }
  }
}

/** `/proc/self/cgroup` has `4:memory:/path` (version 1) or `0::/path` (version 2); inside a container the path may not exist, its root does. */
function placeOf(controller: Controller, own: string, mount: string): Place | undefined {
  const lines = own.split('\n').map((line) => line.split(':'))
  for (const [, controllers = '', path = '/'] of lines) {
    if (!controllers.split(',').includes(controller)) continue
    const root = [join(mount, controllers), join(mount, controller)].find((folder) => existsSync(folder))
    if (root !== undefined) return { version: 1, folder: existsSync(join(root, path)) ? join(root, path) : root }
  }
  const second = lines.find(([id, controllers]) => id === '0' && controllers === '')
  if (second === undefined || !existsSync(join(mount, 'cgroup.controllers'))) return undefined
  const folder = join(mount, second[2] ?? '/')
  return { version: 2, folder: existsSync(folder) ? folder : mount }
}

/** Whether a process is in the group. */
export function isInGroup(pid: number, { folder }: ControlGroup): boolean {
  return read(join(folder, 'cgroup.procs')).split('\n').includes(String(pid))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function writeQuietly(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch {
    // A refinement that this kernel does not take; the limit itself stands.
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It was not made.
  }
}
