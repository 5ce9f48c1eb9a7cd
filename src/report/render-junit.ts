import type { RunResult, TestResult } from '../model/run-result.ts'
import { inUnit } from './numbers.ts'
import { plainText } from './plain-text.ts'
import { verdictWords, validityWords } from './words.ts'

interface Case {
  readonly name: string
  readonly sec: number
  readonly outcome:
    { readonly kind: 'ok' } | { readonly kind: 'failure' | 'error' | 'skipped'; readonly message: string; readonly text: string }
}

/** JUnit XML: a suite per test, a case per objective and one for the validity of the measurement. */
export function renderJUnit(result: RunResult): string {
  const suites = result.tests.map((test) => ({ name: test.name, sec: test.durationSec, cases: casesOf(test) }))
  if (result.errors.length > 0)
    suites.push({
      name: 'run',
      sec: 0,
      cases: result.errors.map((e) => ({ name: e.code, sec: 0, outcome: { kind: 'error', message: e.text, text: e.text } })),
    })
  const all = suites.flatMap((suite) => suite.cases)
  const sec = suites.reduce((sum, suite) => sum + suite.sec, 0)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(result.name)}" ${counts(all)} time="${sec.toFixed(3)}">`,
  ]
  for (const suite of suites) {
    lines.push(
      `  <testsuite name="${xml(suite.name)}" ${counts(suite.cases)} time="${suite.sec.toFixed(3)}" timestamp="${xml(result.startedAt)}">`,
    )
    for (const one of suite.cases) lines.push(...caseLines(one, `${result.name}.${suite.name}`))
    lines.push('  </testsuite>')
  }
  lines.push('</testsuites>')
  return `${lines.join('\n')}\n`
}

function casesOf(test: TestResult): Case[] {
  const cases: Case[] = test.objectives.map((objective) => {
    const actual = inUnit(objective.actual, objective.unit)
    const text = objective.reason === '' ? `actual ${actual}` : objective.reason
    return {
      name: objective.text,
      sec: test.durationSec,
      outcome:
        objective.verdict === 'pass'
          ? { kind: 'ok' }
          : objective.verdict === 'fail'
            ? { kind: 'failure', message: `${objective.text}: actual ${actual}`, text }
            : { kind: 'error', message: `${objective.text}: unknown`, text },
    }
  })
  const voids = test.validity.checks.filter((check) => check.verdict === 'void')
  const text = voids
    .map(
      (check) => `${check.title}: ${inUnit(check.value, check.unit)}, limit ${inUnit(check.limit, check.unit)}. ${check.advice}`,
    )
    .join('\n')
  cases.push({
    name: 'the measurement is valid',
    sec: 0,
    outcome: test.validity.verdict === 'void' ? { kind: 'error', message: validityWords(test), text } : { kind: 'ok' },
  })
  const ended = test.verdict === 'stopped' || test.verdict === 'interrupted' || test.verdict === 'error'
  if (ended) {
    const message = `${verdictWords[test.verdict].word}: ${test.reason}`
    cases.push({
      name: 'the test ran to its end',
      sec: 0,
      outcome: { kind: test.verdict === 'stopped' ? 'failure' : 'error', message, text: message },
    })
  }
  return cases
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Case['outcome']['kind']) => cases.filter((one) => one.outcome.kind === kind).length
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

function caseLines({ name, sec, outcome }: Case, classname: string): string[] {
  const open = `    <testcase name="${xml(name)}" classname="${xml(classname)}" time="${sec.toFixed(3)}"`
  if (outcome.kind === 'ok') return [`${open}/>`]
  return [
    `${open}>`,
    `      <${outcome.kind} message="${xml(outcome.message)}">${xml(outcome.text)}</${outcome.kind}>`,
    '    </testcase>',
  ]
}

/** XML 1.0 has no way at all to say most control characters: they are left out. */
function xml(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replace(/[\n\t]/g, (character) => `&#${character.charCodeAt(0)};`)
}
