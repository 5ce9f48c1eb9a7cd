import type { ObjectiveResult, TestResult } from '../../model/run-result.ts'
import { loadText } from '../capacity-words.ts'
import { count, duration, inUnit, ms, percent, perSec } from '../numbers.ts'
import { actualText, limitText } from '../objective-figures.ts'
import { oneLine } from '../plain-text.ts'
import { validityWords, verdictWords } from '../words.ts'
import { capacityLines } from './capacity-lines.ts'
import { resourceLines } from './resource-lines.ts'
import { heading, indented, marked, paint } from './style.ts'
import type { Style } from './style.ts'
import { textTable, wrap } from './table.ts'

/** Everything about one test, below the head of the report. */
export function testLines(test: TestResult, titled: boolean, style: Style): string[] {
  const { c } = style
  const lines: string[] = []
  if (titled) {
    const { mark, word } = verdictWords[test.verdict]
    lines.push(`${paint(c, test.verdict)(`${mark} ${word}`)}  ${c.bold(oneLine(test.name))}`, ...indented(test.reason, style), '')
  }
  if (test.capacity !== undefined) lines.push(...capacityLines(test.capacity, style))
  lines.push(...numbers(test, style), '', ...phases(test, style))
  if (test.objectives.length > 0) lines.push(heading('Objectives', style), ...objectives(test.objectives, style), '')
  lines.push(...crossings(test, style))
  lines.push(...validity(test, style), '', ...resourceLines(test, style))
  if (test.findings.length > 0) lines.push(heading('Findings', style), ...test.findings.flatMap((f) => finding(f, style)), '')
  if (test.errors.length > 0) lines.push(heading('Errors', style), ...errors(test, style), '')
  return lines
}

/** When a system that was only watched was beyond an objective. */
function crossings({ crossings: list = [] }: TestResult, style: Style): string[] {
  if (list.length === 0) return []
  const lines = list.flatMap(({ objective, unit, value, fromSec, toSec }) => {
    const time = toSec === null ? `from ${duration(fromSec)} to the end` : `from ${duration(fromSec)} to ${duration(toSec)}`
    return marked('!', `beyond ${objective} ${time}, at first ${inUnit(value, unit)}`, style, style.c.yellow)
  })
  return [heading('Thresholds crossed', style), ...lines, '']
}

const headings = ['', 'count', 'rate', 'errors', 'p50', 'p95', 'p99', 'max']

interface Row {
  readonly count: number
  readonly failed: number
  readonly rate: string
  readonly latencyMs: TestResult['latencyMs']
}

function rowOf(name: string, { count: n, failed, rate, latencyMs }: Row): string[] {
  const { p50, p95, p99, max } = latencyMs
  return [oneLine(name), count(n), rate, percent(n === 0 ? null : failed / n), ...[p50, p95, p99, max].map(ms)]
}

function counted({ requests, failed, perSec: rate }: TestResult['totals']): Omit<Row, 'latencyMs'> {
  return { count: requests, failed, rate: perSec(rate) }
}

function numbers(test: TestResult, style: Style): string[] {
  const { totals, latencyMs } = test
  const { c, width } = style
  // Where functions are tested in process, a row of nothing would only ask for an explanation.
  const hasRequests = totals.requests > 0 || test.steps.length === 0
  const facts = [
    // Of a search these are the figures of one of its trials.
    ...(test.capacity === undefined ? [duration(test.durationSec)] : []),
    ...(hasRequests
      ? [`${count(totals.requests)} requests`, perSec(totals.perSec), `${percent(totals.errorRate)} errors`]
      : [`${count(totals.iterations)} iterations`, 'no requests']),
  ]
  if (totals.dropped > 0) facts.push(`${count(totals.dropped)} arrivals dropped`)
  const rows = [headings]
  if (hasRequests) rows.push(rowOf('all requests', { ...counted(totals), latencyMs }))
  if (test.requests.length > 1 || test.requests[0]?.name !== 'all requests')
    for (const r of test.requests) rows.push(rowOf(r.name, { ...counted(r.totals), latencyMs: r.latencyMs }))
  for (const step of test.steps) rows.push(rowOf(`step ${step.name}`, { ...step, rate: '' }))
  const table = textTable(rows, { width })
  const title = titleOf(test)
  const out = [`${heading(title, style)}  ${c.dim(facts.join(' · '))}`, c.dim(table[0] ?? ''), ...table.slice(1)]
  if (rows.some((row) => row.slice(4).includes('–'))) out.push(c.dim('  – : too few samples (or none) for this percentile'))
  const failed = test.checks.filter((check) => check.failed > 0)
  for (const check of failed)
    out.push(
      c.red(`  ✗ check “${oneLine(check.name)}” failed ${count(check.failed)} of ${count(check.passed + check.failed)} times`),
    )
  if (test.checks.length > 0 && failed.length === 0)
    out.push(c.dim(`  ✓ ${test.checks.length === 1 ? 'the check held' : `all ${test.checks.length} checks held`} every time`))
  return out
}

