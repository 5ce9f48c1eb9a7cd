import type { TestResult } from '../../model/run-result.ts'
import { leakLine, leakLines, resourceLine } from '../resource-sentences.ts'
import { figureOf } from '../run-summary.ts'
import type { SearchedTest } from '../searched-test.ts'
import { isSearched } from '../searched-test.ts'
import { named, testNames } from '../test-names.ts'
import { validityWords } from '../words.ts'
import { isDefect } from './defect.ts'
import type { Readiness } from './readiness-answer.ts'
import { worst } from './readiness-answer.ts'
import { breakersWork, dataKept, limitersWork, poolsWork, returnsFromFaults } from './readiness-faults.ts'
import { comesBack, graceful, peak, refuses, survives } from './readiness-search.ts'

/** `must`: nobody should go live without it; `should`: known limits can be lived with; `measurement`: without it the others say nothing. */
type Weight = 'must' | 'should' | 'measurement'

interface Item {
  readonly title: string
  readonly weight: Weight
  /** Speaks of a load that was borne. */
  readonly judgesLoad?: true
  readonly judge: (tests: readonly TestResult[], searched: readonly SearchedTest[]) => Readiness
}

/** What one asks before a launch; each answer rests on figures of the run. */
const items: readonly Item[] = [
  { title: 'The measurement can be relied on', weight: 'measurement', judge: valid },
  { title: 'Objectives hold under the planned load', weight: 'must', judgesLoad: true, judge: objectives },
  { title: 'The expected peak is borne', weight: 'must', judgesLoad: true, judge: peak },
  { title: 'Overload degrades it gracefully', weight: 'should', judge: graceful },
  { title: 'It refuses fast what it cannot carry', weight: 'should', judge: refuses },
  { title: 'It lives through overload', weight: 'must', judgesLoad: true, judge: survives },
  { title: 'It comes back by itself after overload', weight: 'must', judge: comesBack },
  { title: 'It comes back by itself after faults', weight: 'must', judge: returnsFromFaults },
  { title: 'Its circuit breakers do what they should', weight: 'should', judge: breakersWork },
  { title: 'Its connection pools bear being full', weight: 'should', judge: poolsWork },
  { title: 'Its rate limiters hold', weight: 'should', judge: limitersWork },
  { title: 'No data is lost, doubled or wrong', weight: 'must', judge: dataKept },
  { title: 'Nothing leaks', weight: 'must', judge: leaks },
  { title: 'It bears limits and pressure on its resources', weight: 'should', judge: pressure },
  { title: 'No critical finding', weight: 'must', judge: findings },
]

export interface ReadinessCheck {
  readonly title: string
  readonly weight: Weight
  readonly judgesLoad: boolean
  readonly found: Readiness
}

export function readinessChecks(tests: readonly TestResult[]): readonly ReadinessCheck[] {
  const searched = tests.filter(isSearched)
  return items.map(({ title, weight, judgesLoad = false, judge }) => ({
    title,
    weight,
    judgesLoad,
    found: judge(tests, searched),
  }))
}

function valid(tests: readonly TestResult[]): Readiness {
  const broken = tests.filter(({ validity }) => validity.verdict === 'void')
  const shown = broken.length > 0 ? broken : tests
  const evidence = shown.map((test) => `“${test.name}”: ${validityWords(test)}.`).join(' ')
  if (tests.length === 0) return { kind: 'not tested', by: 'objectives' }
  return { kind: broken.length > 0 ? 'fail' : 'pass', evidence }
}

function objectives(tests: readonly TestResult[]): Readiness {
  const judged = tests.filter(({ objectives: list, capacity }) => list.length > 0 && capacity === undefined)
  const found = judged.map((test): Readiness | null => {
    const evidence = `“${test.name}”: ${figureOf(test)}.`
    // Without a valid measurement there is no verdict on the target, whatever the figures say.
    if (test.validity.verdict === 'void') return null
    if (test.objectives.some(({ verdict }) => verdict === 'fail')) return { kind: 'fail', evidence }
    return test.verdict === 'passed' ? { kind: 'pass', evidence } : { kind: 'not tested', by: 'objectives', evidence }
  })
  const answer = worst(found, 'objectives')
  if (answer.kind !== 'pass') return answer
  const held = judged.filter(({ verdict }) => verdict === 'passed')
  return { kind: 'pass', evidence: held.map((test) => `“${test.name}”: ${figureOf(test)}.`).join(' ') }
}

function leaks(tests: readonly TestResult[]): Readiness {
  const all = tests.flatMap((test) => (test.leaks ?? []).map((leak) => ({ test, leak })))
  const words = (list: typeof all) => list.map(({ test, leak }) => named(test, leakLine(leak).text, tests)).join(' ')
  const leaking = all.filter(({ leak }) => leak.verdict === 'leak')
  if (leaking.length > 0) return { kind: 'fail', evidence: words(leaking) }
  const open = all.filter(({ leak }) => leak.verdict === 'unknown')
  if (all.length === 0 || open.length === all.length)
    return {
      kind: 'not tested',
      by: 'soak',
      ...(open.length > 0
        ? {
            evidence: open
              .slice(0, 1)
              .map(({ test }) => leakLines(test)[0]?.text ?? '')
              .join(''),
          }
        : {}),
    }
  return { kind: 'pass', evidence: words(all.filter(({ leak }) => leak.verdict === 'none')) }
}

function pressure(tests: readonly TestResult[]): Readiness {
  const judged = tests.flatMap((test) =>
    (test.resources ?? []).map((one) => ({ one, evidence: named(test, resourceLine(one).text, tests) })),
  )
  const failed = judged.filter(({ one }) => one.verdict === 'FAIL')
  if (failed.length > 0) return { kind: 'fail', evidence: failed.map(({ evidence }) => evidence).join(' ') }
  const passed = judged.filter(({ one }) => one.verdict === 'PASS')
  if (passed.length > 0) return { kind: 'pass', evidence: passed.map(({ evidence }) => evidence).join(' ') }
  const [open] = judged
  return { kind: 'not tested', by: 'pressure', ...(open === undefined ? {} : { evidence: open.evidence }) }
}

function findings(tests: readonly TestResult[]): Readiness {
  if (tests.length === 0) return { kind: 'not tested', by: 'objectives' }
  const critical = tests.flatMap((test) =>
    test.findings
      .filter((finding) => finding.severity === 'critical' && isDefect(test, finding))
      .map(({ title, id }) => named(test, `${title} (${id}).`, tests)),
  )
  return critical.length > 0
    ? { kind: 'fail', evidence: critical.join(' ') }
    : { kind: 'pass', evidence: `None in ${testNames(tests)}.` }
}
