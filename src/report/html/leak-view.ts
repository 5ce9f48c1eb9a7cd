import type { TestData } from '../../analysis/index.ts'
import type { LeakResult, TestResult } from '../../model/run-result.ts'
import { count, digits, duration, inUnit, unknown } from '../numbers.ts'
import { capitalised } from '../capacity-sentences.ts'
import type { PageChart, PageLeak, PageTest, PageTime } from './page-data.ts'
import { onAxis } from './probe-charts.ts'
import { rounded } from './rounded.ts'

/** More plots than this are not looked at; those of leaks come first. */
const mostCharts = 6

export function leaksOf(test: TestData, { leaks = [] }: TestResult, time: PageTime): PageTest['leaks'] {
  if (leaks.length === 0) return null
  const order = { leak: 0, none: 1, unknown: 2 }
  const sorted = [...leaks].sort((a, b) => order[a.verdict] - order[b.verdict])
  return {
    heading: headingOf(sorted),
    rows: rowsOf(sorted),
    charts: sorted.flatMap((leak, i) => chartOf(test, leak, { id: `leak-${i}`, time })).slice(0, mostCharts),
  }
}

function headingOf(leaks: readonly LeakResult[]): string {
  const found = leaks.filter(({ verdict }) => verdict === 'leak')
  const names = (of: readonly LeakResult[]) => of.map(({ resource }) => wordsOf(resource)).join(', ')
  if (found.length > 0)
    return `Leaks: ${found.map((leak) => `${wordsOf(leak.resource)} grows by ${growthText(leak.perRequest, leak.unit)}`).join('; ')}`
  const none = leaks.filter(({ verdict }) => verdict === 'none')
  return none.length > 0 ? `No leak in ${names(none)}` : `Leaks: not known for any of ${count(leaks.length)} resources`
}

/** Where nothing is known of any, as in every short test, one row a reason. */
function rowsOf(leaks: readonly LeakResult[]): PageLeak[] {
  if (leaks.some(({ verdict }) => verdict !== 'unknown')) return leaks.map(rowOf)
  return [...new Set(leaks.map(({ reason }) => reason))].flatMap((reason) => {
    const [first, ...others] = leaks.filter((leak) => leak.reason === reason)
    if (first === undefined) return []
    return [{ ...rowOf(first), resource: others.length === 0 ? first.resource : `${count(others.length + 1)} resources` }]
  })
}

function rowOf({ resource, verdict, reason, perRequest, interval, secondsToLimit, limit, unit }: LeakResult): PageLeak {
  return {
    resource,
    verdict,
    growth: growthText(perRequest, unit),
    interval: intervalText(interval, unit),
    limit:
      secondsToLimit === null ? unknown : `${spanText(secondsToLimit)}${limit === null ? '' : ` until ${inUnit(limit, unit)}`}`,
    reason,
  }
}

/** The readings with the line that was fitted to them. */
function chartOf(
  test: TestData,
  { resource, verdict, line, perRequest, interval, unit }: LeakResult,
  { id, time }: { readonly id: string; readonly time: PageTime },
): PageChart[] {
  const readings = test.probe(resource)
  if (line === null || readings.length === 0) return []
  const { fromSec, toSec, from, to } = line
  const fitted = Array.from({ length: time.points }, (_, i) => {
    const sec = i * time.stepSec
    if (sec < fromSec || sec > toSec || toSec <= fromSec) return null
    return rounded(from + ((to - from) * (sec - fromSec)) / (toSec - fromSec))
  })
  const words = verdict === 'leak' ? 'leak' : verdict === 'none' ? 'no leak' : 'unknown'
  const range = interval === null ? '' : ` (99 % interval ${intervalText(interval, unit)})`
  const growth = perRequest === null ? '' : `, ${growthText(perRequest, unit)}${range}`
  return [
    {
      id,
      title: `${capitalised(wordsOf(resource))}: ${words}${growth}`,
      group: 'leak',
      unit,
      log: false,
      series: [
        { label: 'reading', tone: 'normal', values: onAxis(readings, time) },
        { label: 'fitted line', tone: 'fit', values: fitted },
      ],
    },
  ]
}

/** Bytes to the byte; what is counted, per thousand requests where it is rarer than one in ten. */
function growthText(perRequest: number | null, unit: string): string {
  if (perRequest === null) return unknown
  if (unit === 'bytes') return `${Math.abs(perRequest) < 10 ? digits(perRequest) : grouped(perRequest)} B a request`
  if (Math.abs(perRequest) < 0.1) return `${digits(perRequest * 1000)} in 1,000 requests`
  return `${digits(perRequest)} a request`
}

function intervalText(interval: LeakResult['interval'], unit: string): string {
  if (interval === null) return unknown
  const rare = unit !== 'bytes' && Math.max(...interval.map(Math.abs)) < 0.1
  const [low, high] = interval.map((value) => (unit === 'bytes' ? grouped(value) : digits(rare ? value * 1000 : value)))
  return `${low} to ${high}${rare ? ' in 1,000' : ''}`
}

function grouped(value: number): string {
  return inUnit(Math.round(value), 'count')
}

function spanText(seconds: number): string {
  if (seconds < 3600) return duration(seconds)
  return seconds < 48 * 3600 ? `${digits(seconds / 3600)} h` : `${digits(seconds / 86_400)} days`
}

/** `target.memory` → `memory of the target`. */
function wordsOf(resource: string): string {
  const dot = resource.indexOf('.')
  if (dot < 0) return resource
  const owner = resource.slice(0, dot)
  return `${resource.slice(dot + 1)} of ${owner === 'target' || owner === 'host' ? `the ${owner}` : owner}`
}
