import { digits } from '../format-value.ts'
import type { Resource } from './resource.ts'
import { asPercent, levelOf, peakOf } from './resource.ts'

export const files: Resource = {
  id: 'files',
  title: 'Open files of the target',
  kind: 'holds',
  threshold: 0.9,
  share:
    'Files and sockets that the process nearest to its limit has open at the fullest moment seen, of that limit (`ulimit -n`).',
  advice:
    'Raise the limit of open files of the service (`ulimit -n`, `LimitNOFILE=` of systemd), limit the connections that it accepts below it, and look for files or sockets that it does not close.',
  read({ view }) {
    const [share, limit] = [peakOf(view, 'target.files.share'), levelOf(view, 'target.files.limit')]
    if (share === undefined || limit === undefined) return { missing: 'the target’s open files (it must run as the same user)' }
    // One that was opened before the limit was laid may have a number beyond it, and counts all the same.
    const used = Math.min(1, share)
    return { share: used, shown: `${digits(Math.round(used * limit))} of ${digits(limit)} files (${asPercent(used)})` }
  },
}
