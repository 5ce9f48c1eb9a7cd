import { digits } from '../format-value.ts'
import type { Resource } from './resource.ts'
import { asPercent, levelOf, meanOf } from './resource.ts'

export const disk: Resource = {
  id: 'disk',
  title: 'Disk',
  kind: 'works',
  threshold: 0.95,
  share: 'Time in which a disk of the machine had work; the whole, when no room is left on the disk of the run’s folder.',
  advice:
    'Write less, or less often (batches, fewer forced writes), move logs and temporary files elsewhere, or take a faster disk; where it is full, make room.',
  read({ view }) {
    const [busy, used] = [meanOf(view, 'host.disk.busy'), levelOf(view, 'host.disk')]
    if (used !== undefined && used >= 0.995) return { share: 1, shown: `no room left (${digits(used * 100)} % used)` }
    if (busy === undefined) return { missing: 'disks (the host tells them on Linux only, and not in every container)' }
    const share = Math.min(1, busy)
    return { share, shown: `busy ${asPercent(share)} of the time` }
  },
}
