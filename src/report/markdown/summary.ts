import type { RunHeader } from '../../model/run-header.ts'
import type { CapacityResult } from '../../model/capacity-result.ts'
import type { RunResult, TestResult } from '../../model/run-result.ts'
import { nextSteps } from '../next-steps.ts'
import { count, duration, inUnit, ms, percent, perSec } from '../numbers.ts'
import { actualText, limitText } from '../objective-figures.ts'
import { oneLine } from '../plain-text.ts'
import { answerSentences, headroomSentence, limitSentences } from '../capacity-sentences.ts'
import { failureWords, loadText, trialWords } from '../capacity-words.ts'
import { validityWords, verdictWords, whyRun } from '../words.ts'
import { code, md, table } from './md.ts'

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

/** A summary for CI: what a reviewer needs, in tables. The whole story is `renderMarkdown`. */
export function renderSummary(result: RunResult, header?: RunHeader): string {
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
  if (test.capacity !== undefined) lines.push('', ...capacityLines(test.capacity))
  lines.push('', `${md(validityWords(test))}. ${duration(test.durationSec)}, ${count(test.totals.requests)} requests.`, '')
  if (test.objectives.length > 0) {
    const rows = test.objectives.map((o) => [
      `${marks[o.verdict]} ${code(o.text)}`,
      actualText(o),
      limitText(o),
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

function capacityLines(capacity: CapacityResult): string[] {
  const { unit, trials } = capacity
  const headroom = headroomSentence(capacity)
  const sentences = [...answerSentences(capacity), ...limitSentences(capacity), ...(headroom === null ? [] : [headroom])]
  const rows = trials.map((one) => [
    `${one.trial} ${trialWords[one.purpose]}`,
    one.verdict,
    loadText(one.load, unit),
    perSec(one.goodput),
    ms(one.p95),
    ms(one.p99),
    percent(one.errorRate),
    failureWords[one.class].name,
  ])
  const head = ['trial', 'result', 'load', 'goodput', 'p95', 'p99', 'errors', 'class']
  const details = ['<details><summary>Trials</summary>', '', ...table(head, rows, 2, 6), '</details>', '']
  return [...sentences.map((sentence) => md(sentence)), '', ...(trials.length > 0 ? details : [])]
}
