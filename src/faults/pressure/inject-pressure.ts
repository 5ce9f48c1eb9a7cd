import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/errors.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { ActiveFault, Fault, FaultContext, Proof } from '../fault.ts'
import type { HolderOrder } from './holder.ts'
import type { Pressure } from './pressure.ts'
import { residentBytes } from './pressure.ts'
import { pressureOf } from './registry.ts'

/** Files that a fault makes in its own folder; whatever else is there is not ours. */
const ownFiles = ['fill', 'fsync'] as const
/** A machine under load needs seconds to start a process. */
const readyMs = 20_000
/** From the broken pipe until a holder is killed. */
const graceMs = 1500

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
  let reverting: Promise<Proof> | undefined
  const revert = (): Promise<Proof> => (reverting ??= undoIt(holders, folder, undo))
  try {
    if (folder !== undefined) {
      undo.addFolder(folder)
      mkdirSync(folder, { mode: 0o700 })
    }
    for (let index = 0; index < pressure.processes; index++) {
      const holder = startHolder({ action, index, lifeSec, ...(folder === undefined ? {} : { folder }) }, undo)
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

function startHolder(order: HolderOrder, undo: FaultContext['undo']): ChildProcess {
  const here = import.meta.url
  // From `dist` plain Node runs the holder; from the sources (our own tests) it needs a loader for TypeScript.
  const fromSources = here.endsWith('.ts')
  const entry = fileURLToPath(new URL(fromSources ? './holder.ts' : './holder.js', here))
  const loader = fromSources ? ['--import', new URL(`file://${createRequire(here).resolve('tsx')}`).href] : []
  const child = spawn(process.execPath, [...loader, entry, JSON.stringify(order)], {
    cwd: '/',
    env: { ...process.env, ...undo.envOf('pressure') },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  return child
}

async function untilReady(holder: ChildProcess): Promise<void> {
  const tooLate = sleep(readyMs, 'late' as const, { ref: false })
  const first = await Promise.race([once(holder.stdout ?? holder, 'data'), once(holder, 'exit'), tooLate])
  if (first === 'late') throw new Error(`its process was not ready within ${readyMs / 1000} s`)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
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

async function endHolder(holder: ChildProcess): Promise<void> {
  if (hasEnded(holder) || holder.pid === undefined) return
  const exited = once(holder, 'exit')
  holder.stdin?.end()
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
  if (!hasEnded(holder)) holder.kill('SIGKILL')
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
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
