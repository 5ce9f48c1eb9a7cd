import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { countOpenFiles, environmentOf } from '../base/process-table.ts'
import type { GroupCpu } from './cgroup-cpu.ts'
import { cpuQuota } from './cgroup-cpu.ts'
import { memoryLimit } from './cgroup-memory.ts'

/** Processes of a tree that are asked for their limits, once a second. */
const mostProcesses = 50

export const limitUnits = {
  'target.files.share': 'ratio',
  'target.files.limit': 'count',
  'target.cores': 'count',
  'target.memory.limit': 'bytes',
  'target.heap.limit': 'bytes',
}

/**
 * What the processes may have at most, where it is less than the machine's: files of the one that is nearest to its own limit, cores that they may run
 * on or their control group gives them, memory of that group, heap that Node.js was given. Asked anew each time: limits can be changed from outside, and a shell that lays them
 * becomes the program with the same number.
 */
export function processLimits(pids: readonly number[], machineBytes = totalmem()): Record<string, number> {
  const some = pids.slice(0, mostProcesses)
  const [root] = some
  const cores = some.flatMap((pid) => allowedCores(read(pid, 'status')) ?? [])
  const quota = root === undefined ? undefined : quotaOf(root)
  const group = root === undefined ? undefined : memoryLimit(machineBytes, read(root, 'cgroup'))
  const heaps = some.flatMap((pid) => heapLimit(`${read(pid, 'cmdline')}\0${environmentOf(pid, 'NODE_OPTIONS') ?? ''}`) ?? [])
  return {
    ...nearestFileLimit(some),
    ...(cores.length === 0 ? {} : { 'target.cores': Math.min(Math.max(...cores), quota?.cores ?? Infinity) }),
    ...(group === undefined ? {} : { 'target.memory.limit': group.limit }),
    ...(heaps.length === 0 ? {} : { 'target.heap.limit': heaps.reduce((a, b) => a + b, 0) }),
  }
}

/** Of the control groups that hold a process. */
export function quotaOf(pid: number): GroupCpu | undefined {
  return cpuQuota(read(pid, 'cgroup'))
}

function nearestFileLimit(pids: readonly number[]): Record<string, number> {
  let share = -1
  let limit = 0
  for (const pid of pids) {
    const open = countOpenFiles(pid)
    const soft = softFileLimit(read(pid, 'limits'))
    if (open === undefined || soft === undefined || open / soft <= share) continue
    share = open / soft
    limit = soft
  }
  return share < 0 ? {} : { 'target.files.share': share, 'target.files.limit': limit }
}

/** `/proc/PID/limits`: `Max open files            1024                 1048576              files`. */
export function softFileLimit(text: string): number | undefined {
  const soft = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1])
  return soft > 0 ? soft : undefined
}

/** `/proc/PID/status`: `Cpus_allowed_list:\t0-2,5`. */
export function allowedCores(text: string): number | undefined {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)/m.exec(text)?.[1]
  if (list === undefined) return undefined
  return list.split(',').reduce((sum, range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return sum + to - from + 1
  }, 0)
}

/** Of Node.js, in words separated by blanks or null bytes: `--max-old-space-size=64` and its spelling with underscores, in MiB; the last one holds. */
export function heapLimit(words: string): number | undefined {
  const mebibytes = Number([...words.matchAll(/--max[-_]old[-_]space[-_]size[=\s\0](\d+)/g)].at(-1)?.[1])
  return mebibytes > 0 ? mebibytes * 1024 * 1024 : undefined
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    // It has ended meanwhile, or is not ours to look into.
    return ''
  }
}
