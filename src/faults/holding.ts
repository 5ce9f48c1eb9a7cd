import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { UndoLog } from './fault.ts'

/** A machine under load needs seconds to start a process. */
const readyMs = 20_000
/** From the broken pipe until a holder is killed. */
const graceMs = 1500

/**
 * Starts a process that holds a fault for us: `entry` names its module without the ending. It lives as long as our pipe to it, says `ready`, and
 * begins at its first line.
 */
export function startHolder(entry: URL, order: object, undo: UndoLog): ChildProcess {
  // From `dist` plain Node runs the holder; from the sources (our own tests) it needs a loader for TypeScript.
  const here = import.meta.url
  const fromSources = here.endsWith('.ts')
  const loader = fromSources ? ['--import', new URL(`file://${createRequire(here).resolve('tsx')}`).href] : []
  const path = `${fileURLToPath(entry)}${fromSources ? '.ts' : '.js'}`
  const child = spawn(process.execPath, [...loader, path, JSON.stringify(order)], {
    cwd: '/',
    env: { ...process.env, ...undo.envOf('pressure') },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  return child
}

export async function untilReady(holder: ChildProcess): Promise<void> {
  const tooLate = sleep(readyMs, 'late' as const, { ref: false })
  const first = await Promise.race([once(holder.stdout ?? holder, 'data'), once(holder, 'exit'), tooLate])
  if (first === 'late') throw new Error(`its process was not ready within ${readyMs / 1000} s`)
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

export async function endHolder(holder: ChildProcess): Promise<void> {
  if (hasEnded(holder) || holder.pid === undefined) return
  const exited = once(holder, 'exit')
  holder.stdin?.end()
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
  if (!hasEnded(holder)) holder.kill('SIGKILL')
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
}
