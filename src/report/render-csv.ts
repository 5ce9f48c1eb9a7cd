import type { RunData, SecondRow, SeriesKind, TestData } from '../analysis/index.ts'
import type { RunResult, TestResult } from '../model/run-result.ts'
import { plainText } from './plain-text.ts'

const columns = [
  'test',
  'second',
  'kind',
  'name',
  'count',
  'failed',
  'p50_ms',
  'p95_ms',
  'p99_ms',
  'mean_ms',
  'max_ms',
  'bytes_in',
  'bytes_out',
  'users',
  'in_flight',
  'dropped',
  'value',
  'trial',
  'verdict',
] as const

type Row = Readonly<Partial<Record<(typeof columns)[number], string | number | null>>>

/**
 * The windows of a run: one row a second a series, seconds from the start of each test's load; probes under their own names. Then a row an
 * objective, and a row a trial of a search, whose `value` is the load; rows of its seconds have its number.
 */
export function renderCsv(data: RunData, result: RunResult): string {
  const lines: string[] = [columns.join(',')]
  const line = (row: Row) => lines.push(columns.map((column) => cell(row[column])).join(','))
  for (const test of data.tests) {
    const judged = result.tests.find(({ name }) => name === test.name)
    const trialAt = trialsBySecond(judged)
    const put = (row: Row) => line({ ...row, trial: trialAt(Number(row.second)) })
    for (const row of test.rows())
      put({
        ...timed(test, row),
        kind: 'all',
        name: '',
        users: round(row.users),
        in_flight: round(row.inFlight),
        dropped: row.dropped,
      })
    for (const kind of ['request', 'step', 'scenario'] as const)
      for (const name of test.series(kind))
        for (const row of test.rows({ kind, name })) if (row.count > 0) put({ ...timed(test, row), kind, name })
    for (const kind of ['check', 'counter', 'gauge', 'trend'] as const)
      for (const name of test.series(kind)) plainSeries(test, kind, name).forEach(put)
    for (const name of data.probeNames)
      for (const { t, value } of test.probe(name)) put({ test: test.name, second: round(t), kind: 'probe', name, value })
    if (judged !== undefined) verdictRows(judged).forEach(line)
  }
  return `${lines.join('\r\n')}\r\n`
}

/** The trial that a second belongs to; null between trials, and where there are none. */
function trialsBySecond(test: TestResult | undefined): (second: number) => number | null {
  const trials = test?.capacity?.trials ?? []
  return (second) => trials.find(({ fromSec, toSec }) => second >= fromSec && second < toSec)?.trial ?? null
}

function verdictRows({ name: test, objectives, capacity }: TestResult): Row[] {
  const rows: Row[] = objectives.map(({ text, actual, verdict }) => ({
    test,
    kind: 'objective',
    name: text,
    value: actual,
    verdict,
  }))
  for (const one of capacity?.trials ?? [])
    rows.push({
      test,
      second: round(one.fromSec),
      kind: 'trial',
      name: one.purpose,
      p50_ms: round(one.p50),
      p95_ms: round(one.p95),
      p99_ms: round(one.p99),
      value: one.load,
      trial: one.trial,
      verdict: one.verdict,
    })
  return rows
}

function timed(test: TestData, row: SecondRow): Row {
  const { sec, count, failed, p50Ms, p95Ms, p99Ms, meanMs, maxMs, bytesIn, bytesOut } = row
  const times = { p50_ms: round(p50Ms), p95_ms: round(p95Ms), p99_ms: round(p99Ms), mean_ms: round(meanMs), max_ms: round(maxMs) }
  return { test: test.name, second: sec, count, failed, ...times, bytes_in: bytesIn, bytes_out: bytesOut }
}

/** Series whose windows are numbers: one row for each second in which they were touched. */
function plainSeries(test: TestData, kind: Exclude<SeriesKind, 'request' | 'step' | 'scenario'>, name: string): Row[] {
  const rows: Row[] = []
  for (const { sec } of test.rows()) {
    const row: Row = { test: test.name, second: sec, kind, name }
    for (const window of test.windowsAt(kind, sec)) {
      if (window.name !== name) continue
      if (window.kind === 'check') rows.push({ ...row, count: window.passed + window.failed, failed: window.failed })
      if (window.kind === 'counter') rows.push({ ...row, value: window.sum })
      if (window.kind === 'gauge') rows.push({ ...row, count: window.count, value: window.last })
      if (window.kind === 'trend') {
        const { count, sum } = window.values
        rows.push({ ...row, count, value: count === 0 ? null : round(sum / count / 1000) })
      }
    }
  }
  return rows
}

function round(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(3))
}

/** RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = plainText(value)
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
