/**
 * Entry of a process that holds a resource. It lives as long as its parent keeps the pipe to it open, and never longer than its time: when
 * proofload is killed, the pipe breaks and what was taken is given back. It says `ready` and begins at the first line that it is sent.
 */
import { rmdirSync } from 'node:fs'
import type { PressureAction } from '../../model/pressure-spec.ts'
import { pressureOf } from './registry.ts'

/** What the parent says on the command line, as JSON. */
export interface HolderOrder {
  readonly action: PressureAction
  readonly index: number
  readonly folder?: string
  readonly lifeSec: number
}

const order = JSON.parse(process.argv[2] ?? '') as HolderOrder // written by `inject-pressure.ts` of the same version
const { action, index, folder, lifeSec } = order
let giveBack: () => void = () => undefined

function end(): void {
  try {
    giveBack()
    if (folder !== undefined) rmdirSync(folder)
  } catch {
    // It is gone already.
  }
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
setTimeout(end, lifeSec * 1000)
process.stdin.on('end', end)
process.stdin.on('error', end)
process.stdin.once('data', () => (giveBack = pressureOf(action).hold({ index, folder })))
process.stdout.write('ready\n')
