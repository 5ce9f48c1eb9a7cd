import type { Range, TestData } from '../../analysis/index.ts'
import { poolRun } from '../../analysis/index.ts'
import type { PoolResult } from '../../model/pool-result.ts'
import type { FaultResult } from '../../model/run-result.ts'
import { apart } from '../stretches.ts'

/** Times in which the test of a pool held connections, until requests were answered as before: what fails then was to fail. */
export function heldStretches(pools: readonly PoolResult[], test: TestData): readonly Range[] {
  const waitSec = test.total('request').censored.max / 1e6
  return apart(
    pools.flatMap(({ link, recoverySec }): readonly Range[] =>
      (poolRun(test, link)?.stages ?? []).flatMap(({ stage, held, taken }) =>
        [...held, ...(taken === undefined ? [] : [taken])].map(({ fromSec, toSec }) => {
          const afterSec = stage === 'limit' ? (recoverySec ?? 0) : 0
          return { from: Math.floor(fromSec), to: Math.ceil(toSec + afterSec + waitSec + 1) }
        }),
      ),
    ),
  )
}

const takesConnections = /^exhaust-/

/** Times in which connections were taken on purpose, by the test of a pool or by a fault: that they were short then says nothing of the target. */
export function takenStretches({ pools, faults, test }: TakenInput): readonly Range[] {
  const byFaults = faults.flatMap(({ kind, at, clearedAt }): readonly Range[] =>
    at === null || !takesConnections.test(kind)
      ? []
      : [{ from: Math.floor(at - readingSec), to: Math.ceil((clearedAt ?? Infinity) + readingSec) }],
  )
  return apart([...heldStretches(pools, test), ...byFaults])
}

/** Connections are taken one by one before the fault is proven, and a reading of its end may be as old as this. */
const readingSec = 1

interface TakenInput {
  readonly pools: readonly PoolResult[]
  readonly faults: readonly FaultResult[]
  readonly test: TestData
}
