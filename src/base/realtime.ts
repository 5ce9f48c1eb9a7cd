import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * The lowest real-time priority of Linux (SCHED_RR, 1), which goes before everything that has none; children and threads begun from it have
 * none themselves.
 */
const lowest = ['--reset-on-fork', '--rr']

/** Whether a thread of ours may have real-time priority: root may, and whom RLIMIT_RTPRIO lets, where util-linux is installed. */
export function mayRunInRealTime(): boolean {
  return process.platform === 'linux' && changed(['1', 'true'])
}

/**
 * Gives the calling thread real-time priority for the rest of its life: what wakes it, a timer or an answer, finds it at once, while a thread of
 * ordinary priority waits until the one that has the core has used its slice (about 3 ms with Linux' EEVDF).
 * @returns whether it was granted
 */
export function runThisThreadInRealTime(): boolean {
  return changed(['--pid', '1', basename(readlinkSync('/proc/thread-self'))])
}

function changed(args: readonly string[]): boolean {
  try {
    execFileSync('chrt', [...lowest, ...args], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
