import type { RunResult, TestResult } from '../../model/run-result.ts'
import { capacityPlan } from '../capacity-plan.ts'
import type { CapacityPlan } from '../capacity-plan.ts'
import { ended, inSentence } from '../capacity-sentences.ts'
import { loadText } from '../capacity-words.ts'
import type { LoadUnit } from '../../model/load-spec.ts'
import { count, digits, duration, ms, percent, perSec } from '../numbers.ts'
import { tuningAdvice } from '../tuning-advice.ts'
import { bullets } from './md.ts'
import { notTested, testingKey } from './not-tested.ts'
import { named } from './section.ts'
import type { SearchedTest } from './section.ts'

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

/** Empty where no load was borne. */
export function recommendationSentences(searched: readonly SearchedTest[]): string[] {
  return searched.flatMap((test) => {
    const plan = capacityPlan(test)
    if (plan === null) return []
    const { unit } = test.capacity
    const said = [perInstance(plan, unit), ...instances(plan, unit), scale(plan, unit)]
    return said.map((sentence) => named(test, sentence, searched))
  })
}

function perInstance({ lower, goodputPerSec, cycleSec, inFlight }: CapacityPlan, unit: LoadUnit): string {
  const load = loadText(lower, unit)
  const little =
    inFlight === null
      ? ''
      : ` With a median latency of ${ms(inFlight.medianMs)} that are ${digits(inFlight.requests)} requests in flight (Little: ${perSec(goodputPerSec)} × ${ms(inFlight.medianMs)}).`
  if (cycleSec === null)
    return `One instance bears ${load}: users that make a request every Z seconds may number ${digits(lower)} × Z.${little}`
  return `One instance bears ${load}: each of them gets a good answer every ${digits(cycleSec)} s (${digits(lower)} / ${perSec(goodputPerSec)}, think time included); users that ask half as often may be twice as many.${little}`
}

function instances({ instances: needed, lower, scaleAt }: CapacityPlan, unit: LoadUnit): string[] {
  if (needed === null) return []
  const { peak, fewest, spare, comfortable } = needed
  const words = (n: number) => (n === 1 ? '1 instance' : `${count(n)} instances`)
  const [at, each] = [loadText(peak, unit), loadText(lower, unit)]
  const sentences = [
    `The expected peak of ${at} needs ${words(fewest)} (⌈${at} / ${each}⌉), and ${words(spare)} where one may fail.`,
  ]
  if (comfortable !== null && scaleAt !== null && comfortable > fewest)
    sentences.push(`To stay at the knee, that peak needs ${words(comfortable)} (⌈${at} / ${loadText(scaleAt, unit)}⌉).`)
  return sentences
}

function scale({ scaleAt, lower, resource }: CapacityPlan, unit: LoadUnit): string {
  const at = loadText(scaleAt ?? lower, unit)
  const share = scaleAt === null ? resource?.atLower : resource?.atKnee
  const seen =
    resource === null || share === null || share === undefined
      ? ''
      : `, seen as ${inSentence(resource.title)} at ${percent(share)}`
  return scaleAt === null
    ? `Add an instance before one of them carries ${at}${seen}: no knee was found below that.`
    : `Add an instance when one of them carries ${at}${seen}: there latency begins to grow faster than goodput, and ${percent(1 - scaleAt / lower)} of the capacity is left for the time that a new instance needs (1 − ${at} / ${loadText(lower, unit)}).`
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

export function testNames(tests: readonly TestResult[]): string {
  return tests.map(({ name }) => `“${name}”`).join(', ')
}
