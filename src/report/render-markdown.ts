import type { RunHeader } from '../model/run-header.ts'
import type { RunResult, TestResult } from '../model/run-result.ts'
import { nextSteps } from './next-steps.ts'
import { count, duration, inUnit, ms, percent, perSec } from './numbers.ts'
import { oneLine } from './plain-text.ts'
import { validityWords, verdictWords, whyRun } from './words.ts'

const marks = {
  passed: '✅',
  failed: '❌',
  invalid: '⚠️',
  stopped: '🛑',
  interrupted: '🛑',
  error: '❗',
  pass: '✅',
  fail: '❌',
  unknown: '❔',
} as const

/** A summary for CI: what a reviewer needs, in tables. */
export function renderMarkdown(result: RunResult, header?: RunHeader): string {
  const lines = [
    `## ${marks[result.verdict]} ${md(result.name)}: ${verdictWords[result.verdict].word.toLowerCase()}`,
    '',
    md(whyRun(result)),
    '',
  ]
  if (result.tests.length > 1) lines.push(...overview(result.tests))
  for (const test of result.tests) lines.push(...testLines(test, result.tests.length > 1))
  for (const error of result.errors) lines.push(`- **${md(error.code)}** ${md(error.text)}`)
  const { machine } = result
  lines.push(
    '',
    `<sub>${md(`proofload ${machine.proofload}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}, seed ${result.seed}`)}</sub>`,
  )
  if (header) lines.push('', '```sh', oneLine(header.command).replaceAll('`', "'"), '```')
  return `${lines.join('\n')}\n`
}

function overview(tests: readonly TestResult[]): string[] {
  const rows = tests.map(({ name, verdict, totals, latencyMs }) => [
    md(name),
    `${marks[verdict]} ${verdict}`,
    perSec(totals.perSec),
    ms(latencyMs.p50),
    ms(latencyMs.p95),
    ms(latencyMs.p99),
    percent(totals.errorRate),
  ])
  return table(['test', 'verdict', 'requests', 'p50', 'p95', 'p99', 'errors'], rows, 2)
}

function testLines(test: TestResult, titled: boolean): string[] {
  const lines: string[] = []
  if (titled) lines.push(`### ${marks[test.verdict]} ${md(test.name)}`, '', md(test.reason), '')
  for (const step of nextSteps(test)) lines.push(`- **Next:** ${md(step)}`)
  lines.push('', `${md(validityWords(test))}. ${duration(test.durationSec)}, ${count(test.totals.requests)} requests.`, '')
  if (test.objectives.length > 0) {
    const rows = test.objectives.map((o) => [
      `${marks[o.verdict]} ${code(o.text)}`,
      inUnit(o.actual, o.unit),
      inUnit(o.limit, o.unit),
      md(o.verdict === 'pass' ? '' : o.reason),
    ])
    lines.push(...table(['objective', 'actual', 'limit', 'why'], rows, 1, 2))
  }
  if (test.requests.length > 0) {
    const rows = test.requests.map(({ name, totals, latencyMs: l }) => [
      code(name),
      count(totals.requests),
      perSec(totals.perSec),
      percent(totals.errorRate),
      ms(l.p50),
      ms(l.p95),
      ms(l.p99),
      ms(l.max),
    ])
    lines.push(...table(['request', 'count', 'rate', 'errors', 'p50', 'p95', 'p99', 'max'], rows, 1))
  }
  const doubtful = test.validity.checks.filter((check) => check.verdict !== 'ok')
  if (doubtful.length > 0) {
    const rows = doubtful.map((c) => [
      c.verdict === 'void' ? '❌ void' : '⚠️ warn',
      md(c.title),
      inUnit(c.value, c.unit),
      inUnit(c.limit, c.unit),
      md(c.advice),
    ])
    lines.push(...table(['validity', 'check', 'value', 'limit', 'advice'], rows, 3, 4))
  }
  for (const finding of test.findings)
    lines.push(`- **${md(finding.title)}** (${code(finding.id)}): ${md(finding.evidence)} ${md(finding.advice)}`)
  if (test.errors.length > 0) {
    const rows = test.errors.slice(0, 10).map((e) => [md(e.kind), code(e.name), count(e.count), code(oneLine(e.example, 160))])
    lines.push('', ...table(['error', 'request', 'count', 'example'], rows, 2, 3))
  }
  return lines
}

/** Columns from `right` up to `until` are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[], right: number, until = head.length): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i >= right && i <= until ? '---:' : '---'))), ...rows.map(line), '']
}

/** Markdown also carries HTML: everything that either could read as markup is escaped. */
function md(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#|~!]/g, '\\$&')
    .replaceAll('@', '&#64;')
}

/** Code spans know no escapes: a longer fence, and bars kept out of the table's way. */
function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|')
  const fence = line.includes('`') ? '``' : '`'
  return line === '' ? '' : fence === '``' ? `${fence} ${line.replaceAll('``', '` `')} ${fence}` : `${fence}${line}${fence}`
}
