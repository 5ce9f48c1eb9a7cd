/**
 * Entry of a process that keeps others stopped, all the time or for the rest of each tenth of a second. It lives as long as its parent keeps the
 * pipe to it open, and never longer than its time: however it ends, short of its own SIGKILL, it lets them go on. It says `ready` and begins at
 * the first line that it is sent.
 */
import { setPriority } from 'node:os'
import type { Member } from './tree.ts'
import { freeze, signal, thaw } from './tree.ts'

/** What the parent says on the command line, as JSON. */
export interface StopperOrder {
  readonly pids: readonly number[]
  /** 0..1 of each period that they run. */
  readonly share: number
  readonly lifeSec: number
}

/** Run and rest take turns within this time. */
const periodMs = 100
/** Children that were started meanwhile are looked for so often. */
const learnMs = 1000

const { pids, share, lifeSec } = JSON.parse(process.argv[2] ?? '') as StopperOrder // written by `stopping.ts` of the same version
let members: Member[] = []

function end(): void {
  thaw(members)
  process.exit(0)
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end)
process.on('uncaughtException', end)
setTimeout(end, lifeSec * 1000)
process.stdin.on('end', end)
process.stdin.on('error', end)
process.stdin.once('data', begin)
try {
  // A late turn is a wrong share.
  setPriority(-10)
} catch {
  // Only root may.
}
process.stdout.write('ready\n')

function begin(): void {
  members = freeze(pids)
  if (share > 0) takeTurns()
}

/** On a schedule of its own, so that late timers do not add up; what is more than a period late is given up. */
function takeTurns(): void {
  let dueMs = performance.now()
  let learntMs = dueMs
  const next = (spanMs: number, then: () => void): void => {
    dueMs = Math.max(dueMs + spanMs, performance.now() - periodMs)
    setTimeout(then, Math.max(0, dueMs - performance.now()))
  }
  const run = (): void => {
    thaw(members)
    next(share * periodMs, halt)
  }
  const halt = (): void => {
    if (performance.now() - learntMs > learnMs) {
      learntMs = performance.now()
      members = freeze(pids)
    } else {
      for (const member of members) signal(member, 'SIGSTOP')
    }
    next((1 - share) * periodMs, run)
  }
  next((1 - share) * periodMs, run)
}
