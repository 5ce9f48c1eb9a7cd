import type { CapacityResult, OverloadResult, TrialResult } from '../../model/capacity-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { degradationSentence, hysteresisSentence, refusalSentence, shapeSentences } from '../capacity-sentences.ts'
import { failureWords, loadText } from '../capacity-words.ts'
import { attackLine } from '../faults/attack-sentences.ts'
import { auditLine, breakerLine, limiterLine, poolLine } from '../faults/protections.ts'
import { recoveryLine } from '../faults/recovery-sentences.ts'
import { count, digits, duration, inUnit, ms, percent, perSec, unknown } from '../numbers.ts'
import { oneLine } from '../plain-text.ts'
import { faultLine, leakLines, resourceLine } from '../resource-sentences.ts'
import { notTested, overloadKey } from '../not-tested.ts'
import type { SearchedTest } from '../searched-test.ts'
import { named } from '../test-names.ts'
import { bullets, code, md, table } from './md.ts'

/** How it fails: classes beyond the capacity, and every kind of error that was seen. */
export function failureModes(tests: readonly TestResult[], searched: readonly SearchedTest[]): string[] {
  const lines: string[] = []
  for (const test of searched) lines.push(...bullets(classesOf(test.capacity).map((text) => named(test, text, searched))))
  for (const test of tests) lines.push(...bullets(brokenOnPurpose(test).map((text) => named(test, text, tests))))
  for (const test of tests)
    for (const { name, passed, failed } of test.checks)
      if (failed > 0)
        lines.push(
          ...bullets([named(test, `check “${name}” failed ${count(failed)} of ${count(passed + failed)} times.`, tests)]),
        )
  if (lines.length > 0) lines.push('')
  const errors = tests.flatMap((test) => test.errors.map((error) => ({ ...error, test: test.name })))
  if (errors.length > 0) {
    const rows = errors
      .toSorted((a, b) => b.count - a.count)
      .slice(0, 12)
      .map((e) => [md(e.test), md(e.kind), code(e.name), count(e.count), code(oneLine(e.example, 120))])
    lines.push(...table(['test', 'error', 'where', 'count', 'example'], rows, 3, 3))
  }
  return lines.length > 0 ? lines : [notTested(searched.length > 0 ? overloadKey(searched) : 'capacity'), '']
}

/** What was broken on purpose and what was not borne: breakers, pools, data, faults that it did not come back from. */
function brokenOnPurpose(test: TestResult): string[] {
  const breakers = (test.breakers ?? []).filter(({ verdict }) => verdict !== 'OK').map((one) => breakerLine(one).text)
  const pools = (test.pools ?? []).filter(({ verdict }) => verdict !== 'OK').map((one) => poolLine(one).text)
  const limiters = (test.limiters ?? []).filter(({ verdict }) => verdict !== 'ENFORCED').map((one) => limiterLine(one).text)
  const attacks = (test.attacks ?? []).filter(({ verdict }) => verdict !== 'PASS').map((one) => attackLine(one).text)
  const data = test.audit?.verdict === 'FAIL' ? [auditLine(test.audit).text] : []
  const stuck = (test.faults ?? []).flatMap((fault) =>
    fault.recovery?.verdict === 'not-recovered' ? [recoveryLine(fault)?.text ?? ''] : [],
  )
  return [...breakers, ...pools, ...limiters, ...attacks, ...data, ...stuck]
}

/** Each class that was seen, with the smallest load at which it was. */
function classesOf({ trials, unit }: CapacityResult): string[] {
  const first = new Map<TrialResult['class'], TrialResult>()
  const failing = trials.filter((one) => one.verdict === 'fails' && one.purpose !== 'hysteresis')
  for (const one of failing.toSorted((a, b) => a.load - b.load)) if (!first.has(one.class)) first.set(one.class, one)
  return [...first].map(([name, { trial, load, p95, errorRate, goodput }]) => {
    const figures = `p95 ${ms(p95)}, ${percent(errorRate)} errors, goodput ${perSec(goodput)}`
    if (name === 'healthy')
      return `Fails an objective without a failure class from ${loadText(load, unit)} on (trial ${trial}: ${figures}).`
    return `From ${loadText(load, unit)} on it ${failureWords[name].does} (trial ${trial}: ${figures}).`
  })
}

