import type { CapacityResult, HysteresisResult, OverloadPointResult, OverloadResult } from '../../../model/capacity-result.ts'
import { degradationSentence, hysteresisSentence, refusalSentence } from '../../capacity-sentences.ts'
import { percent } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PageHysteresis, PageOverload, PageOverloadPoint } from './capacity-data.ts'

export function pageOverload(capacity: CapacityResult): PageOverload | null {
  const { overload } = capacity
  if (overload === null) return null
  const { points, kind, reason, hysteresis } = overload
  return {
    heading: headingOf(kind, reason, points),
    sentences: [degradationSentence(capacity), refusalSentence(capacity)].filter((sentence) => sentence !== null),
    points: [...points].sort((a, b) => a.factor - b.factor).map(pagePoint),
    hysteresis: hysteresis === null ? null : pageHysteresis(hysteresis, hysteresisSentence(capacity) ?? ''),
  }
}

function headingOf(kind: OverloadResult['kind'], reason: string, points: readonly OverloadPointResult[]): string {
  if (kind === 'unknown') return `Beyond the capacity: unknown. ${reason}`
  // Three times the capacity is where the verdict is made (D5).
  const decisive = points.find(({ factor }) => factor === 3) ?? points.at(-1)
  const kept =
    decisive === undefined ? '' : `: ${percent(decisive.retained)} of the goodput is kept at ${decisive.factor} times the load`
  const does = { graceful: 'degrades gracefully', degraded: 'degrades', collapse: 'collapses' }[kind]
  return `Beyond the capacity it ${does}${kept}`
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

function pageHysteresis({ kind, recoveredSec, boundSec, watchedSec }: HysteresisResult, text: string): PageHysteresis {
  return { verdict: kind, text, recoveredSec, boundSec, watchedSec }
}
