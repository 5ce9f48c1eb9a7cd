import type { CapacityResult, TrialResult } from '../model/capacity-result.ts'
import type { RunResult, TestResult } from '../model/run-result.ts'
import { capitalised } from './capacity-sentences.ts'
import { capacityAnswer, failureWords, loadText, trialWords } from './capacity-words.ts'
import { inUnit, ms, percent, perSec } from './numbers.ts'
import { actualText } from './objective-figures.ts'
import { plainText } from './plain-text.ts'
import { verdictWords, validityWords } from './words.ts'

interface Case {
  readonly name: string
  readonly sec: number
  /** Shown beside a case that went well. */
  readonly output?: string
  readonly outcome:
    { readonly kind: 'ok' } | { readonly kind: 'failure' | 'error' | 'skipped'; readonly message: string; readonly text: string }
}

interface Suite {
  readonly name: string
  readonly sec: number
  readonly properties: readonly (readonly [name: string, value: string])[]
  readonly cases: readonly Case[]
}

/**
 * JUnit XML: a suite per test, a case per objective and one for the validity of the measurement. A search has besides a case for its answer, its
 * figures as properties, and a case a trial: a load that is not borne is what a search looks for and fails nothing; a void trial is skipped.
 */
export function renderJUnit(result: RunResult): string {
  const suites: Suite[] = result.tests.map((test) => ({
    name: test.name,
    sec: test.durationSec,
    properties: propertiesOf(test),
    cases: casesOf(test),
  }))
  if (result.errors.length > 0)
    suites.push({
      name: 'run',
      sec: 0,
      properties: [],
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
    if (suite.properties.length > 0)
      lines.push(
        '    <properties>',
        ...suite.properties.map(([name, value]) => `      <property name="${xml(name)}" value="${xml(value)}"/>`),
        '    </properties>',
      )
    for (const one of suite.cases) lines.push(...caseLines(one, `${result.name}.${suite.name}`))
    lines.push('  </testsuite>')
  }
  lines.push('</testsuites>')
  return `${lines.join('\n')}\n`
}

function casesOf(test: TestResult): Case[] {
  const cases: Case[] = test.objectives.map((objective) => {
    const actual = actualText(objective)
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
  if (test.capacity !== undefined) cases.push(answerCase(test.capacity), ...trialCases(test.capacity))
  return cases
}

function propertiesOf({ capacity }: TestResult): Suite['properties'] {
  if (capacity === undefined) return []
  const { kind, unit, lower, upper, goodputPerSec, knee, limitedBy, failureClass, limitingObjective, hardBreakingPoint } =
    capacity
  const values = {
    kind,
    unit: unit === 'perSec' ? 'arrivals per second' : 'users',
    lower,
    upper,
    goodputPerSec,
    knee,
    limitedBy,
    failureClass,
    limitingObjective,
    hardBreakingPoint,
    degradationScore: capacity.overload?.score ?? null,
    headroom: capacity.headroom?.share ?? null,
  }
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[`capacity.${name}`, String(value)] as const]))
}

/** Whether the answer is good enough is for the objectives to say, and for the verdict. */
function answerCase(capacity: CapacityResult): Case {
  const answer = capitalised(capacityAnswer(capacity))
  const isKnown = capacity.kind !== 'unfinished' && capacity.kind !== 'generator-limited'
  const name = 'the search has an answer'
  // A test that passes as far as it got must not fail its pipeline here.
  if (!isKnown) return { name, sec: capacity.costSec, outcome: { kind: 'skipped', message: answer, text: answer } }
  return { name, sec: capacity.costSec, output: answer, outcome: { kind: 'ok' } }
}

function trialCases({ trials, unit }: CapacityResult): Case[] {
  return trials.map((one) => trialCase(one, unit))
}

function trialCase(one: TrialResult, unit: CapacityResult['unit']): Case {
  const name = `trial ${one.trial}: ${trialWords[one.purpose]} at ${loadText(one.load, unit)}`
  const sec = one.toSec - one.fromSec
  if (one.verdict === 'void') {
    const message = `not valid: ${one.voidBy.join(', ')}`
    return { name, sec, outcome: { kind: 'skipped', message, text: message } }
  }
  const figures = `goodput ${perSec(one.goodput)}, p95 ${ms(one.p95)}, ${percent(one.errorRate)} errors`
  const failed = one.failedObjective === null ? '' : `, ${one.failedObjective} fails`
  return { name, sec, output: `${one.verdict} (${failureWords[one.class].name}${failed}): ${figures}`, outcome: { kind: 'ok' } }
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Case['outcome']['kind']) => cases.filter((one) => one.outcome.kind === kind).length
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

function caseLines({ name, sec, output, outcome }: Case, classname: string): string[] {
  const open = `    <testcase name="${xml(name)}" classname="${xml(classname)}" time="${sec.toFixed(3)}"`
  if (outcome.kind === 'ok')
    return output === undefined ? [`${open}/>`] : [`${open}>`, `      <system-out>${xml(output)}</system-out>`, '    </testcase>']
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
