import type { Resource } from './resource.ts'
import { asPercent } from './resource.ts'
import { digits } from '../format-value.ts'

export const rateLimit: Resource = {
  id: 'rate-limit',
  title: 'Rate limit of the target',
  kind: 'holds',
  // Ours: the usual objective on errors.
  threshold: 0.01,
  share: 'Answers with status 429, of all requests.',
  advice:
    'The target refuses on purpose (429). If the limit is meant, this is the answer; otherwise raise it, or let the load come from many addresses or accounts.',
  read({ view }) {
    const { count, statuses } = view.total('request', { range: view.judged })
    if (count === 0) return { missing: 'requests' }
    const refused = statuses['429'] ?? 0
    return {
      share: refused / count,
      shown: `${digits(refused)} of ${digits(count)} requests refused with 429 (${asPercent(refused / count)})`,
    }
  },
}
