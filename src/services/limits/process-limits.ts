import { readFileSync } from 'node:fs'

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** The hard limit in a row of `/proc/PID/limits` such as `Max open files            1024                 4096                 files`. */
export function hardLimit(table: string, row: string): number | undefined {
  const line = table.split('\n').find((one) => one.startsWith(row))
  const hard = line?.slice(row.length).trim().split(/\s+/)[1]
  if (hard === undefined) return undefined
  return hard === 'unlimited' ? Infinity : Number(hard)
}

export function limitOf(pid: number, row: string): number | undefined {
  return hardLimit(read(`/proc/${pid}/limits`), row)
}

export function ownHardLimit(row: string): number | undefined {
  return hardLimit(read('/proc/self/limits'), row)
}

/** Cores in a list such as `0-2,5`. */
export function parseCores(list: string): readonly number[] {
  return list
    .split(',')
    .filter((part) => /^\d+(-\d+)?$/.test(part.trim()))
    .flatMap((part) => {
      const [from = 0, to = from] = part.trim().split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
}

function allowedCores(status: string): readonly number[] {
  return parseCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')
}

/** Cores that the scheduler may give to a process; empty where the kernel does not say. */
export function coresOf(pid: number): readonly number[] {
  return allowedCores(read(`/proc/${pid}/status`))
}

export function ownCores(): readonly number[] {
  return allowedCores(read('/proc/self/status'))
}

export function describeCores(cores: readonly number[]): string {
  return cores.length === 1 ? `core ${String(cores[0])}` : `cores ${cores.join(', ')}`
}
