import type { HysteresisResult, OverloadPointResult, OverloadResult, RefusalResult } from '../../../model/capacity-result.ts'
import type { LoadUnit } from '../../../model/load-spec.ts'
import { loadText } from '../../capacity-words.ts'
import { count, duration, ms, percent } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PageHysteresis, PageOverload, PageOverloadPoint } from './capacity-data.ts'

export function pageOverload(
  { points, score, kind, reason, refusals, hysteresis }: OverloadResult,
  unit: LoadUnit,
): PageOverload {
  const sentences: string[] = []
  if (score !== null)
    sentences.push(
      `The degradation score is ${score.toFixed(2)} of 1: the mean share of its goodput that it keeps over ${count(points.length)} ${points.length === 1 ? 'load' : 'loads'}.`,
    )
  if (refusals !== null) sentences.push(refusalSentence(refusals))
  return {
    heading: headingOf(kind, reason, points),
    sentences,
    points: [...points].sort((a, b) => a.factor - b.factor).map(pagePoint),
    hysteresis: hysteresis === null ? null : pageHysteresis(hysteresis, unit),
  }
}

function headingOf(kind: OverloadResult['kind'], reason: string, points: readonly OverloadPointResult[]): string {
  if (kind === 'unknown') return `Beyond the capacity: unknown. ${reason}`
  // Three times the capacity is where the verdict is made (D5).
  const decisive = points.find(({ factor }) => factor === 3) ?? points.at(-1)
  const kept =
    decisive === undefined ? '' : `: ${percent(decisive.retained)} of the goodput is kept at ${decisive.factor} times the load`
  const does = { graceful: 'degrades gracefully', degraded: 'loses goodput', collapse: 'collapses' }[kind]
  return `Beyond the capacity it ${does}${kept}`
}

function refusalSentence({
  rejected,
  otherErrors,
  timeouts,
  rejectP99,
  retryAfterShare,
  verdict,
  reason,
}: RefusalResult): string {
  const words = {
    fast: 'It refuses fast',
    slow: 'It refuses slowly',
    errors: 'It fails with errors',
    none: 'It refuses nothing',
  }[verdict]
  const parts = [
    `${count(rejected)} refusals with 429 or 503`,
    `${count(otherErrors)} other errors`,
    `${count(timeouts)} timeouts`,
  ]
  if (rejectP99 !== null) parts.push(`p99 of a refusal ${ms(rejectP99)}`)
  if (retryAfterShare !== null) parts.push(`${percent(retryAfterShare)} of them with Retry-After`)
  return `${words}: ${parts.join(', ')}.${reason === '' ? '' : ` ${reason}.`}`
}

function pagePoint({
  factor,
  offered,
  goodput,
  retained,
  acceptedP99,
  errorRate,
  class: failure,
}: OverloadPointResult): PageOverloadPoint {
  return {
    factor,
    load: offered,
    goodput: rounded(goodput),
    retained: rounded(retained),
    acceptedP99: rounded(acceptedP99),
    errorRate: rounded(errorRate),
    failure,
  }
}

function pageHysteresis({ kind, load, recoveredSec, boundSec, watchedSec }: HysteresisResult, unit: LoadUnit): PageHysteresis {
  const back = `Back at ${loadText(load, unit)}, three quarters of the capacity, the target`
  const bound = `allowed are ${duration(boundSec)}`
  const text = {
    recovers: `${back} recovers after ${duration(recoveredSec ?? 0)}; ${bound}.`,
    slow: `${back} needs ${duration(recoveredSec ?? 0)} to recover; ${bound}.`,
    stuck: `${back} did not recover in the ${duration(watchedSec)} that it was watched; ${bound}.`,
    unknown: `${back} was watched for ${duration(watchedSec)}, which does not answer whether it recovers; ${bound}.`,
  }[kind]
  return { verdict: kind, text, recoveredSec, boundSec, watchedSec }
}
