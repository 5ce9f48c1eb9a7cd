import type { SecondRow, TestData } from '../../analysis/index.ts'
import type { GroupResult, MetricResult, RequestResult, TestResult } from '../../model/run-result.ts'
import { count, inUnit, ms } from '../numbers.ts'
import type { PageFact, PageRow, PageTest } from './page-data.ts'
import { rounded } from './rounded.ts'

/** Points of a small graph: it is about 90 pixels wide. */
const linePoints = 45

const partWords: Readonly<Record<string, string>> = {
  queue: 'waiting for a socket',
  dns: 'DNS',
  connect: 'connecting',
  tls: 'TLS',
  firstByte: 'first byte',
  download: 'download',
}

export function requestRow(test: TestData, { name, totals, latencyMs, statuses, partsMs }: RequestResult): PageRow {
  const answers = Object.entries(statuses)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${status}: ${count(n)}`)
  const parts = Object.entries(partsMs).map(([part, value]) => `${partWords[part] ?? part} ${ms(value)}`)
  const { p50, p95, p99, max } = latencyMs
  return {
    name,
    count: totals.requests,
    perSec: rounded(totals.perSec),
    errorRate: rounded(totals.errorRate),
    p50,
    p95,
    p99,
    max,
    ...smallLines(test.rows({ kind: 'request', name })),
    detail: [answers.join(', '), parts.length > 0 ? `mean ${parts.join(', ')}` : ''].filter((text) => text !== '').join(' · '),
  }
}

export function groupRow(test: TestData, kind: 'step' | 'scenario', { name, count: n, failed, latencyMs }: GroupResult): PageRow {
  const seconds = test.secondsIn(test.judged)
  const { p50, p95, p99, max } = latencyMs
  return {
    name,
    count: n,
    perSec: seconds > 0 ? rounded(n / seconds) : null,
    errorRate: n === 0 ? null : rounded(failed / n),
    p50,
    p95,
    p99,
    max,
    ...smallLines(test.rows({ kind, name })),
    detail: '',
  }
}

/** In the order of the load. */
export function phaseRows(test: TestData, { phases }: TestResult): readonly PageRow[] {
  const kind = test.total('request').count > 0 ? 'request' : 'scenario'
  return phases.flatMap(({ name, fromSec, toSec, figures }) => {
    if (figures === undefined) return []
    const { count: n, failed, perSec, latencyMs } = figures
    const { p50, p95, p99, max } = latencyMs
    const range = { from: Math.ceil(fromSec), to: Math.floor(toSec) }
    const errorRate = n === 0 ? null : rounded(failed / n)
    return [
      {
        name,
        count: n,
        perSec: rounded(perSec),
        errorRate,
        p50,
        p95,
        p99,
        max,
        ...smallLines(test.rows({ kind, range })),
        detail: '',
      },
    ]
  })
}

/** Rates are means of a bin; of the p95 of its seconds, the largest: a graph this small is there to show where it was bad. */
function smallLines(rows: readonly SecondRow[]): Pick<PageRow, 'rateLine' | 'p95Line'> {
  const size = Math.max(1, Math.ceil(rows.length / linePoints))
  const rateLine: (number | null)[] = []
  const p95Line: (number | null)[] = []
  for (let at = 0; at < rows.length; at += size) {
    const bin = rows.slice(at, at + size)
    rateLine.push(short(bin.reduce((sum, row) => sum + row.count, 0) / bin.length))
    const known = bin.flatMap((row) => (row.p95Ms === null ? [] : [row.p95Ms]))
    p95Line.push(known.length === 0 ? null : short(Math.max(...known)))
  }
  return { rateLine, p95Line }
}

function short(value: number): number {
  return Number(value.toPrecision(3))
}

export function metricRow({
  name,
  kind,
  unit,
  count: n,
  sum,
  min,
  max,
  mean,
  p50,
  p95,
  p99,
  last,
}: MetricResult): PageTest['metrics'][number] {
  const fact = (label: string, value: number | null | undefined): PageFact[] =>
    value === null || value === undefined ? [] : [{ label, value: inUnit(value, unit) }]
  const values =
    kind === 'counter'
      ? [{ label: 'sum', value: inUnit(sum, unit) }]
      : [...fact('mean', mean), ...fact('min', min), ...fact('max', max)]
  return {
    name,
    kind,
    values: [
      ...values,
      ...fact('p50', p50),
      ...fact('p95', p95),
      ...fact('p99', p99),
      ...fact('last', last),
      { label: 'count', value: count(n) },
    ],
  }
}
