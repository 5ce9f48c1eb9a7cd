import { throttledShare } from './processor-share.ts'
import type { Look, Resource } from './resource.ts'
import { asPercent, meanOf } from './resource.ts'

/**
 * Of the time in which the busiest thread could have run, the share in which it did. Held back by a quota it could have: another core would not help it.
 */
export function busiestThread(look: Look): { readonly core: number; readonly wait: number; readonly share: number } | undefined {
  const { view } = look
  const core = meanOf(view, 'target.cpu.core')
  if (core === undefined) return undefined
  const all = meanOf(view, 'target.cpu.core.wait') ?? 0
  const throttled = throttledShare(look)
  const wait = throttled === null ? 0 : Math.max(0, all - (throttled ?? 0))
  return { core, wait, share: Math.min(1, core / Math.max(core, 1 - wait, 1e-9)) }
}

export const cpuCore: Resource = {
  id: 'cpu-core',
  title: 'One core of the target (its busiest thread)',
  kind: 'works',
  threshold: 0.9,
  share:
    'Time in which the busiest thread ran, of the time in which it could have: ran / (1 − waited for a core). A full one never rests.',
  advice:
    'One thread does all the work while other cores may idle: run a process a core (a cluster, or more instances behind a balancer), or move work to worker threads.',
  read(look) {
    const found = busiestThread(look)
    if (found === undefined) return { missing: 'the target’s threads (give it `start`, `pid` or `port`)' }
    const waits =
      found.wait >= 0.05 ? ` (it ran ${asPercent(found.core)} of the time and waited for a core ${asPercent(found.wait)})` : ''
    return { share: found.share, shown: `${asPercent(found.share)}${waits}` }
  },
}
