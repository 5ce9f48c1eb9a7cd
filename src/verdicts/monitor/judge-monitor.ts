import type { MonitorComparison, MonitorResult } from '../../model/monitor-result.ts'
import type { MonitorSpec } from '../../model/monitor-spec.ts'
import type { ValidityCheck } from '../../model/run-result.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { scrapesOf } from '../../analysis/index.ts'
import { lackInWords, lackOfTime } from '../lack-of-time.ts'
import { blindness, isBlind } from './blindness.ts'
import { compareCount } from './compare-counts.ts'
import { compareLatency } from './compare-latency.ts'

/** Whether the target's page of metrics tells what was seen, from the record alone; undefined where nothing of it is compared. */
export function judgeMonitor(data: RunData, test: TestData): MonitorResult | undefined {
  const spec = monitorOf(data)
  if (spec === undefined) return undefined
  const scrapes = scrapesOf(data, test)
  const input = { data, test, scrapes }
  const counts = spec.counts.map((one, index) => compareCount(input, one, index))
  const latencies = spec.latencies.flatMap((one, index) => compareLatency(input, one, index))
  const looks = blindness(test, scrapes, spec.withinSec)
  return {
    ...verdictOf([...counts, ...latencies], looks),
    scrapes: looks,
    counts,
    latencies,
    countDeviation: worst(counts),
    latencyDeviation: worst(latencies),
  }
}

/** A generator that had no time itself saw times that are its own: they are held against nobody. Its counts are right. */
export function withoutLateTimes(monitor: MonitorResult, checks: readonly ValidityCheck[]): MonitorResult {
  const late = lackOfTime(checks).filter(({ verdict }) => verdict === 'void')
  if (late.length === 0 || monitor.latencies.length === 0) return monitor
  const reason = `The generator had too little time itself, so what it saw tells nothing of the target’s times. ${lackInWords(late)}.`
  const latencies = monitor.latencies.map((one) =>
    one.verdict === 'unknown' ? one : { ...one, deviation: null, verdict: 'unknown' as const, reason },
  )
  return { ...monitor, ...verdictOf([...monitor.counts, ...latencies], monitor.scrapes), latencies, latencyDeviation: null }
}

function monitorOf({ header }: RunData): MonitorSpec | undefined {
  for (const probe of header.plan.probes) if (probe.kind === 'metrics-page' && probe.monitor !== undefined) return probe.monitor
  return undefined
}

function verdictOf(
  compared: readonly MonitorComparison[],
  looks: MonitorResult['scrapes'],
): Pick<MonitorResult, 'verdict' | 'reason'> {
  const said = ({ series, statistic, reason }: MonitorComparison): string => `${series}, ${statistic}: ${reason}`
  const lies = compared.filter(({ verdict }) => verdict === 'fail')
  if (lies.length > 0) {
    const [worstLie, ...more] = lies.toSorted((a, b) => (b.deviation ?? 0) - (a.deviation ?? 0))
    const others = more.length === 0 ? '' : ` And ${more.length} more.`
    return { verdict: 'LIES', reason: `${worstLie === undefined ? '' : said(worstLie)}${others}` }
  }
  if (isBlind(looks))
    return {
      verdict: 'BLIND',
      reason: `${looks.blind} of ${looks.count} looks at the page failed or took more than ${looks.withinSec} s while users were served: ${looks.example ?? ''}.`,
    }
  if (looks.count === 0) return { verdict: 'UNKNOWN', reason: 'The page was never looked at.' }
  const open = compared.filter(({ verdict }) => verdict === 'unknown')
  // One reason may hold for all figures of a series.
  const told = open.filter((one, i) => open.findIndex(({ reason }) => reason === one.reason) === i)
  if (told.length > 0) return { verdict: 'UNKNOWN', reason: told.map(said).join(' ') }
  return {
    verdict: 'TRUTHFUL',
    reason: compared.length === 0 ? 'The page was there all the time.' : compared.map(said).join(' '),
  }
}

function worst(compared: readonly MonitorComparison[]): number | null {
  const known = compared.flatMap(({ deviation }) => (deviation === null ? [] : [deviation]))
  return known.length === 0 ? null : Math.max(...known)
}
