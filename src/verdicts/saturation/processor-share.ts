import type { TestData } from '../../analysis/index.ts'
import { limitsOf } from '../resources/index.ts'
import type { Look } from './resource.ts'
import { meanOf } from './resource.ts'

/**
 * Of the cores that a tree of processes may run on, the share that it would have used without having to wait for one (`cpu.wanted`: what a thread waited
 * it could not have run). So a busy neighbour does not make an idle service look busy, nor a starved one look idle. Threads that share too few cores
 * never rest, so the share is the whole.
 */
export function processorShare(view: TestData, name: string, cores: { readonly ofMachine: number; readonly allowed: number }) {
  const cpu = meanOf(view, `${name}.cpu`)
  if (cpu === undefined) return undefined
  const used = cpu * cores.ofMachine
  const wanted = meanOf(view, `${name}.cpu.wanted`) ?? used
  return { used, wanted, share: Math.min(1, Math.max(used, wanted) / cores.allowed) }
}

/** Cores that the test really gave the target by a quota; whole ones are given by affinity. */
export function quotaSet({ data, view }: Look): number | undefined {
  const asked = view.spec.limits?.cpus
  const isSet = limitsOf(data, view)?.some(({ name, set }) => name === 'cpus' && set) === true
  return isSet && !Number.isInteger(asked) ? asked : undefined
}

/**
 * The share of time in which the target was held back by a quota of CPU; undefined where it has none. Null: it has one, and the record does not tell (it was made before this was
 * watched).
 */
export function throttledShare(look: Look): number | null | undefined {
  return meanOf(look.view, 'target.cpu.throttled') ?? (quotaSet(look) === undefined ? undefined : null)
}
