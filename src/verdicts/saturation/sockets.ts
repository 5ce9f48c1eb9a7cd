import { digits } from '../format-value.ts'
import type { Resource } from './resource.ts'
import { asPercent, levelOf } from './resource.ts'

export const sockets: Resource = {
  id: 'sockets',
  title: 'Sockets of the target',
  kind: 'holds',
  threshold: 0.9,
  share:
    'TCP sockets of the target, those in TIME_WAIT included, of the local ports that the machine hands out (`ip_local_port_range`).',
  advice:
    'Keep connections alive instead of a new one a request: each closed one holds its port for a minute. Widen `net.ipv4.ip_local_port_range` only after that.',
  read({ view }) {
    const [open, ports] = [levelOf(view, 'target.sockets'), levelOf(view, 'host.ports')]
    if (open === undefined || ports === undefined || ports <= 0)
      return { missing: 'the target’s sockets (it must run as the same user, on Linux)' }
    const all = open + (levelOf(view, 'target.sockets.time_wait') ?? 0)
    const share = Math.min(1, all / ports)
    return { share, shown: `${digits(all)} sockets, ${digits(ports)} ports (${asPercent(share)})` }
  },
}
