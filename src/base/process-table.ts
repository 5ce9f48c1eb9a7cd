import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What `/proc/PID/stat` says about a process (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly pid: number
  readonly command: string
  /** One letter; `Z` is a zombie: dead, but not yet collected by its parent. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** CPU used, in clock ticks. */
  readonly ticks: number
  /** CPU used by children that ended and were collected, with theirs. */
  readonly childTicks: number
  readonly threads: number
  /** Clock ticks from boot: with the pid it names a process for ever, where the pid alone is used again. */
  readonly startTicks: number
  readonly residentPages: number
}

/** USER_HZ: a hundred on every architecture that Node.js runs on, whatever the kernel's own HZ. */
export const ticksPerSecond = 100

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** False on systems other than Linux, and where `/proc` is not mounted. */
export function hasProcessTable(): boolean {
  return readStat(process.pid) !== undefined
}

/** Parses a line of `/proc/PID/stat` or `/proc/PID/task/TID/stat`. The command may hold spaces and parentheses, so fields count from the last one. */
export function parseStat(line: string): ProcessStat | undefined {
  const open = line.indexOf('(')
  const close = line.lastIndexOf(')')
  if (open < 1 || close < open) return undefined
  const fields = line.slice(close + 2).split(' ')
  const number = (field: number): number => Number(fields[field - 3])
  return {
    pid: Number(line.slice(0, open - 1)),
    command: line.slice(open + 1, close),
    state: fields[0] ?? '?',
    parent: number(4),
    group: number(5),
    ticks: number(14) + number(15),
    childTicks: number(16) + number(17),
    threads: number(20),
    startTicks: number(22),
    residentPages: number(24),
  }
}

export function readStat(pid: number | string): ProcessStat | undefined {
  const line = read(`/proc/${pid}/stat`)
  return line === undefined ? undefined : parseStat(line)
}

/** All processes that can be seen. */
export function readProcessTable(): ProcessStat[] {
  const table: ProcessStat[] = []
  for (const pid of numericEntries('/proc')) {
    const stat = readStat(pid)
    if (stat !== undefined) table.push(stat)
  }
  return table
}

/** Names made of digits in a folder of `/proc`; empty when it is gone. */
export function numericEntries(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** A variable of the environment that a process was started with; `undefined` also when we may not look. */
export function environmentOf(pid: number, name: string): string | undefined {
  const prefix = `${name}=`
  const entry = read(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((text) => text.startsWith(prefix))
  return entry?.slice(prefix.length)
}

/** Command line of a process, for a person. */
export function commandLineOf(pid: number): string {
  const line = read(`/proc/${pid}/cmdline`)?.split('\0').join(' ').trim()
  return line === undefined || line === '' ? (readStat(pid)?.command ?? '') : line
}

/** Names a boot: start times compare within one boot only. */
export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

/** The descendants of the given processes, themselves included. */
export function withDescendants(roots: Iterable<number>, table: readonly ProcessStat[]): Set<number> {
  const children = new Map<number, number[]>()
  for (const { pid, parent } of table) {
    const list = children.get(parent)
    if (list === undefined) children.set(parent, [pid])
    else list.push(pid)
  }
  const found = new Set<number>()
  const queue = [...roots]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (found.has(pid)) continue
    found.add(pid)
    queue.push(...(children.get(pid) ?? []))
  }
  return found
}

export interface SocketRow {
  readonly localPort: number
  /** Number of the state in the kernel's `enum` (net/tcp_states.h): 1 established, 10 listen. */
  readonly state: number
  readonly inode: number
}

/**
 * Parses `/proc/net/tcp` or `/proc/net/tcp6`: `sl: local:port remote:port state queues timer retransmits uid timeout inode …`. Walks over the
 * characters, because under load there are thousands of rows, once a second.
 */
export function parseSocketTable(text: string): SocketRow[] {
  const rows: SocketRow[] = []
  let start = text.indexOf('\n') + 1
  while (start > 0 && start < text.length) {
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd < 0 ? text.length : lineEnd
    const local = text.indexOf(': ', start) + 2
    const port = text.indexOf(':', local) + 1
    const remotePort = text.indexOf(':', port) + 1
    if (local > 1 && remotePort > port && remotePort < end) {
      const state = Number.parseInt(text.slice(remotePort + 5, remotePort + 7), 16)
      rows.push({
        localPort: Number.parseInt(text.slice(port, port + 4), 16),
        state,
        inode: inodeAfter(text, remotePort + 7, end),
      })
    }
    start = end + 1
  }
  return rows
}

/** The sixth field after the state. */
function inodeAfter(text: string, from: number, end: number): number {
  let at = from
  for (let field = 0; field < 6; field++) {
    while (at < end && text.charCodeAt(at) === 32) at++
    if (field === 5) break
    while (at < end && text.charCodeAt(at) !== 32) at++
  }
  const stop = text.indexOf(' ', at)
  return Number(text.slice(at, stop < 0 || stop > end ? end : stop))
}

export function readSocketTable(): SocketRow[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => parseSocketTable(read(path) ?? ''))
}

/** Inode of the socket that a file descriptor's link names (`socket:[123]`). */
function inodeOf(link: string): number | undefined {
  return link.startsWith('socket:[') ? Number(link.slice(8, -1)) : undefined
}

/** Number of open files of a process; `undefined` when we may not look. */
export function countOpenFiles(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return undefined
  }
}

/** Inodes of the sockets that a process holds; `undefined` when we may not look. */
export function socketsOf(pid: number): number[] | undefined {
  try {
    const names = readdirSync(`/proc/${pid}/fd`)
    const sockets: number[] = []
    for (const name of names) {
      const inode = socketInode(`/proc/${pid}/fd/${name}`)
      if (inode !== undefined) sockets.push(inode)
    }
    return sockets
  } catch {
    return undefined
  }
}

function socketInode(path: string): number | undefined {
  try {
    return inodeOf(readlinkSync(path))
  } catch {
    return undefined // closed between the two reads
  }
}

const listenState = 10

/** The process that listens on a TCP port, or `undefined` when nobody does or we may not see whose it is. */
export function listenerOf(port: number): number | undefined {
  const inodes = new Set(
    readSocketTable()
      .filter((row) => row.state === listenState && row.localPort === port)
      .map((row) => row.inode),
  )
  if (inodes.size === 0) return undefined
  return numericEntries('/proc').find((pid) => socketsOf(pid)?.some((inode) => inodes.has(inode)))
}
