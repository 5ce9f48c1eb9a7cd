import type { Range, TestData } from '../../analysis/index.ts'
import { poolRun } from '../../analysis/index.ts'
import type { PoolResult } from '../../model/pool-result.ts'

/** Times in which connections were held, until requests were answered as before: what fails then was to fail. */
export function heldStretches(pools: readonly PoolResult[], test: TestData): readonly Range[] {
  const waitSec = test.total('request').censored.max / 1e6
  const stretches = pools.flatMap(({ link, recoverySec }): readonly Range[] =>
    (poolRun(test, link)?.stages ?? []).flatMap(({ stage, held, taken }) =>
      [...held, ...(taken === undefined ? [] : [taken])].map(({ fromSec, toSec }) => {
        const afterSec = stage === 'limit' ? (recoverySec ?? 0) : 0
        return { from: Math.floor(fromSec), to: Math.ceil(toSec + afterSec + waitSec + 1) }
      }),
    ),
  )
  const apart: Range[] = []
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1)
    if (last !== undefined && stretch.from <= last.to)
      apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) }
    else apart.push(stretch)
  }
  return apart
}

export function isWithin(stretches: readonly Range[], sec: number): boolean {
  return stretches.some(({ from, to }) => sec >= from && sec < to)
}
