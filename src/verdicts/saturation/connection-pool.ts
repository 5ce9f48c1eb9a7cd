import { digits } from '../format-value.ts'
import { isPoolWaiting, poolSizeName } from '../pool-gauges.ts'
import type { Look, Reading, Resource } from './resource.ts'
import { asPercent, levelOf, valuesOf } from './resource.ts'

export const connectionPool: Resource = {
  id: 'connection-pool',
  title: 'Connection pool of the target',
  kind: 'holds',
  // Ours: by chance somebody waits now and then long before a pool is full; when somebody waits most of the time, it is.
  threshold: 0.6,
  share:
    'Moments in which a request waited for a connection of a pool, by its gauge on the target’s page of metrics, of all that were looked at.',
  advice:
    'Make what holds a connection shorter (slow statements, calls to others inside a transaction), or enlarge the pool within what the database allows.',
  read(look) {
    const pools = look.data.probeNames.filter(isPoolWaiting).flatMap((name) => readPool(look, name) ?? [])
    const [fullest] = pools.sort((a, b) => b.share - a.share)
    return fullest ?? { missing: 'pools (the page at `target.metrics` has no gauge such as `db_pool_waiting`)' }
  },
}

function readPool({ data, view }: Look, name: string): Reading | undefined {
  const waiting = valuesOf(view, name)
  if (waiting.length === 0) return undefined
  const share = waiting.filter((value) => value >= 1).length / waiting.length
  const mean = waiting.reduce((a, b) => a + b, 0) / waiting.length
  const size = poolSizeName(data.probeNames, name)
  const connections = size === undefined ? undefined : levelOf(view, size)
  const of = connections === undefined ? '' : `, ${digits(connections)} connections`
  return { share, shown: `${digits(mean)} waiting on average, somebody ${asPercent(share)} of the time (${name}${of})` }
}
