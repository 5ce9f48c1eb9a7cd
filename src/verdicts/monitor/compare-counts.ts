import type { MonitorComparison } from '../../model/monitor-result.ts'
import type { MonitoredCount } from '../../model/monitor-spec.ts'
import type { RunData, TestData, TimedScrape } from '../../analysis/index.ts'
import { increaseOf, ofNumbers, seenOf } from '../../analysis/index.ts'
import { digits } from '../format-value.ts'
import { alsoAsked, sentInAttacks, unknownComparison, windowsOf } from './span.ts'

/** What the monitor's counts may be off by. */
export const countTolerance = 0.01

export interface MonitorInput {
  readonly data: RunData
  readonly test: TestData
  readonly scrapes: readonly TimedScrape[]
}

/** A counter of the page against what was sent between the same two looks. */
export function compareCount({ data, test, scrapes }: MonitorInput, monitored: MonitoredCount, index: number): MonitorComparison {
  const { series, of } = monitored
  const unknown = (reason: string) => unknownComparison(series.text, { statistic: 'count', unit: 'count', reason })
  const answered = scrapes.filter(({ error }) => error === undefined)
  if (answered.length > 0 && answered.every(({ counts }) => (counts?.[index] ?? null) === null))
    return unknown(`No series of the page fits \`${series.text}\`.`)
  // A series with labels comes to be with the first thing that it counts.
  const readings = answered.map(({ fromSec, toSec, counts }) => ({ fromSec, toSec, value: counts?.[index] ?? 0 }))
  const increase = increaseOf(readings, ofNumbers)
  if (increase === undefined) return unknown('Fewer than two looks at the page were answered.')
  const { certain, possible } = windowsOf(increase, test)
  const inResets = increase.resets.reduce(
    (sum, { fromSec, toSec }) => sum + seenOf(test, of, { from: Math.floor(fromSec), to: Math.ceil(toSec) + 1 }).certain,
    0,
  )
  const most = seenOf(test, of, possible)
  const others = sentInAttacks(test) + (of.kind === 'requests' ? alsoAsked(data, test, { scrapes, increase }) : 0)
  const seen = [Math.max(0, seenOf(test, of, certain).certain - inResets), most.certain + most.doubtful + others] as const
  if (most.certain === 0) return unknown(`Nothing was seen of what \`${series.text}\` counts.`)
  const distance = Math.max(0, seen[0] - increase.by, increase.by - seen[1])
  const deviation = distance / most.certain
  const isFalse = deviation > countTolerance && distance > 1
  const range = seen[0] === seen[1] ? digits(seen[0]) : `${digits(seen[0])} to ${digits(seen[1])}`
  return {
    series: series.text,
    statistic: 'count',
    says: [increase.by, increase.by],
    seen,
    unit: 'count',
    deviation,
    verdict: isFalse ? 'fail' : 'pass',
    reason: `It says ${digits(increase.by)}, seen were ${range}${distance > 0 ? `: ${digits(100 * deviation)} % apart` : ''}.`,
  }
}
