import { accessSync, constants } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { basename, delimiter, join } from 'node:path'
import { commandLineOf, environmentOf } from '../../base/process-table.ts'
import type { LimitsSpec } from '../../model/limits-spec.ts'
import type { LimitResult } from '../../model/run-result.ts'
import type { ControlGroup, Controller } from './control-group.ts'
import { createControlGroup, isInGroup } from './control-group.ts'
import { coresOf, describeCores, limitOf, ownCores, ownHardLimit } from './process-limits.ts'

/** A command that lays limits on itself before it becomes the target. */
export interface LaidLimits {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Control groups to be removed when the target has ended. */
  readonly groups: readonly string[]
  /** What holds for this process now: read back from the kernel, not taken for granted. */
  verify(pid: number): Promise<readonly LimitResult[]>
}

export interface LayOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the control groups. */
  readonly groupName: string
  /** Called with the path of each control group before it is made. */
  readonly beforeGroup: (folder: string) => void
}

/** One limit on its way: shell lines that run before the target, what stands in front of its command, and the check afterwards. */
interface Part {
  readonly script?: string
  readonly prefix?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly group?: ControlGroup
  verify(pid: number): LimitResult
}

/**
 * Limits go through the shell that becomes the target (`ulimit`, `exec`): it works for every user, needs no other program, and touches
 * no process but this one and its children. Lowering is always allowed; what a user may not do is said in `verify`.
 */
export function layLimits(words: readonly string[], limits: LimitsSpec, options: LayOptions): LaidLimits {
  const { files, memoryBytes, cpus, fileSizeBytes, processes } = limits
  const parts: Part[] = [
    ...(files === undefined ? [] : [limitFiles(files)]),
    ...(memoryBytes === undefined ? [] : [limitMemory(memoryBytes, words, options)]),
    ...(cpus === undefined ? [] : [limitCpus(cpus, options)]),
    ...(fileSizeBytes === undefined ? [] : [limitFileSize(fileSizeBytes)]),
    ...(processes === undefined ? [] : [inGroup('processes', 'pids', processes, options)]),
  ]
  const script = [...parts.flatMap((part) => part.script ?? []), 'exec "$@"'].join('\n')
  return {
    words: ['/bin/sh', '-c', script, 'sh', ...parts.flatMap((part) => part.prefix ?? []), ...words],
    env: Object.assign({}, ...parts.map((part) => part.env ?? {})) as Record<string, string>, // each is a record of texts
    groups: [...new Set(parts.flatMap((part) => part.group?.folder ?? []))],
    async verify(pid) {
      await untilReplaced(pid)
      return parts.map((part) => part.verify(pid))
    },
  }
}

/** A target without a readiness check may be asked about while it is still the shell. */
async function untilReplaced(pid: number): Promise<void> {
  const deadline = performance.now() + 2000
  const isShell = (): boolean => /exec "\$@"|^\S*taskset -c/.test(commandLineOf(pid))
  while (isShell() && performance.now() < deadline) await sleep(10)
}

function limitFiles(files: number): Part {
  return {
    script: `ulimit -n ${files} 2>/dev/null || :`,
    verify: (pid) => readBack({ name: 'files', asked: files, pid, row: 'Max open files', unit: 1, by: `RLIMIT_NOFILE ${files}` }),
  }
}

/** POSIX: `ulimit -f` counts blocks of 512 bytes. */
const blockBytes = 512

function limitFileSize(bytes: number): Part {
  const blocks = Math.max(1, Math.ceil(bytes / blockBytes))
  return {
    script: `ulimit -f ${blocks} 2>/dev/null || :`,
    verify: (pid) =>
      readBack({
        name: 'fileSize',
        asked: bytes,
        pid,
        row: 'Max file size',
        unit: blockBytes,
        by: `RLIMIT_FSIZE ${blocks * blockBytes} bytes`,
      }),
  }
}

interface ReadBack {
  readonly name: string
  readonly asked: number
  readonly pid: number
  /** Of /proc/PID/limits. */
  readonly row: string
  /** The limit can be set in steps of this. */
  readonly unit: number
  readonly by: string
}

function readBack({ name, asked, pid, row, unit, by }: ReadBack): LimitResult {
  const now = limitOf(pid, row)
  if (now === undefined) return { name, asked, set: false, how: 'the process is gone, or its limits cannot be read here' }
  // Node.js raises a soft limit of open files to the hard one when it starts: the hard one counts.
  const set = now >= asked && now < asked + unit
  if (set) return { name, asked, set, how: `${by}, read back from /proc/${pid}/limits` }
  const hard = ownHardLimit(row)
  const why = hard !== undefined && asked > hard ? `; this user may not go above ${hard}` : ''
  return { name, asked, set, how: `it is ${now === Infinity ? 'unlimited' : now}${why}` }
}

function inGroup(name: string, controller: Controller, value: number, options: LayOptions): Part {
  const group = createControlGroup({ controller, value, name: options.groupName, beforeMade: options.beforeGroup })
  if ('reason' in group) return { verify: () => ({ name, asked: value, set: false, how: group.reason }) }
  return {
    script: `echo $$ > '${group.folder}/cgroup.procs' || :`,
    group,
    verify(pid) {
      const set = isInGroup(pid, group)
      return { name, asked: value, set, how: set ? group.how : `the target could not join ${group.folder}` }
    },
  }
}

const nodePrograms = new Set(['node', 'nodejs', 'npm', 'npx', 'pnpm', 'yarn', 'tsx'])

/** The heap's flag holds where the target is Node.js; the group holds for the whole tree. Either is a limit, both are better. */
function limitMemory(bytes: number, words: readonly string[], options: LayOptions): Part {
  const group = inGroup('memory', 'memory', Math.floor(bytes), options)
  if (!nodePrograms.has(basename(words[0] ?? ''))) return group
  const flag = `--max-old-space-size=${Math.max(8, Math.floor(bytes / 2 ** 20))}`
  const given = options.env['NODE_OPTIONS'] ?? ''
  return {
    ...group,
    env: { NODE_OPTIONS: `${given} ${flag}`.trim() },
    verify(pid) {
      const whole = group.verify(pid)
      const rest = whole.set ? `and ${whole.how}` : `not the rest of its memory: ${whole.how}`
      if (environmentOf(pid, 'NODE_OPTIONS')?.includes(flag) !== true) return whole
      return { name: 'memory', asked: bytes, set: true, how: `${flag} in NODE_OPTIONS for Node's own heap, ${rest}` }
    },
  }
}

/** Whole cores by affinity, fractions of a core by a quota. */
function limitCpus(cpus: number, options: LayOptions): Part {
  const mine = ownCores()
  const taskset = findProgram('taskset', options.env)
  if (!Number.isInteger(cpus) || taskset === undefined || mine.length === 0) return inGroup('cpus', 'cpu', cpus, options)
  if (cpus > mine.length)
    return { verify: () => ({ name: 'cpus', asked: cpus, set: false, how: `proofload itself may use only ${mine.length} here` }) }
  const chosen = mine.slice(0, cpus)
  return {
    prefix: [taskset, '-c', chosen.join(',')],
    verify(pid) {
      const now = coresOf(pid)
      const set = now.length === cpus
      return {
        name: 'cpus',
        asked: cpus,
        set,
        how: `it may run on ${describeCores(now)} (affinity, read back from /proc/${pid}/status)`,
      }
    },
  }
}

function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  return (env['PATH'] ?? '/usr/bin:/bin')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
