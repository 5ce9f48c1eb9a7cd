import type { TestResult } from '../../model/run-result.ts'
import { alertRows, looksSentence, monitorRows } from '../self-report-lines.ts'
import type { SelfReportRow } from '../self-report-lines.ts'

/** What the page shows of what the target says of itself. */
export interface PageSelfReports {
  readonly monitor: {
    readonly verdict: string
    readonly state: SelfReportRow['verdict']
    readonly looks: string
    readonly rows: readonly SelfReportRow[]
  } | null
  readonly alerts: readonly SelfReportRow[]
}

const states = { TRUTHFUL: 'pass', LIES: 'fail', BLIND: 'fail', UNKNOWN: 'unknown' } as const

export function pageSelfReports({ monitor, alerts }: TestResult): PageSelfReports {
  return {
    monitor:
      monitor === undefined
        ? null
        : {
            verdict: monitor.verdict.toLowerCase(),
            state: states[monitor.verdict],
            looks: looksSentence(monitor),
            rows: monitorRows(monitor),
          },
    alerts: alertRows(alerts ?? []),
  }
}

/** When an alert was raised, for the charts; where it was not cleared, to their end. */
export function alertSpans({ alerts }: TestResult, endSec: number): readonly { name: string; fromSec: number; toSec: number }[] {
  return (alerts ?? []).flatMap(({ name, raised }) =>
    raised.flatMap(({ fromSec, toSec }) =>
      fromSec >= endSec ? [] : [{ name, fromSec: Math.max(0, fromSec), toSec: Math.min(endSec, toSec ?? endSec) }],
    ),
  )
}
