import type { FaultResult, Finding } from '../model/run-result.ts'
import type { LinkPoint, Range, RunData, TestData } from '../analysis/index.ts'
import { finding } from './finding-catalogue.ts'
import type { FindingInput } from './findings.ts'
import { digits } from './format-value.ts'

/** Ours: whoever waits for so long for a dependency makes its own callers give up. */
const longSec = 5
const leastCalls = 3
/** Ours: a call now and then ends for another reason. */
const mostEndedShare = 0.1
/** While a fault is undone its connections break, which is not the target's doing; the record has tenths of a second. */
const undoingSec = 0.5
/** Answers that are under way when it begins still come. */
const underWaySec = 0.5
/** What was held by a fault is answered soon after it. */
const soonSec = 3

/**
 * `timeout-absent`: under a fault on a link calls stay open for five seconds and more, up to its end, hardly any ends before, and requests of users wait
 * as long. The record counts beginnings and ends and does not tell which end is whose: of the calls begun until then, surely so many are open as there
 * are more of them than ends of any.
 */
export function timeoutAbsent({ data, test, faults }: FindingInput): Finding[] {
  const links = countedLinks(data, test)
  return faults.flatMap((fault) => {
    const { on, at, clearedAt } = fault
    if (on === undefined || at === null || clearedAt === null || !links.includes(on)) return []
    const open = openCalls(test, on, { from: at, to: clearedAt - undoingSec })
    const waits = longWaits(test, { from: at, to: clearedAt + soonSec })
    if (open === undefined || waits.count < leastCalls) return []
    return [finding('timeout-absent', evidenceOf(fault, open, waits))]
  })
}

interface OpenCalls {
  readonly begun: number
  readonly givenUp: number
  /** Surely open for five seconds and more at the end. */
  readonly open: number
  /** How long one of them had been, at least. */
  readonly longestSec: number
}

/** What stays open; undefined where it is nothing to speak of. */
function openCalls(test: TestData, link: string, { from, to }: Range): OpenCalls | undefined {
  if (to - from < longSec) return undefined
  // With the tenth of a second in which it began.
  const points = test.link(link, { from: from - 0.1, to })
  const begun = points.reduce((sum, { calls }) => sum + calls, 0)
  const early = points.reduce((sum, { t, calls }) => (t < to - longSec ? sum + calls : sum), 0)
  const ended = points.reduce((sum, { answered, failed }) => sum + answered + failed, 0)
  const open = early - ended
  const givenUp = points.reduce((sum, { t, answered, failed }) => (t < from + underWaySec ? sum : sum + answered + failed), 0)
  if (open < leastCalls || givenUp > mostEndedShare * begun) return undefined
  return { begun, givenUp, open, longestSec: to - beginningOf(points, ended + 1) }
}

/** When the n-th call began. */
function beginningOf(points: readonly LinkPoint[], n: number): number {
  let soFar = 0
  for (const { t, calls } of points) {
    soFar += calls
    if (soFar >= n) return t
  }
  return Infinity
}

interface LongWaits {
  readonly count: number
  readonly longestSec: number
}

/** Requests of users that waited as long, or as long as their own limit of time let them. */
function longWaits(test: TestData, { from, to }: Range): LongWaits {
  const range = { from: Math.floor(from), to: Math.ceil(to) }
  const { response, censored, failures } = test.total('request', { range })
  const late = response.count - response.countAtOrBelow(longSec * 1e6)
  const givenUp = Math.max(0, censored.count - (failures.aborted ?? 0))
  return { count: late + givenUp, longestSec: Math.max(response.max, censored.max) / 1e6 }
}

function evidenceOf({ id, on = '' }: FaultResult, { begun, givenUp, open, longestSec }: OpenCalls, waits: LongWaits): string {
  const left = givenUp === 0 ? 'none was given up meanwhile' : `${digits(givenUp)} of ${digits(begun)} ended meanwhile`
  const calls = `At the end of “${id}” at least ${digits(open)} calls to ${on} had been open for 5 s and more, one of them for ${digits(longestSec)} s; ${left}.`
  return `${calls} ${digits(waits.count)} requests of users waited as long or ran out of time, up to ${digits(waits.longestSec)} s.`
}

/** Links of which the proxy counts calls and their ends, without that of the users. */
function countedLinks({ header }: RunData, { spec }: TestData): readonly string[] {
  const { services, dependencies: declared = {} } = header.plan
  return (spec.links ?? []).filter((link) => {
    const service = services[link]
    const protocol = service === undefined ? declared[link]?.protocol : service.kind === 'process' ? service.protocol : 'postgres'
    return protocol === 'http' || protocol === 'postgres'
  })
}
