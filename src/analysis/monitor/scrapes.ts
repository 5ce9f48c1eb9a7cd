import type { Scrape } from '../../model/monitor-spec.ts'
import type { RunData } from '../run-data.ts'
import type { TestData } from '../test-data.ts'

/** One look at the page, in seconds from the start of the load. */
export interface TimedScrape extends Scrape {
  readonly fromSec: number
  readonly toSec: number
}

/**
 * The looks of a test: from the last one before its load, when nothing was under way, to the first one after its end. A trial of a search has the looks between the end of the
 * trial before and the beginning of the next one, where others' requests are under way.
 */
export function scrapesOf(data: RunData, test: TestData): readonly TimedScrape[] {
  const start = test.loadStartSec
  if (start === undefined) return []
  const at = data.tests.findIndex(({ name }) => name === test.name)
  const whole = data.tests[at]
  const before = trialBefore(whole, start) ?? data.tests[at - 1]?.endSec ?? 0
  const nextTrial = test.endSec === whole?.endSec ? undefined : test.endSec
  const next = nextTrial ?? data.tests[at + 1]?.loadStartSec ?? Infinity
  const timed = data.events.flatMap((event): TimedScrape[] =>
    event.kind === 'scrape' && event.t >= before && event.t < next
      ? [{ ...event, fromSec: event.t - start, toSec: event.t - start + event.tookSec }]
      : [],
  )
  const inOrder = timed.toSorted((a, b) => a.fromSec - b.fromSec)
  // Of a record that was cut, the windows of its last seconds were never written.
  if (test.endSec === undefined) return inOrder.filter(({ toSec }) => toSec + 1 <= test.loadSec)
  const endSec = test.endSec - start
  if (nextTrial !== undefined) return fromLastBefore(inOrder.filter(({ toSec }) => toSec <= endSec))
  const last = inOrder.findIndex((one) => one.error === undefined && one.fromSec >= endSec)
  return fromLastBefore(inOrder.slice(0, last < 0 ? undefined : last + 1))
}

function fromLastBefore(looks: readonly TimedScrape[]): readonly TimedScrape[] {
  return looks.slice(
    Math.max(
      0,
      looks.findLastIndex(({ error, toSec }) => error === undefined && toSec <= 0),
    ),
  )
}

/** When the requests of the trial before had ended: what it waited for afterwards has none. */
function trialBefore(search: TestData | undefined, startSec: number): number | undefined {
  const over = search?.events.findLast(({ kind, t }) => (kind === 'settled' || kind === 'trial-ended') && t <= startSec)
  return over?.kind === 'settled' ? over.t - over.sec : over?.t
}
