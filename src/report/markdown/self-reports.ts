import type { AlertResult } from '../../model/alert-result.ts'
import type { MonitorComparison, MonitorResult } from '../../model/monitor-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { count, ms, percent, unknown } from '../numbers.ts'
import { alertHead, alertRows, looksSentence, monitorHead, monitorRows } from '../self-report-lines.ts'
import type { SelfReportRow } from '../self-report-lines.ts'
import { named } from '../test-names.ts'
import { bullets, md, table } from './md.ts'

/**
 * What the target said of itself, against what was seen; nothing where nothing of it was asked. Of one test everything; of several a line each, and
 * in full what was not as it should be, or not as in a healthy hour.
 */
export function selfReports(tests: readonly TestResult[]): string[] {
  const asked = tests.filter(({ monitor, alerts }) => monitor !== undefined || alerts !== undefined)
  if (asked.length < 2) return asked.flatMap((test) => inFull(test, tests))
  const head = ['test', 'page of metrics', 'looks', 'slowest', 'compared', 'furthest apart', 'alerts']
  return [
    ...table(
      head,
      asked.map((test) => [md(test.name), ...pageCells(test.monitor), alertsCell(test.alerts)]),
      2,
      5,
    ),
    ...asked.map(remarkable).flatMap((test) => inFull(test, tests)),
  ]
}

function inFull(test: TestResult, tests: readonly TestResult[]): string[] {
  const { monitor, alerts } = test
  const lines: string[] = []
  if (monitor !== undefined) {
    const said = `The target’s page of metrics is ${monitor.verdict === 'UNKNOWN' ? 'not known to tell what happened' : monitor.verdict.toLowerCase()}: ${looksSentence(monitor)}`
    lines.push(...bullets([named(test, said, tests)]), '', ...rows(monitorHead, monitorRows(monitor), 2))
  }
  if (alerts !== undefined)
    lines.push(...bullets([named(test, 'Its alerts:', tests)]), '', ...rows(alertHead, alertRows(alerts), 5))
  return lines
}

/** What a line for the whole test does not tell. */
function remarkable({ monitor, alerts, ...test }: TestResult): TestResult {
  const apart = (list: readonly MonitorComparison[]) => list.filter(({ verdict }) => verdict !== 'pass')
  const told = alerts?.filter((alert) => alert.verdict !== 'OK' || alert.due.length + alert.raised.length > 0) ?? []
  return {
    ...test,
    ...(monitor === undefined || monitor.verdict === 'TRUTHFUL'
      ? {}
      : { monitor: { ...monitor, counts: apart(monitor.counts), latencies: apart(monitor.latencies) } }),
    ...(told.length === 0 ? {} : { alerts: told }),
  }
}

const pageWords = { TRUTHFUL: '✅ truthful', LIES: '❌ lies', BLIND: '❌ blind', UNKNOWN: '❔ not known' } as const

function pageCells(monitor: MonitorResult | undefined): string[] {
  if (monitor === undefined) return [unknown, unknown, unknown, unknown, unknown]
  const { verdict, scrapes, counts, latencies } = monitor
  const all = [...counts, ...latencies]
  const known = all.flatMap(({ deviation }) => (deviation === null ? [] : [deviation]))
  return [
    pageWords[verdict],
    count(scrapes.count),
    scrapes.slowestSec === null ? unknown : ms(1000 * scrapes.slowestSec),
    count(known.length),
    known.length === 0 ? unknown : percent(Math.max(...known)),
  ]
}

function alertsCell(alerts: readonly AlertResult[] | undefined): string {
  if (alerts === undefined) return unknown
  const bad = alerts.filter(({ verdict }) => verdict !== 'OK' && verdict !== 'UNLISTED')
  const raised = alerts.filter((alert) => alert.raised.length > 0).map(({ name }) => name)
  const mark = bad.length === 0 ? '✅' : bad.every(({ verdict }) => verdict === 'UNKNOWN') ? '❔' : '❌'
  const verdicts = bad.map(({ name, verdict }) => `${name} ${verdict.toLowerCase()}`)
  const told = raised.length === 0 ? ['none raised'] : [`${raised.join(', ')} raised`]
  return `${mark} ${md([...verdicts, ...told].join('; '))}`
}

const marks = { pass: '✅', fail: '❌', unknown: '❔' } as const

function rows(head: readonly string[], list: readonly SelfReportRow[], right: number): string[] {
  if (list.length === 0) return []
  const cells = list.map(({ verdict, cells: texts, reason }) => [...texts.map(md), `${marks[verdict]} ${md(reason)}`])
  return table([...head, 'why'], cells, right, head.length - 1)
}
