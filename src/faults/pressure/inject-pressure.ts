import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { ActiveFault, Fault, FaultContext, Proof } from '../fault.ts'
import { endHolder, hasEnded, startHolder, untilReady } from '../holding.ts'
import { undoOnce } from '../undo-once.ts'
import type { HolderOrder } from './holder.ts'
import type { Pressure } from './pressure.ts'
import { residentBytes } from './pressure.ts'
import { pressureOf } from './registry.ts'

/** Files that a fault makes in its own folder; whatever else is there is not ours. */
const ownFiles = ['fill', 'fsync'] as const

/** Pressure on a resource as a fault: its holders are started, watched and ended, and what they leave on the disk is removed. */
export function pressureFault(action: PressureAction): Fault {
  const pressure = pressureOf(action)
  return { probe: () => pressure.probe(), inject: (context) => inject(action, pressure, context) }
}

async function inject(action: PressureAction, pressure: Pressure, { undo, lifeSec }: FaultContext): Promise<ActiveFault> {
  const folder =
    pressure.dir === undefined ? undefined : join(pressure.dir, `proofload-pressure-${randomBytes(6).toString('hex')}`)
  const holders: ChildProcess[] = []
  const own: number[] = []
  const { revert } = undoOnce(() => undoIt(holders, folder, undo))
  try {
    if (folder !== undefined) {
      undo.addFolder(folder)
      mkdirSync(folder, { mode: 0o700 })
    }
    for (let index = 0; index < pressure.processes; index++) {
      const order: HolderOrder = { action, index, lifeSec, ...(folder === undefined ? {} : { folder }) }
      const holder = startHolder(new URL('./holder', import.meta.url), order, undo)
      holders.push(holder)
      await once(holder, 'spawn')
      undo.addProcess({ title: action.kind, pid: holder.pid ?? 0 })
    }
    await Promise.all(holders.map(untilReady))
    own.push(...holders.map(({ pid = 0 }) => residentBytes(pid)))
    for (const holder of holders) holder.stdin?.write('go\n')
  } catch (thrown) {
    await revert()
    throw thrown
  }
  return {
    async verify() {
      const dead = holders.find(hasEnded)
      if (dead !== undefined)
        return {
          ok: false,
          evidence: `process ${String(dead.pid)} ended by itself (${dead.signalCode ?? `status ${String(dead.exitCode)}`})`,
        }
      const live = holders.map(({ pid = 0 }, i) => ({ pid, ownBytes: own[i] ?? 0 }))
      return pressure.verify({ holders: live, folder }).catch((thrown: unknown) => ({ ok: false, evidence: messageOf(thrown) }))
    },
    revert,
  }
}

async function undoIt(holders: readonly ChildProcess[], folder: string | undefined, undo: FaultContext['undo']): Promise<Proof> {
  await Promise.all(holders.map(endHolder))
  const stayed = holders.filter((holder) => !hasEnded(holder) && holder.pid !== undefined)
  for (const { pid } of holders.filter(hasEnded)) if (pid !== undefined) undo.removeProcess(pid)
  const isGone = folder === undefined || removeOwn(folder)
  if (folder !== undefined && isGone) undo.removeFolder(folder)
  const ended = holders.length === 1 ? 'its process has ended' : `its ${holders.length} processes have ended`
  const evidence = [
    stayed.length === 0 ? ended : `processes ${stayed.map(({ pid }) => pid).join(', ')} would not end`,
    ...(folder === undefined ? [] : [isGone ? `${folder} is removed` : `${folder} is still there`]),
  ]
  return { ok: stayed.length === 0 && isGone, evidence: evidence.join(', ') }
}

function removeOwn(folder: string): boolean {
  try {
    for (const name of ownFiles) if (existsSync(join(folder, name))) unlinkSync(join(folder, name))
    if (existsSync(folder)) rmdirSync(folder)
    return true
  } catch {
    return !existsSync(folder)
  }
}
