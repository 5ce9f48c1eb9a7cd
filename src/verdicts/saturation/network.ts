import { formatValue } from '../format-value.ts'
import type { Resource } from './resource.ts'
import { asPercent, meanOf } from './resource.ts'

export const network: Resource = {
  id: 'network',
  title: 'Network',
  kind: 'works',
  threshold: 0.9,
  share: 'Traffic of the machine’s interfaces in the busier direction, of their speed. The loopback has none.',
  advice: 'Send less (compression, smaller answers, caching at the edge), or take a faster network.',
  read({ view }) {
    const limit = meanOf(view, 'host.net.limit')
    const [incoming, outgoing] = [meanOf(view, 'host.net.in'), meanOf(view, 'host.net.out')]
    if (limit === undefined || incoming === undefined || outgoing === undefined)
      return { missing: 'the network (no interface of this machine tells its speed)' }
    const most = Math.max(incoming, outgoing)
    const share = Math.min(1, most / limit)
    return { share, shown: `${formatValue(most, 'bytesPerSec')} of ${formatValue(limit, 'bytesPerSec')} (${asPercent(share)})` }
  },
}
