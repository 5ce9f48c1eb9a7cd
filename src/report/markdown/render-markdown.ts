import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult, TestResult } from '../../model/run-result.ts'
import { answerSentences, headroomSentence, limitSentences } from '../capacity-sentences.ts'
import { inUnit } from '../numbers.ts'
import { oneLine } from '../plain-text.ts'
import { runOverview } from '../overview/run-overview.ts'
import type { RunOverview } from '../overview/run-overview.ts'
import { figureOf, summaryOf } from '../run-summary.ts'
import { validityWords, verdictWords, whyRun } from '../words.ts'
import { isSearched } from '../searched-test.ts'
import { named } from '../test-names.ts'
import { attackSections } from './attacks.ts'
import { degradation, failureModes, recovery } from './behaviour.ts'
import { limitsFound } from './limits-found.ts'
import { bullets, md, table } from './md.ts'
import { bottleneckList, criteriaTable, readinessAnswer } from './overview.ts'
import { procedures } from './procedures.ts'
import { readiness } from './readiness.ts'
import { optimisation, recommendation, tuning } from './recommendation.ts'
import { selfReports } from './self-reports.ts'
import { variantSections } from './variants.ts'

export interface MarkdownOptions {
  /** Level of the title: 2 where several documents are joined under one. */
  readonly level?: 1 | 2
  /** Without it the name of the run. */
  readonly title?: string
}

/**
 * A run as a document for people who plan capacity. Every sentence comes from the result; a section without evidence says in one line what would
 * test it. The short form for CI is `renderSummary`.
 */
export function renderMarkdown(
  result: RunResult,
  header: RunHeader,
  { level = 1, title = result.name }: MarkdownOptions = {},
): string {
  const { tests } = result
  const searched = tests.filter(isSearched)
  const overview = runOverview(result)
  const reports = selfReports(tests)
  const at = '#'.repeat(level)
  const section = (title: string, lines: readonly string[]) => [`${at}# ${title}`, '', ...lines]
  const lines = [
    `${at} Test results: ${md(title)}`,
    '',
    ...facts(result),
    ...section('Executive summary', summary(result, overview)),
    ...section('Criteria', criteriaTable(overview)),
    ...section('Limits found', limitsFound(tests, searched, `${at}#`)),
    ...section('Failure modes', failureModes(tests, searched)),
    ...section('Recovery', recovery(tests, searched)),
    ...section('Recovery procedures', procedures(tests)),
    ...(tests.some(({ attacks }) => attacks !== undefined) ? section('Attacks', attackSections(tests)) : []),
    ...(reports.length === 0 ? [] : section('Monitoring and alerts', reports)),
    ...section('Degradation', degradation(tests, searched)),
    ...section('Capacity recommendation', recommendation(searched)),
    ...(result.variants === undefined ? [] : section('Best configuration found', variantSections(result))),
    ...section('Bottlenecks', bottleneckList(overview)),
    ...section('Optimisation opportunities', optimisation(tests, searched)),
    ...section('Tuning for production', tuning(result)),
    ...section('Production readiness', [...readinessAnswer(overview), ...readiness(tests)]),
    ...section('How it was measured', measured(result, header)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function facts(result: RunResult): string[] {
  const { when, length, machine, success, tests } = summaryOf(result)
  const rows = [
    ['when', md(when)],
    ['length', length],
    ['machine', md(machine)],
    ...(success === null ? [] : [['success', md(success)]]),
    ['tests', tests],
  ]
  return table(['run', md(result.name)], rows, 2)
}

function summary(result: RunResult, overview: RunOverview): string[] {
  const { tests, verdict, errors } = result
  const searched = tests.filter(isSearched)
  const sentences = searched.flatMap((test) => {
    const headroom = headroomSentence(test.capacity)
    const said = [...answerSentences(test.capacity).slice(0, 2), ...limitSentences(test.capacity).slice(0, 1)]
    return [...said, ...(headroom === null ? [] : [headroom])].map((sentence) => named(test, sentence, searched))
  })
  const { recommendations } = summaryOf(result)
  const rows = tests.map((test) => [md(test.name), md(test.suite), verdictWords[test.verdict].word, md(figureOf(test))])
  return [
    `**${verdictWords[verdict].word}.** ${md(named({ name: result.name }, whyRun(result), []))}`,
    '',
    md(overview.summary),
    '',
    ...bullets(sentences),
    ...(sentences.length > 0 ? [''] : []),
    ...(rows.length > 0 ? table(['test', 'suite', 'verdict', 'figure'], rows, 4) : []),
    ...bullets(errors.map(({ code: id, text }) => `${id}: ${text}`)),
    ...recommendations.map((text) => `1. ${md(text)}`),
    '',
  ]
}

function measured({ tests, seed, machine }: RunResult, header: RunHeader): string[] {
  const lines = tests.flatMap((test) => [
    `- ${md(`“${test.name}”: ${validityWords(test)}.`)}`,
    ...doubts(test).map((text) => `  - ${md(text)}`),
  ])
  const by = `proofload ${machine.proofload}, Node ${machine.node}, seed ${seed}, plan fingerprint ${header.plan.fingerprint.slice(0, 12)}`
  return [...lines, ...bullets([by]), '', '```sh', oneLine(header.command).replaceAll('`', "'"), '```']
}

function doubts({ validity, objectives }: TestResult): string[] {
  return [
    ...validity.checks
      .filter(({ verdict }) => verdict !== 'ok')
      .map((c) => `${c.verdict}: ${c.title}: ${inUnit(c.value, c.unit)}, limit ${inUnit(c.limit, c.unit)}.`),
    ...objectives.filter(({ verdict }) => verdict === 'unknown').map(({ text, reason }) => `unknown: ${text}: ${reason}`),
  ]
}
