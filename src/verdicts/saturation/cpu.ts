import { digits } from '../format-value.ts'
import { processorShare, quotaSet, throttledShare } from './processor-share.ts'
import type { Resource } from './resource.ts'
import { asPercent, levelOf } from './resource.ts'

export const cpu: Resource = {
  id: 'cpu',
  title: 'CPU of the target, all cores',
  kind: 'works',
  threshold: 0.9,
  share:
    'Cores that the target’s threads would have used without having to wait for one, of those that it may run on. With a quota of CPU (a control group, as of a container): what it used, of its quota.',
  advice:
    'All cores that the target may use are busy: profile it under this load and make the costly requests cheaper, or give it more cores or machines.',
  read(look) {
    const { data, view } = look
    const { cores } = data.header.machine
    const allowed = Math.min(levelOf(view, 'target.cores') ?? cores, quotaSet(look) ?? cores)
    const found = processorShare(view, 'target', { ofMachine: cores, allowed })
    if (found === undefined) return { missing: 'the target’s processes (give it `start`, `pid` or `port`)' }
    const { used, wanted } = found
    // Held back in a burst, it wants more for a moment than it needs in all: its quota is full when it is used.
    const share = throttledShare(look) === undefined ? found.share : Math.min(1, used / allowed)
    const shown = wanted >= 1.1 * used + 0.05 ? `, ${digits(wanted)} wanted` : ''
    return { share, shown: `${asPercent(share)} (${digits(used)} of ${digits(allowed)} cores${shown})` }
  },
}
