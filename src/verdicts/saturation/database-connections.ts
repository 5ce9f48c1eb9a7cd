import { digits } from '../format-value.ts'
import { fullest, missingDatabase } from './databases.ts'
import type { Resource } from './resource.ts'
import { levelOf, peakOf } from './resource.ts'

export const databaseConnections: Resource = {
  id: 'db-connections',
  title: 'Connections of the database',
  kind: 'holds',
  // One beyond the last is refused (SQLSTATE 53300), and readings are a second apart: the fullest moment is seldom among them.
  threshold: 0.85,
  share:
    'Connections of all clients at the fullest moment seen, of those that the server lets in (`max_connections`, less the reserved ones).',
  advice:
    'Keep a pool in the target instead of a connection a request, share connections through a pooler such as PgBouncer, or raise `max_connections` together with the memory that it needs.',
  read({ data, view }) {
    const found = fullest(data, (name) => {
      const [total, limit] = [peakOf(view, `${name}.connections.total`), levelOf(view, `${name}.connections.limit`)]
      if (total === undefined || limit === undefined || limit <= 0) return undefined
      return { share: Math.min(1, total / limit), shown: `${digits(total)} of ${digits(limit)} connections of ${name}` }
    })
    return found ?? { missing: missingDatabase(data, 'connections of the database were not told') }
  },
}
