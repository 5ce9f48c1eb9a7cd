import type { Scrape } from '../../model/monitor-spec.ts'
import type { RunData } from '../run-data.ts'
import type { TestData } from '../test-data.ts'

/** One look at the page, in seconds from the start of the load. */
export interface TimedScrape extends Scrape {
  readonly fromSec: number
  readonly toSec: number
}

/** The looks of a test: from the last one before its load, when nothing was under way, to the first one after its end. */
export function scrapesOf(data: RunData, test: TestData): readonly TimedScrape[] {
  const start = test.loadStartSec
  if (start === undefined) return []
  const at = data.tests.findIndex(({ name }) => name === test.name)
  const before = data.tests[at - 1]?.endSec ?? 0
  const next = data.tests[at + 1]?.loadStartSec ?? Infinity
  const timed = data.events.flatMap((event): TimedScrape[] =>
    event.kind === 'scrape' && event.t >= before && event.t < next
      ? [{ ...event, fromSec: event.t - start, toSec: event.t - start + event.tookSec }]
      : [],
  )
  const inOrder = timed.toSorted((a, b) => a.fromSec - b.fromSec)
  // Of a record that was cut, the windows of its last seconds were never written.
  if (test.endSec === undefined) return inOrder.filter(({ toSec }) => toSec + 1 <= test.loadSec)
  const endSec = test.endSec - start
  const first = inOrder.findLastIndex((one) => one.error === undefined && one.toSec <= 0)
  const last = inOrder.findIndex((one) => one.error === undefined && one.fromSec >= endSec)
  return inOrder.slice(Math.max(0, first), last < 0 ? undefined : last + 1)
}
