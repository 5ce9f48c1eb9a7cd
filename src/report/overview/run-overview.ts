import type { RunResult, TestResult, Verdict } from '../../model/run-result.ts'
import { limitingResource, capitalised, headroomSentence, inSentence } from '../capacity-sentences.ts'
import { capacityAnswer } from '../capacity-words.ts'
import { duration } from '../numbers.ts'
import { summaryOf } from '../run-summary.ts'
import type { SearchedTest } from '../searched-test.ts'
import { isSearched } from '../searched-test.ts'
import { named } from '../test-names.ts'
import { variantWords } from '../variant-words.ts'
import type { Bottleneck } from './bottlenecks.ts'
import { bottlenecksOf } from './bottlenecks.ts'
import type { Criterion } from './criteria.ts'
import { criteriaOf, criteriaSentence } from './criteria.ts'
import { isDefect } from './defect.ts'
import { readinessChecks } from './readiness-checks.ts'
import type { ReadinessVerdict } from './readiness-verdict.ts'
import { readinessVerdict } from './readiness-verdict.ts'
import { recommendationSentences } from './recommendation.ts'

/** What all tests of a run say together: the same for the page, the text and the document. */
export interface RunOverview {
  /** One paragraph for somebody who reads nothing else. */
  readonly summary: string
  readonly criteria: readonly Criterion[]
  /** How many instances, and when to add one; empty where no capacity was searched. */
  readonly capacity: readonly string[]
  /** Of variants that were compared; empty where none were. */
  readonly configuration: readonly string[]
  readonly bottlenecks: readonly Bottleneck[]
  readonly readiness: ReadinessVerdict & { readonly checks: readonly OverviewCheck[] }
}

export interface OverviewCheck {
  readonly title: string
  readonly result: 'pass' | 'fail' | 'not tested'
  readonly evidence: string
}

export function runOverview(result: RunResult): RunOverview {
  const tests = asItIs(result)
  const searched = tests.filter(isSearched)
  const checks = readinessChecks(tests)
  const readiness = readinessVerdict(checks)
  const criteria = criteriaOf(result)
  return {
    summary: summaryText(result, tests, { criteria, readiness }),
    criteria,
    capacity: recommendationSentences(searched),
    configuration: variantWords(result).map(({ test, best }) => `Best configuration of “${test}”: ${best}`),
    bottlenecks: bottlenecksOf({ tests }),
    readiness: {
      ...readiness,
      checks: checks.map(({ title, found }) => ({ title, result: found.kind, evidence: found.evidence ?? '' })),
    },
  }
}

/** Without the tests of other configurations than the first: those are asked about what could be, not about what is. */
function asItIs({ tests, variants = [] }: RunResult): readonly TestResult[] {
  const others = new Set(variants.flatMap((group) => group.variants.slice(1).flatMap((one) => one.tests.map(({ name }) => name))))
  return tests.filter(({ name }) => !others.has(name))
}

interface Judged {
  readonly criteria: readonly Criterion[]
  readonly readiness: ReadinessVerdict
}

function summaryText(result: RunResult, tests: readonly TestResult[], { criteria, readiness }: Judged): string {
  const { answer, because } = readiness
  const searched = tests.filter(isSearched)
  return [
    testsSentence(result),
    criteriaSentence(criteria),
    ...searched.slice(0, 2).map((test) => capacitySentence(test, searched)),
    ...faultSentences(tests),
    ...dataSentences(tests),
    ...findingSentences(tests),
    `Readiness: ${answer}${because === '' ? '' : ` (${because})`}.`,
  ].join(' ')
}

const words: readonly Verdict[] = ['passed', 'failed', 'invalid', 'stopped', 'interrupted', 'error']

function testsSentence(result: RunResult): string {
  const { name, tests } = result
  const counts = words.flatMap((word) => {
    const n = tests.filter(({ verdict }) => verdict === word).length
    return n === 0 ? [] : [n === tests.length ? (n === 1 ? word : `all ${word}`) : `${n} ${word}`]
  })
  const suites = [...new Set(tests.map(({ suite }) => suite))]
  const of = suites.length === 0 ? '' : ` of ${suites.length === 1 ? 'suite' : 'suites'} ${suites.join(', ')}`
  return `${name}: ${tests.length} ${tests.length === 1 ? 'test' : 'tests'}${of} in ${summaryOf(result).length}: ${counts.join(', ') || 'none was run'}.`
}

function capacitySentence(test: SearchedTest, searched: readonly SearchedTest[]): string {
  const { capacity } = test
  const resource = limitingResource(capacity)
  const by = resource === undefined ? '' : `, limited by ${inSentence(resource.title)}`
  const headroom = headroomSentence(capacity)
  const sentence = `${capitalised(capacityAnswer(capacity))}${by}.${headroom === null ? '' : ` ${headroom}`}`
  return named(test, sentence, searched)
}

function faultSentences(tests: readonly TestResult[]): string[] {
  const known = tests.flatMap(({ faults = [] }) =>
    faults.flatMap(({ id, recovery }) => (recovery === undefined || recovery.verdict === 'unknown' ? [] : [{ id, recovery }])),
  )
  if (known.length === 0) return []
  const stuck = known.filter(({ recovery }) => recovery.verdict === 'not-recovered').map(({ id }) => id)
  const slowest = Math.max(0, ...known.map(({ recovery }) => recovery.sec ?? 0))
  if (stuck.length > 0) return [`It did not come back from ${stuck.length} of ${known.length} faults (${stuck.join(', ')}).`]
  const all = known.length === 1 ? 'the one fault' : `all ${known.length} faults`
  return [`It came back by itself from ${all}${slowest > 0 ? `, the slowest time after ${duration(slowest)}` : ''}.`]
}

function dataSentences(tests: readonly TestResult[]): string[] {
  const audited = tests.flatMap(({ audit }) => audit ?? [])
  if (audited.length === 0) return []
  const failed = audited.filter(({ verdict }) => verdict === 'FAIL').length
  if (failed > 0) return [`Data was lost, doubled or wrong in ${failed} of ${audited.length} audited tests.`]
  const open = audited.some(({ verdict }) => verdict === 'UNKNOWN')
  return open ? [] : ['No data was lost, doubled or wrong.']
}

function findingSentences(tests: readonly TestResult[]): string[] {
  const critical = tests.flatMap((test) =>
    test.findings.filter((finding) => finding.severity === 'critical' && isDefect(test, finding)),
  )
  const titles = [...new Set(critical.map(({ title }) => title))]
  return titles.length === 0 ? [] : [`${titles.length === 1 ? 'Critical finding' : 'Critical findings'}: ${titles.join('; ')}.`]
}
