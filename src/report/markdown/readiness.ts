import type { FailureName } from '../../model/capacity-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { degradationSentence, headroomSentence, hysteresisSentence, refusalSentence } from '../capacity-sentences.ts'
import { failureWords, loadText } from '../capacity-words.ts'
import { isDefect } from '../overview/defect.ts'
import { leakLine, leakLines, resourceLine } from '../resource-sentences.ts'
import { figureOf } from '../run-summary.ts'
import { validityWords } from '../words.ts'
import { md, table } from './md.ts'
import { overloadKey, testingKey } from './not-tested.ts'
import type { Readiness } from './readiness-answer.ts'
import { worst } from './readiness-answer.ts'
import { breakersWork, dataKept, limitersWork, poolsWork, returnsFromFaults } from './readiness-faults.ts'
import { testNames } from './recommendation.ts'
import { isSearched, named } from './section.ts'
import type { SearchedTest } from './section.ts'

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

const marks = { pass: '✅ pass', fail: '❌ fail', 'not tested': '❔ not tested' } as const

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

export function readiness(tests: readonly TestResult[]): string[] {
  const rows = readinessChecks(tests).map(({ title, found }) => {
    const would = found.kind === 'not tested' ? `${testingKey(found.by)} would test it` : ''
    const evidence = [found.evidence === undefined ? '' : md(found.evidence), would].filter((part) => part !== '').join(' ')
    return [title, marks[found.kind], evidence]
  })
  return table(['check', 'result', 'evidence'], rows, 3)
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

function peak(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = headroomSentence(test.capacity)
      if (sentence === null) return null
      return {
        kind: (test.capacity.headroom?.share ?? 0) >= 0 ? ('pass' as const) : ('fail' as const),
        evidence: named(test, sentence, searched),
      }
    }),
    'peak',
  )
}

function graceful(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = degradationSentence(test.capacity)
      if (sentence === null) return null
      const evidence = named(test, sentence, searched)
      const kind = test.capacity.overload?.kind
      if (kind === 'unknown') return { kind: 'not tested' as const, by: overloadKey(searched), evidence }
      return { kind: kind === 'graceful' ? ('pass' as const) : ('fail' as const), evidence }
    }),
    overloadKey(searched),
  )
}

function refuses(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const refusals = test.capacity.overload?.refusals ?? null
      const sentence = refusalSentence(test.capacity)
      if (refusals === null || sentence === null) return null
      const evidence = named(test, sentence, searched)
      if (refusals.verdict === 'fast') return { kind: 'pass' as const, evidence }
      // Who refuses nothing, and lets nobody wait for nothing, has not been pushed far enough.
      const isPushed = refusals.verdict !== 'none' || refusals.timeouts + refusals.otherErrors > 0
      return isPushed ? { kind: 'fail' as const, evidence } : { kind: 'not tested' as const, by: overloadKey(searched), evidence }
    }),
    overloadKey(searched),
  )
}

const dead: readonly FailureName[] = ['crash', 'out-of-memory']

function survives(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const { trials, unit } = test.capacity
      const beyond = trials.filter(({ verdict }) => verdict === 'fails').toSorted((a, b) => a.load - b.load)
      const died = beyond.find((one) => dead.includes(one.class) || one.end === 'target-died')
      const highest = beyond.at(-1)
      if (died !== undefined) {
        const how = dead.includes(died.class) ? failureWords[died.class].does : 'ends'
        return {
          kind: 'fail' as const,
          evidence: named(test, `It ${how} at ${loadText(died.load, unit)} (trial ${died.trial}).`, searched),
        }
      }
      if (highest === undefined) return null
      return {
        kind: 'pass' as const,
        evidence: named(
          test,
          `Trial ${highest.trial} at ${loadText(highest.load, unit)} ended without a crash (class ${failureWords[highest.class].name}).`,
          searched,
        ),
      }
    }),
    overloadKey(searched),
  )
}

function comesBack(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = hysteresisSentence(test.capacity)
      if (sentence === null) return null
      const evidence = named(test, sentence, searched)
      const kind = test.capacity.overload?.hysteresis?.kind
      if (kind === 'unknown') return { kind: 'not tested' as const, by: overloadKey(searched), evidence }
      return { kind: kind === 'recovers' ? ('pass' as const) : ('fail' as const), evidence }
    }),
    overloadKey(searched),
  )
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
