import type { SocketRow } from '../base/process-table.ts'
import { countOpenFiles, readSocketTable, socketsOf } from '../base/process-table.ts'

/** enum in the kernel's include/net/tcp_states.h */
const states: Readonly<Record<number, string>> = {
  1: 'established',
  2: 'syn_sent',
  3: 'syn_recv',
  4: 'fin_wait',
  5: 'fin_wait',
  6: 'time_wait',
  7: 'close',
  8: 'close_wait',
  9: 'last_ack',
  10: 'listen',
  11: 'closing',
}
const established = 1
const listen = 10
const timeWait = 6

export const socketUnits = {
  'target.sockets': 'count',
  ...Object.fromEntries([...new Set(Object.values(states))].map((state) => [`target.sockets.${state}`, 'count'])),
  'target.sockets.own': 'count',
  'target.files.plain': 'count',
}

/** Reading ten thousand sockets takes tens of milliseconds: at most this share of our time goes into it, and values are held meanwhile. */
const share = 0.02
/** On a machine without a free core a look lasts long because it waits; leaks want news all the same. */
const longestHoldMs = 4000

/** TCP sockets of a set of processes by state. */
export class SocketWatch {
  #values: Record<string, number> = {}
  #readMs = -Infinity
  #costMs = 0

  read(pids: readonly number[], nowMs: number): Record<string, number> {
    if (nowMs - this.#readMs < Math.min(longestHoldMs, this.#costMs / share)) return this.#values
    const startMs = performance.now()
    this.#values = look(pids)
    this.#readMs = nowMs
    this.#costMs = performance.now() - startMs
    return this.#values
  }
}

function look(pids: readonly number[]): Record<string, number> {
  const inodes = new Set<number>()
  let seen = 0
  let plain = 0
  for (const pid of pids) {
    const sockets = socketsOf(pid)
    if (sockets === undefined) continue
    seen += 1
    // Counted at the same moment: sockets come and go with the clients.
    plain += Math.max(0, (countOpenFiles(pid) ?? 0) - sockets.length)
    for (const inode of sockets) inodes.add(inode)
  }
  return seen === 0 ? {} : { ...countSockets(readSocketTable(), inodes), 'target.files.plain': plain }
}

/** Files that a set of processes has open, as far as we may see. */
export function openFiles(pids: readonly number[]): Record<string, number> {
  const counts = pids.flatMap((pid) => countOpenFiles(pid) ?? [])
  return counts.length === 0 ? {} : { 'target.files': counts.reduce((sum, count) => sum + count, 0) }
}

/**
 * A socket in TIME_WAIT belongs to no process any more; it is ours when it sits on a port that we listen on. An established connection on such a port
 * is held open by a client; the rest are the process's own to close.
 */
export function countSockets(rows: readonly SocketRow[], inodes: ReadonlySet<number>): Record<string, number> {
  const mine = rows.filter((row) => row.inode !== 0 && inodes.has(row.inode))
  const ports = new Set(mine.filter((row) => row.state === listen).map((row) => row.localPort))
  const waiting = rows.filter((row) => row.state === timeWait && ports.has(row.localPort))
  const counts: Record<string, number> = {
    'target.sockets': mine.length,
    'target.sockets.established': 0,
    'target.sockets.close_wait': 0,
    'target.sockets.time_wait': 0,
    'target.sockets.listen': 0,
  }
  for (const { state } of [...mine, ...waiting]) {
    const name = `target.sockets.${states[state] ?? 'close'}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  const held = mine.filter((row) => row.state === established && ports.has(row.localPort)).length
  counts['target.sockets.own'] = mine.length - held
  return counts
}