/** Whether it comes back: after overload, after each trial that was too much, after faults. */
export function recovery(tests: readonly TestResult[], searched: readonly SearchedTest[]): string[] {
  const sentences: string[] = []
  for (const test of searched) {
    const found = [hysteresisSentence(test.capacity), ...settling(test.capacity.trials)]
    sentences.push(...found.flatMap((text) => (text === null ? [] : [named(test, text, searched)])))
  }
  for (const test of tests) {
    for (const fault of test.faults ?? []) {
      sentences.push(named(test, faultLine(fault).text, tests))
      const line = recoveryLine(fault)
      if (line !== undefined) sentences.push(named(test, line.text, tests))
    }
    for (const one of test.resources ?? []) sentences.push(named(test, resourceLine(one).text, tests))
    for (const { text, actual, unit, verdict } of test.objectives)
      if (/recover/i.test(`${test.name} ${text}`))
        sentences.push(
          `“${test.name}”, ${text}: ${verdict === 'unknown' ? 'not known' : `${inUnit(actual, unit)}, ${verdict === 'pass' ? 'holds' : 'fails'}`}.`,
        )
  }
  return sentences.length > 0 ? [...bullets(sentences), ''] : [notTested(overloadKey(searched)), '']
}

function settling(trials: readonly TrialResult[]): string[] {
  const after = trials.flatMap(({ trial, verdict, settle }) =>
    verdict === 'fails' && settle !== null ? [{ trial, ...settle }] : [],
  )
  const longest = after.toSorted((a, b) => b.sec - a.sec)[0]
  if (longest === undefined) return []
  const back = after.filter(({ settled }) => settled).length
  const waited = longest.waitedFor.length === 0 ? '' : ` (waited for ${longest.waitedFor.join(', ')})`
  return [
    `It was back at its baseline after ${back} of the ${after.length} trials that were too much; the longest wait was ${duration(longest.sec)} after trial ${longest.trial}${waited}.`,
  ]
}

/** What more load costs before and beyond the capacity, and what time costs. */
export function degradation(tests: readonly TestResult[], searched: readonly SearchedTest[]): string[] {
  const lines: string[] = []
  for (const test of searched) {
    const { capacity } = test
    const found = [
      ...latencyGrowth(capacity),
      ...shapeSentences(capacity),
      degradationSentence(capacity),
      refusalSentence(capacity),
    ]
    lines.push(...bullets(found.flatMap((text) => (text === null ? [] : [named(test, text, searched)]))), '')
    if (capacity.overload !== null && capacity.overload.points.length > 0)
      lines.push(...overloadTable(capacity, capacity.overload))
  }
  const leaks = tests.flatMap((test) => leakLines(test).map(({ text }) => named(test, text, tests)))
  lines.push(...bullets(leaks), ...(leaks.length > 0 ? [''] : []))
  return lines.length > 0 ? lines : [notTested(overloadKey(searched)), '']
}

function latencyGrowth({ curve, lower, unit }: CapacityResult): string[] {
  const first = curve[0]
  const last = curve.find(({ offered }) => offered === lower)
  if (first === undefined || last === undefined || first === last || first.p95 === null || last.p95 === null) return []
  const times = first.p95 > 0 ? `, ${digits(last.p95 / first.p95)} times as much` : ''
  return [
    `The p95 rises from ${ms(first.p95)} at ${loadText(first.offered, unit)} to ${ms(last.p95)} at ${loadText(last.offered, unit)}${times}.`,
  ]
}

function overloadTable({ unit }: CapacityResult, { points }: OverloadResult): string[] {
  const rows = points.map((one) => [
    `× ${one.factor}`,
    failureWords[one.class].name,
    loadText(one.offered, unit),
    perSec(one.goodput),
    one.class === 'generator-limited' ? unknown : percent(one.retained),
    ms(one.acceptedP99),
    percent(one.errorRate),
  ])
  return table(['times the capacity', 'class', 'load', 'goodput', 'kept', 'p99 of the accepted', 'errors'], rows, 2)
}
