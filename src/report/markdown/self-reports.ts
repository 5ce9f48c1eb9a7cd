import type { TestResult } from '../../model/run-result.ts'
import { alertHead, alertRows, looksSentence, monitorHead, monitorRows } from '../self-report-lines.ts'
import type { SelfReportRow } from '../self-report-lines.ts'
import { named } from '../test-names.ts'
import { bullets, md, table } from './md.ts'

/** What the target said of itself, against what was seen; nothing where nothing of it was asked. */
export function selfReports(tests: readonly TestResult[]): string[] {
  const lines: string[] = []
  for (const test of tests) {
    const { monitor, alerts } = test
    if (monitor !== undefined) {
      const said = `The target’s page of metrics is ${monitor.verdict === 'UNKNOWN' ? 'not known to tell what happened' : monitor.verdict.toLowerCase()}: ${looksSentence(monitor)}`
      lines.push(...bullets([named(test, said, tests)]), '', ...rows(monitorHead, monitorRows(monitor), 2))
    }
    if (alerts !== undefined)
      lines.push(...bullets([named(test, 'Its alerts:', tests)]), '', ...rows(alertHead, alertRows(alerts), 5))
  }
  return lines
}

const marks = { pass: '✅', fail: '❌', unknown: '❔' } as const

function rows(head: readonly string[], list: readonly SelfReportRow[], right: number): string[] {
  if (list.length === 0) return []
  const cells = list.map(({ verdict, cells: texts, reason }) => [...texts.map(md), `${marks[verdict]} ${md(reason)}`])
  return table([...head, 'why'], cells, right, head.length - 1)
}
