import { readFileSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { readStat, ticksPerSecond } from '../../base/process-table.ts'
import type { ActiveFault, Fault, FaultContext, Proof } from '../fault.ts'
import type { FaultProcess } from '../places.ts'
import { whenItRuns } from './availability.ts'
import type { Stopping } from './stopping.ts'
import { isStopped, startStopping } from './stopping.ts'
import type { Member } from './tree.ts'

/** How long one look takes: ten turns. */
const lookMs = 1000
/** Between two glances: prime to the length of a turn. */
const glanceMs = 7
/** Of the share: what late timers of a busy machine and a look of a hundred glances miss. */
const tolerance = 0.1

/** A process and its children run for only this share (0..1) of each tenth of a second. */
export function cpuQuota(target: FaultProcess, share: number): Fault {
  return { probe: () => whenItRuns(target), inject: (context) => inject(target, share, context) }
}

async function inject(target: FaultProcess, share: number, context: FaultContext): Promise<ActiveFault> {
  const stopping = await startStopping(target, share, context, 'cpu-quota')
  return { verify: () => look(stopping, share), revert: stopping.revert }
}

/** How often it is found stopped, and how much processor time it was charged for. */
async function look(stopping: Stopping, share: number): Promise<Proof> {
  const failure = stopping.failure()
  if (failure !== '') return { ok: false, evidence: failure }
  const members = stopping.members()
  const [first] = members
  if (first === undefined) return { ok: false, evidence: 'the process has ended' }
  const startMs = performance.now()
  const before = usedSec(members)
  let glances = 0
  let stopped = 0
  while (performance.now() - startMs < lookMs) {
    await sleep(glanceMs)
    glances += 1
    if (isStopped(first) || isStopPending(first)) stopped += 1
  }
  const elapsedSec = (performance.now() - startMs) / 1000
  const used = (usedSec(members) - before) / elapsedSec
  const running = 1 - stopped / glances
  const ok = Math.abs(running - share) <= tolerance && used <= (share + tolerance) * availableParallelism()
  const evidence = `process ${first.pid} was found running in ${percent(running)} of ${glances} looks, and used ${used.toFixed(2)} cores (/proc/PID/stat); ${percent(share)} were asked for`
  return { ok, evidence }
}

/** The stop takes effect when the process next gets a core: where others have them all, it waits for that as for its work. */
function isStopPending({ pid }: Member): boolean {
  try {
    const pending = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0'
    return (BigInt(`0x${pending}`) & (1n << BigInt(constants.signals.SIGSTOP - 1))) !== 0n
  } catch {
    return false
  }
}

function usedSec(members: readonly Member[]): number {
  return members.reduce((sum, { pid }) => sum + (readStat(pid)?.ticks ?? 0), 0) / ticksPerSecond
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
