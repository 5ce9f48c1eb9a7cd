import type { TestData } from '../../analysis/index.ts'
import { meanOf } from './resource.ts'

/**
 * Of the CPU that a tree of processes could have had, the share that it used. What it waited for while others had the cores, it could not have had:
 * used / (cores − waiting). So a busy neighbour does not make an idle service look busy, nor a starved one look idle. One that waits for more than it
 * could ever get is full.
 */
export function processorShare(view: TestData, name: string, cores: { readonly ofMachine: number; readonly allowed: number }) {
  const cpu = meanOf(view, `${name}.cpu`)
  if (cpu === undefined) return undefined
  const used = cpu * cores.ofMachine
  const waiting = meanOf(view, `${name}.cpu.queue`) ?? 0
  return { used, waiting, share: Math.min(1, used / Math.max(used, cores.allowed - waiting, 1e-9)) }
}
