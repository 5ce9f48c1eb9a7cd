import type { PoolSize, PoolUse } from '../../model/pool-result.ts'
import type { DatabaseRoom } from '../../model/pool-step.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { erlangC } from '../../analysis/index.ts'

/** Share of the requests that may have to wait for a connection. */
const mostWait = 0.01

export interface SizeOptions {
  readonly data: RunData
  readonly test: TestData
  readonly use: PoolUse
  readonly room: DatabaseRoom | null
}

/**
 * How many connections the load needs. By Little's law λW of them are in use on average; of c connections, by Erlang's C formula (M/M/c: arrivals by
 * chance, exponential times, one queue), the share C(c, λW) of the requests finds none free. The smallest c that keeps it at one in a hundred.
 */
export function poolSize({ data, test, use, room }: SizeOptions): PoolSize {
  const factor = peakFactor(data, test, use)
  const perSec = use.perSec * (factor ?? 1)
  const erlang = perSec * use.holdSec
  let connections = Math.floor(erlang) + 1
  while (erlangC(erlang, connections) > mostWait) connections++
  return {
    perSec,
    holdSec: use.holdSec,
    by: factor === undefined ? 'load' : 'peak',
    erlang,
    connections,
    waitShare: erlangC(erlang, connections),
    instances: room === null ? null : Math.floor((room.max - room.reserved) / connections),
  }
}

/** The greatest `peak` of the plan as a multiple of this load, where both are arrivals a second. */
function peakFactor({ header }: RunData, test: TestData, { fromSec, toSec }: PoolUse): number | undefined {
  const peaks = header.plan.tests.flatMap(({ capacity }) =>
    capacity?.peak !== undefined && capacity.unit === 'perSec' ? [capacity.peak] : [],
  )
  if (peaks.length === 0 || test.spec.loads.some(({ load }) => load.model !== 'open')) return undefined
  const rows = test.rows({ kind: 'scenario', range: { from: Math.ceil(fromSec), to: Math.floor(toSec) } })
  const arrivals = rows.reduce((sum, { started }) => sum + started, 0) / Math.max(1, rows.length)
  return arrivals > 0 ? Math.max(...peaks) / arrivals : undefined
}
