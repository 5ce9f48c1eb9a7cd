import type { RunResult, TestResult } from '../../model/run-result.ts'
import { capacityPlan } from '../capacity-plan.ts'
import { ended } from '../capacity-sentences.ts'
import { loadText } from '../capacity-words.ts'
import { notTested, testingKey } from '../not-tested.ts'
import { count, duration, ms, percent } from '../numbers.ts'
import { recommendationSentences } from '../overview/recommendation.ts'
import type { SearchedTest } from '../searched-test.ts'
import { named, testNames } from '../test-names.ts'
import { tuningAdvice } from '../tuning-advice.ts'
import { bullets } from './md.ts'

/** How many instances, and when to add one: each with its arithmetic. */
export function recommendation(searched: readonly SearchedTest[]): string[] {
  if (searched.length === 0) return [notTested('capacity'), '']
  const sentences = recommendationSentences(searched)
  const peakIsKnown = searched.some((test) => (capacityPlan(test)?.instances ?? null) !== null)
  if (sentences.length === 0)
    return [`No recommendation: no load was borne in ${searched.map(({ name }) => `“${name}”`).join(', ')}.`, '']
  const missing = peakIsKnown ? [] : [`- Number of instances: not tested; ${testingKey('peak')} would say it.`]
  return [...bullets(sentences), ...missing, '']
}

export function tuning(result: RunResult): string[] {
  const advice = tuningAdvice(result)
  if (advice.length === 0)
    return [notTested(result.tests.some(({ capacity }) => capacity !== undefined) ? 'objectives' : 'capacity'), '']
  return [...bullets(advice.map(({ about, text }) => `${about.charAt(0).toUpperCase()}${about.slice(1)}: ${text}`)), '']
}

/** What to improve, from the limiting resource, the findings and where the time goes. */
export function optimisation(tests: readonly TestResult[], searched: readonly SearchedTest[]): string[] {
  const sentences: string[] = []
  for (const test of searched) {
    const { saturation, unit } = test.capacity
    const full = saturation.filter(({ saturatedAt, advice }) => saturatedAt !== null && advice !== '')
    for (const { title, evidence, advice, saturatedAt } of full.toSorted((a, b) => (a.saturatedAt ?? 0) - (b.saturatedAt ?? 0)))
      sentences.push(named(test, `${title}, full from ${loadText(saturatedAt, unit)} on: ${ended(evidence)} → ${advice}`, tests))
  }
  for (const severity of ['critical', 'warning', 'info'] as const)
    for (const test of tests)
      for (const finding of test.findings)
        if (finding.severity === severity)
          sentences.push(
            named(test, `${finding.title} (${finding.id}, ${severity}): ${ended(finding.evidence)} ${finding.advice}`, tests),
          )
  for (const test of tests) sentences.push(...slowest(test).map((text) => named(test, text, tests)))
  if (sentences.length > 0) return [...bullets(sentences), '']
  return searched.length > 0
    ? [`Nothing stood out in ${testNames(tests)}: no finding, and no resource was full.`, '']
    : [notTested('capacity'), '']
}

/** Where most of the waiting is: count times mean latency. */
function slowest({ requests }: TestResult): string[] {
  const times = requests.map(({ name, totals, latencyMs }) => ({
    name,
    n: totals.requests,
    mean: latencyMs.mean,
    sec: (totals.requests * (latencyMs.mean ?? 0)) / 1000,
  }))
  const all = times.reduce((sum, { sec }) => sum + sec, 0)
  const most = times.toSorted((a, b) => b.sec - a.sec)[0]
  if (most === undefined || times.length < 2 || all <= 0) return []
  return [
    `${most.name} takes ${percent(most.sec / all)} of all time spent waiting for answers: ${count(most.n)} × ${ms(most.mean)} of ${duration(all)}.`,
  ]
}
