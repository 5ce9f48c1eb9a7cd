import { fullest, missingDatabase } from './databases.ts'
import type { Resource } from './resource.ts'
import { asPercent, valuesOf } from './resource.ts'

export const locks: Resource = {
  id: 'locks',
  title: 'Locks in the database',
  kind: 'works',
  // Ours: where most of those at work wait for each other, more of them do not help.
  threshold: 0.5,
  share: 'Sessions that wait for a lock, of those that are at work (of two at least).',
  advice:
    'Transactions wait for each other: keep them short, take locks in one order, and spread what all of them update (one counter, one balance) over several rows.',
  read({ data, view }) {
    const found = fullest(data, (name) => {
      const [waiting, active] = [valuesOf(view, `${name}.locks.waiting`), valuesOf(view, `${name}.connections.active`)]
      if (waiting.length === 0 || waiting.length !== active.length) return undefined
      // One that waits for another is an everyday thing.
      const shares = waiting.map((each, i) => Math.min(1, each / Math.max(2, active[i] ?? 0)))
      const share = shares.reduce((a, b) => a + b, 0) / shares.length
      return { share, shown: `${asPercent(share)} of the sessions at work in ${name} waited for a lock` }
    })
    return found ?? { missing: missingDatabase(data, 'locks of the database were not told') }
  },
}
