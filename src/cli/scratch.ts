import { rmSync } from 'node:fs'
import { makeScratchFolder } from '../base/scratch-folder.ts'

export interface Scratch {
  readonly path: string
  remove(): void
}

/** A temporary folder of a command. Ctrl-C takes it along when nobody else listens: before the run begins, and while reports are written after it. */
export function openScratch(): Scratch {
  const path = makeScratchFolder()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const end = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return
    remove()
    process.kill(process.pid, signal)
  }
  const remove = (): void => {
    for (const signal of signals) process.off(signal, end)
    rmSync(path, { recursive: true, force: true })
  }
  for (const signal of signals) process.on(signal, end)
  return { path, remove }
}
