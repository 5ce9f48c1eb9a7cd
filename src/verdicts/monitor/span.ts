import type { MonitorComparison } from '../../model/monitor-result.ts'
import type { Increase, Range, RunData, TestData, TimedScrape } from '../../analysis/index.ts'
import { attackCourse } from '../../analysis/index.ts'

type Span = Pick<Increase<unknown>, 'first' | 'last' | 'resets'>

/** Requests until a process that was started again says that it is ready: they are asked of it like any other. Ours. */
const looksAtStart = 20

/**
 * Windows whose requests the target has counted between two looks: for certain, and at most. Before the load and after the test nothing is under way; elsewhere what ended near
 * a look may be on either side of it, and we see an end up to a second after the target does.
 */
export function windowsOf({ first, last }: Span, test: TestData): { readonly certain: Range; readonly possible: Range } {
  const isQuietFirst = isBefore(first)
  const isQuietLast = isAfter(last, test)
  return {
    certain: {
      from: isQuietFirst ? 0 : Math.ceil(first.toSec) + 1,
      to: isQuietLast ? Infinity : Math.floor(last.fromSec),
    },
    possible: {
      from: isQuietFirst ? 0 : Math.floor(first.fromSec),
      to: isQuietLast ? Infinity : Math.ceil(last.toSec) + 1,
    },
  }
}

/** Nothing was under way at either look. */
export function isQuiet({ first, last }: Span, test: TestData): boolean {
  return isBefore(first) && isAfter(last, test)
}

function isBefore({ toSec }: Span['first']): boolean {
  return toSec <= 0
}

function isAfter({ fromSec }: Span['last'], test: TestData): boolean {
  return test.endSec !== undefined && fromSec >= test.endSec - (test.loadStartSec ?? 0)
}

/** What else of ours the target may have counted: looks at its page, at its readiness, and until it was ready. */
export function alsoAsked(
  data: RunData,
  test: TestData,
  { scrapes, increase }: { readonly scrapes: readonly TimedScrape[]; readonly increase: Span },
): number {
  const start = test.loadStartSec ?? 0
  const asked = (sec: number): number => scrapes.find(({ fromSec }) => fromSec === sec)?.asked ?? 0
  const { first, last, resets } = increase
  const ready = data.probe('target.ready', start + first.fromSec, start + last.toSec).length
  return asked(last.fromSec) - asked(first.fromSec) + ready + looksAtStart * resets.length
}

/** What attackers tried beside the load: the target may have counted it. */
export function sentInAttacks(test: TestData): number {
  return (test.spec.attacks ?? []).reduce((sum, { id }) => sum + attackCourse(test.attack(id)).sent, 0)
}

export function unknownComparison(
  series: string,
  rest: Pick<MonitorComparison, 'statistic' | 'unit' | 'reason'>,
): MonitorComparison {
  return { series, ...rest, says: null, seen: null, deviation: null, verdict: 'unknown' }
}
