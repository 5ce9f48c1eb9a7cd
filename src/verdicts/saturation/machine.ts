import type { Resource } from './resource.ts'
import { asPercent, meanOf } from './resource.ts'

export const machine: Resource = {
  id: 'machine',
  title: 'CPU of the machine, taken by others',
  kind: 'around',
  // Ours: from here on it cannot work for longer than it waits.
  threshold: 0.5,
  share: 'Time in which the busiest thread of the target wanted a core and had none.',
  advice:
    'Something else had the cores (the generator, the database, a neighbour): this is the capacity of the crowd, not of the target. Measure on a machine of its own.',
  read({ view }) {
    const [core, wait] = [meanOf(view, 'target.cpu.core'), meanOf(view, 'target.cpu.core.wait')]
    if (core === undefined || wait === undefined)
      return { missing: 'how long the target waited for a core (give it `start`, `pid` or `port`; not every kernel tells)' }
    return { share: wait, shown: `waited ${asPercent(wait)} of the time, ran ${asPercent(core)}` }
  },
}
