import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { PlanSpec } from '../model/plan-spec.ts'

/**
 * The lowest real-time priority of Linux (SCHED_RR, 1), which goes before everything that has none; children and threads begun from it have
 * none themselves.
 */
const lowest = ['--reset-on-fork', '--rr']

/** Whether threads of ours may have real-time priority: root may, and whom RLIMIT_RTPRIO lets, where util-linux is installed. */
export function mayRunInRealTime(): boolean {
  return process.platform === 'linux' && changed(['1', 'true'])
}

/**
 * Gives a thread of this process real-time priority for the rest of its life: what wakes it, a timer or an answer, finds it at once, while a thread
 * of ordinary priority waits until the one that has the core has used its slice (about 3 ms with Linux' EEVDF).
 * @returns whether it was granted
 */
export function runInRealTime(thread: number): boolean {
  return changed(['--pid', '1', String(thread)])
}

function changed(args: readonly string[]): boolean {
  try {
    execFileSync('chrt', [...lowest, ...args], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Generator {
  readonly spec: PlanSpec
  readonly workers: number
}

/**
 * Whether the generator's threads go before all else: where they may, where they leave a core to everybody else, and where they ask something outside
 * of them (functions under test that run on these threads compete for cores as anybody does).
 */
export function wantsRealTime({ spec, workers }: Generator): boolean {
  const asksOthers = spec.target !== undefined || Object.keys(spec.services).length > 0
  return asksOthers && workers < availableParallelism() && mayRunInRealTime()
}
