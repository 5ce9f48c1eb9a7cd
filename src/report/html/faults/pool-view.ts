import type { TestData } from '../../../analysis/index.ts'
import { poolRun, PoolView } from '../../../analysis/index.ts'
import type { PoolResult } from '../../../model/pool-result.ts'
import { poolSizeSentences } from '../../faults/pool-sentences.ts'
import { ms, percent, perSec } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PagePool } from './fault-data.ts'

/** The connections of a pool over time, and what became of the requests. */
export function pagePool(test: TestData, pool: PoolResult): PagePool {
  const { link, verdict, reason, tests, full, steps } = pool
  const view = new PoolView(test, link)
  view.update(test.loadSec)
  const x = Array.from({ length: Math.floor(view.knownSec) }, (_, sec) => sec)
  return {
    link,
    verdict,
    word: verdict === 'OK' ? 'pass' : verdict === 'UNKNOWN' ? 'unknown' : 'fail',
    reason,
    facts: poolSizeSentences(pool),
    tests,
    endpoints: (full?.endpoints ?? []).map(({ name, outcome, usualPerSec, goodPerSec }) => ({
      ...{ name, outcome, usual: perSec(usualPerSec), good: perSec(goodPerSec) },
    })),
    steps: steps.map(({ left, goodput, p95Ms, isBorne }) => ({
      ...{ left: String(left), goodput: percent(goodput), p95: ms(p95Ms), isBorne },
    })),
    held: heldSpans(test, link),
    x,
    busy: x.map((sec) => rounded(view.meanBusy(sec, sec + 1))),
    open: x.map((sec) => view.openAt(sec + 1)),
  }
}

function heldSpans(test: TestData, link: string): PagePool['held'] {
  return (poolRun(test, link)?.stages ?? []).flatMap(({ held, taken }) => [
    ...held.map(({ connections, fromSec, toSec }) => ({
      ...{ label: connections === undefined ? 'all held' : `${String(connections)} held`, fromSec, toSec },
    })),
    ...(taken === undefined ? [] : [{ label: 'database full', fromSec: taken.fromSec, toSec: taken.toSec }]),
  ])
}
