import type { GroupFolder } from './control-groups.ts'
import { groupFolders, readGroupFile } from './control-groups.ts'

export interface GroupCpu {
  /** Cores that it may use on average: its quota by its period. */
  readonly cores: number
  /** For how long it was held back since it was made, of all cores together. */
  readonly throttledMs: number
}

/** The smallest quota of CPU among the control groups that hold a process; undefined where none has one. @param own `/proc/PID/cgroup` */
export function cpuQuota(own: string, mount?: string): GroupCpu | undefined {
  const quotas = groupFolders('cpu', own, mount).flatMap((group) => quotaOf(group) ?? [])
  return quotas.toSorted((a, b) => a.cores - b.cores)[0]
}

/** Version 2: `cpu.max` is `max 100000` or `10000 100000`; version 1: a quota of -1 is none. */
function quotaOf({ version, folder }: GroupFolder): GroupCpu | undefined {
  const [quota, period] =
    version === 2
      ? readGroupFile(folder, 'cpu.max').split(' ').map(Number)
      : ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => Number(readGroupFile(folder, name)))
  if (quota === undefined || period === undefined || !(quota > 0 && period > 0)) return undefined
  const [, unit, time] = /^throttled_(usec|time) (\d+)/m.exec(readGroupFile(folder, 'cpu.stat')) ?? []
  return { cores: quota / period, throttledMs: Number(time ?? 0) / (unit === 'usec' ? 1e3 : 1e6) }
}
