import type { AlertResult, AlertStretch } from '../model/alert-result.ts'
import type { MonitorComparison, MonitorResult } from '../model/monitor-result.ts'
import type { TestResult } from '../model/run-result.ts'
import { ended } from './capacity-sentences.ts'
import { count, duration, ms, percent, unknown } from './numbers.ts'
import type { ResourceLine } from './resource-sentences.ts'

const monitorMarks = { TRUTHFUL: '✓', LIES: '✗', BLIND: '✗', UNKNOWN: '?' } as const
const alertMarks = { OK: '✓', MISSING: '✗', FALSE: '✗', STUCK: '✗', LATE: '✗', UNKNOWN: '?', UNLISTED: '·' } as const

/** What came of the page of metrics: the verdict, and everything that was compared. */
export function monitorLines({ monitor }: Pick<TestResult, 'monitor'>): readonly ResourceLine[] {
  if (monitor === undefined) return []
  const words = { TRUTHFUL: 'truthful', LIES: 'lies', BLIND: 'blind', UNKNOWN: 'not known' } as const
  const reason = monitor.verdict === 'LIES' || monitor.verdict === 'TRUTHFUL' ? '' : ` ${ended(monitor.reason)}`
  return [
    {
      mark: monitorMarks[monitor.verdict],
      text: `the page of metrics: ${words[monitor.verdict]}. ${looksSentence(monitor)}${reason}`,
    },
    ...[...monitor.counts, ...monitor.latencies].map(comparisonLine),
  ]
}

/** How often it was looked at, and how that went. */
export function looksSentence({ scrapes }: Pick<MonitorResult, 'scrapes'>): string {
  const { count: all, failed, late, blind, slowestSec } = scrapes
  const slowest = slowestSec === null ? '' : `, the slowest ${ms(1000 * slowestSec)}`
  const bad =
    failed + late === 0
      ? ''
      : `; ${count(failed)} failed, ${count(late)} came late, ${count(blind)} of these while users were served`
  return `${count(all)} looks${slowest}${bad}.`
}

function comparisonLine({ series, statistic, verdict, reason }: MonitorComparison): ResourceLine {
  const mark = ({ pass: '✓', fail: '✗', unknown: '?' } as const)[verdict]
  return { mark, text: `${series}, ${statistic}: ${ended(reason)}` }
}

export function alertLines({ alerts }: Pick<TestResult, 'alerts'>): readonly ResourceLine[] {
  return (alerts ?? []).map(({ name, verdict, reason }) => ({
    mark: alertMarks[verdict],
    text: `${name}: ${verdict.toLowerCase()}. ${ended(reason)}`,
  }))
}

/** A row of a table: `verdict` as `pass`, `fail` or `unknown`. */
export interface SelfReportRow {
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly cells: readonly string[]
  readonly reason: string
}

export const monitorHead = ['series', 'statistic', 'says', 'seen', 'apart'] as const

export function monitorRows({ counts, latencies }: MonitorResult): readonly SelfReportRow[] {
  return [...counts, ...latencies].map(({ series, statistic, says, seen, unit, deviation, verdict, reason }) => ({
    verdict,
    cells: [series, statistic, between(says, unit), between(seen, unit), deviation === null ? unknown : percent(deviation)],
    reason,
  }))
}

function between(range: readonly [number, number | null] | null, unit: MonitorComparison['unit']): string {
  if (range === null) return unknown
  const [low, high] = range
  const shown = (value: number): string => (unit === 'ms' ? ms(value) : count(value))
  if (high === null) return `more than ${shown(low)}`
  return low === high ? shown(low) : `${shown(low)} to ${shown(high)}`
}

export const alertHead = ['alert', 'verdict', 'condition', 'due', 'raised', 'after', 'cleared after'] as const

export function alertRows(alerts: readonly AlertResult[]): readonly SelfReportRow[] {
  return alerts.map(({ name, verdict, reason, condition, due, raised, raisedAfterSec, clearedAfterSec }) => ({
    verdict: ({ '✓': 'pass', '✗': 'fail', '?': 'unknown', '·': 'unknown' } as const)[alertMarks[verdict]],
    cells: [
      name,
      verdict.toLowerCase(),
      condition ?? (verdict === 'UNLISTED' ? 'not in the plan' : 'never'),
      times(due),
      times(raised),
      raisedAfterSec === null ? unknown : duration(raisedAfterSec),
      clearedAfterSec === null ? unknown : duration(clearedAfterSec),
    ],
    reason,
  }))
}

const mostTimes = 3

function times(stretches: readonly AlertStretch[]): string {
  if (stretches.length === 0) return 'never'
  const shown = stretches
    .slice(0, mostTimes)
    .map(({ fromSec, toSec }) => (toSec === null ? `from ${tenths(fromSec)} s on` : `${tenths(fromSec)}–${tenths(toSec)} s`))
  return `${shown.join(', ')}${stretches.length > mostTimes ? ` and ${stretches.length - mostTimes} more` : ''}`
}

function tenths(sec: number): string {
  return String(Number(sec.toFixed(1)))
}
