import { digits } from '../format-value.ts'
import { processorShare } from './processor-share.ts'
import type { Resource } from './resource.ts'
import { asPercent, levelOf } from './resource.ts'

export const cpu: Resource = {
  id: 'cpu',
  title: 'CPU of the target, all cores',
  kind: 'works',
  threshold: 0.9,
  share: 'Cores that the target’s threads would have used without having to wait for one, of those that it may run on.',
  advice:
    'All cores that the target may use are busy: profile it under this load and make the costly requests cheaper, or give it more cores or machines.',
  read({ data, view }) {
    const { cores } = data.header.machine
    const allowed = levelOf(view, 'target.cores') ?? view.spec.limits?.cpus ?? cores
    const found = processorShare(view, 'target', { ofMachine: cores, allowed })
    if (found === undefined) return { missing: 'the target’s processes (give it `start`, `pid` or `port`)' }
    const wanted = found.wanted >= 1.1 * found.used + 0.05 ? `, ${digits(found.wanted)} wanted` : ''
    return { share: found.share, shown: `${asPercent(found.share)} (${digits(found.used)} of ${digits(allowed)} cores${wanted})` }
  },
}