/** A load with several levels is read level by level. */
function phases(test: TestResult, style: Style): string[] {
  const rows = test.phases.flatMap(({ name, figures }) =>
    figures === undefined ? [] : [rowOf(name, { ...figures, rate: perSec(figures.perSec) })],
  )
  if (rows.length === 0) return []
  const [head = '', ...lines] = textTable([headings, ...rows], { width: style.width })
  return [heading('Phases', style), style.c.dim(head), ...lines, '']
}

function titleOf({ capacity }: TestResult): string {
  if (capacity === undefined) return 'Numbers'
  return capacity.lower === null ? 'Numbers of the last trial' : `Numbers at ${loadText(capacity.lower, capacity.unit)}`
}

function objectives(list: readonly ObjectiveResult[], style: Style): string[] {
  const { c, width } = style
  const marks = { pass: '✓', fail: '✗', unknown: '?' } as const
  const rows = list.map((o) => [
    `${marks[o.verdict]} ${oneLine(o.text)}`,
    actualText(o),
    o.word === undefined ? `limit ${limitText(o)}` : '',
  ])
  const table = textTable(rows, { width })
  return table.flatMap((line, i) => {
    const o = list[i]
    if (o === undefined || o.verdict === 'pass') return [c.green(line.slice(0, 3)) + line.slice(3)]
    const painted = (o.verdict === 'fail' ? c.red : c.yellow)(line)
    return o.reason === '' ? [painted] : [painted, ...wrap(oneLine(o.reason), width - 4).map((text) => c.dim(`    ${text}`))]
  })
}

function validity(test: TestResult, style: Style): string[] {
  const { c, width } = style
  const colour = test.validity.verdict === 'void' ? c.red : test.validity.verdict === 'warn' ? c.yellow : c.green
  const lines = [`${heading('Validity', style)}  ${colour(validityWords(test))}`]
  for (const check of test.validity.checks) {
    if (check.verdict === 'ok') continue
    const mark = check.verdict === 'void' ? c.red('✗ void') : c.yellow('! warn')
    const [first = '', ...rest] = wrap(
      oneLine(`${check.title}: ${inUnit(check.value, check.unit)}, limit ${inUnit(check.limit, check.unit)}`),
      width - 10,
    )
    lines.push(`  ${mark}  ${first}`, ...rest.map((text) => `          ${text}`))
    if (check.advice !== '') lines.push(...wrap(oneLine(check.advice), width - 4).map((text) => c.dim(`    ${text}`)))
  }
  return lines
}

function finding(f: TestResult['findings'][number], style: Style): string[] {
  const { c, width } = style
  const colour = f.severity === 'critical' ? c.red : f.severity === 'warning' ? c.yellow : c.cyan
  const body = (text: string) => wrap(oneLine(text), width - 4).map((line) => `    ${line}`)
  return [
    `  ${colour(f.severity)}  ${c.bold(oneLine(f.title))} ${c.dim(`[${oneLine(f.id)}]`)}`,
    ...body(f.evidence),
    ...body(`→ ${f.advice}`),
  ]
}

function errors(test: TestResult, style: Style): string[] {
  const { c, width } = style
  const shown = test.errors.slice(0, 8)
  const table = textTable(
    shown.map((e) => [oneLine(e.kind), oneLine(e.name, 40), count(e.count)]),
    { width, left: [0, 1] },
  )
  const lines = table.flatMap((line, i) => {
    const example = oneLine(shown[i]?.example ?? '', width - 9)
    return example === '' ? [line] : [line, c.dim(`    e.g. ${example}`)]
  })
  if (test.errors.length > shown.length)
    lines.push(c.dim(`  … and ${test.errors.length - shown.length} more kinds in the report`))
  return lines
}
