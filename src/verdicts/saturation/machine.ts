import { throttledShare } from './processor-share.ts'
import type { Resource } from './resource.ts'
import { asPercent, meanOf } from './resource.ts'

export const machine: Resource = {
  id: 'machine',
  title: 'CPU of the machine, taken by others',
  kind: 'around',
  // Ours: from here on it cannot work for longer than it waits.
  threshold: 0.5,
  share:
    'Time in which the busiest thread of the target wanted a core and had none, without that in which its own quota of CPU held it back.',
  advice:
    'Something else had the cores (the generator, the database, a neighbour): this is the capacity of the crowd, not of the target. Measure on a machine of its own.',
  read(look) {
    const { view } = look
    const [core, wait] = [meanOf(view, 'target.cpu.core'), meanOf(view, 'target.cpu.core.wait')]
    if (core === undefined || wait === undefined)
      return { missing: 'how long the target waited for a core (give it `start`, `pid` or `port`; not every kernel tells)' }
    const throttled = throttledShare(look)
    if (throttled === null) return { missing: 'how long the target was held back by its own quota of CPU' }
    const share = Math.max(0, wait - (throttled ?? 0))
    const own = throttled === undefined ? '' : `, and ${asPercent(throttled)} for its own quota`
    return { share, shown: `waited ${asPercent(share)} of the time${own}, ran ${asPercent(core)}` }
  },
}
