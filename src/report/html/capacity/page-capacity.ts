import type { CapacityResult, CurveResult, TrialResult } from '../../../model/capacity-result.ts'
import { loadText, trialWords } from '../../capacity-words.ts'
import { duration } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PageCapacity, PageCurvePoint, PageMark, PageResource, PageTrial } from './capacity-data.ts'
import { capacityHeading, capacitySentences, searchHeading } from './capacity-figures.ts'
import { pageOverload } from './page-overload.ts'

/** A pure function of the result: a search that is still going on gives the page of what is known. */
export function pageCapacity(capacity: CapacityResult): PageCapacity {
  const curve = searchedCurve(capacity)
  return {
    heading: capacityHeading(capacity),
    sentences: capacitySentences(capacity),
    unit: capacity.unit,
    curve: curve.map(curvePoint),
    requestsEach: requestsEach(curve),
    marks: marksOf(capacity),
    fit: fitOf(capacity),
    resources: resourcesOf(capacity, curve),
    search: { heading: searchHeading(capacity), trials: capacity.trials.map(pageTrial) },
    overload: pageOverload(capacity),
  }
}

/** The loads of the search itself: what is held beyond the capacity afterwards has a plot of its own, and would make this one five times as wide. */
function searchedCurve({ curve, trials }: CapacityResult): CurveResult[] {
  const searched = trials.filter(({ factor }) => factor === null).map(({ load }) => load)
  const most = searched.length === 0 ? Infinity : Math.max(...searched)
  return curve.filter(({ offered }) => offered <= most).sort((a, b) => a.offered - b.offered)
}

function requestsEach(curve: readonly CurveResult[]): number {
  const ratios = curve.filter(({ passes, offered }) => passes && offered > 0).map(({ goodput, offered }) => goodput / offered)
  const middle = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1
  // One request each is most usual; what is near to it is chance.
  return middle < 1.1 ? 1 : rounded(middle)
}

function curvePoint({ offered, goodput, p50, p95, p99, errorRate, class: failure, passes }: CurveResult): PageCurvePoint {
  return {
    load: offered,
    goodput: rounded(goodput),
    p50: rounded(p50),
    p95: rounded(p95),
    p99: rounded(p99),
    errorRate: rounded(errorRate),
    failure,
    bears: passes,
  }
}

function fitOf({ usl }: CapacityResult): PageCapacity['fit'] {
  if (usl?.kind !== 'fit') return []
  return usl.line.map(({ load, perSec, low, high }) => ({
    load: rounded(load),
    perSec: rounded(perSec),
    low: rounded(low),
    high: rounded(high),
  }))
}

/** In the order of their importance: where two labels have one place, the first has it. */
function marksOf({ unit, lower, upper, kind, knee, kneeInterval, usl, hardBreakingPoint, headroom }: CapacityResult): PageMark[] {
  const text = (load: number) => loadText(load, unit)
  const at = (mark: PageMark['kind'], load: number, label: string): PageMark => ({
    kind: mark,
    from: load,
    to: load,
    at: load,
    label,
  })
  const marks: PageMark[] = []
  if (lower !== null && upper !== null)
    marks.push({ kind: 'capacity', from: lower, to: upper, at: lower, label: `bears ${text(lower)}, breaks at ${text(upper)}` })
  else if (lower !== null) marks.push(at('capacity', lower, `${kind === 'interval' ? '' : 'at least '}${text(lower)}`))
  else if (upper !== null) marks.push(at('capacity', upper, `breaks at ${text(upper)}`))
  if (knee !== null) {
    const [from, to] = kneeInterval ?? [knee, knee]
    marks.push({ kind: 'knee', from, to, at: knee, label: `knee ${text(knee)}` })
  }
  if (headroom !== null) marks.push(at('expected-peak', headroom.peak, `expected peak ${text(headroom.peak)}`))
  if (hardBreakingPoint !== null && hardBreakingPoint !== upper)
    marks.push(at('hard-break', hardBreakingPoint, `hard break ${text(hardBreakingPoint)}`))
  if (usl?.kind === 'fit' && usl.peak !== null) {
    // Fitted to requests in flight, its peak is no load of this axis; its throughput is: no more than that many arrivals can be followed.
    const load = unit === 'users' ? usl.peak.load : usl.peak.perSec
    marks.push(at('fit-peak', load, `predicted peak ${text(rounded(load))}`))
  }
  return marks
}

function resourcesOf({ saturation, limitedBy, unit }: CapacityResult, curve: readonly CurveResult[]): PageResource[] {
  const resources = saturation.map(({ resource, title, threshold, use, saturatedAt, evidence, advice }): PageResource => {
    const shares = new Map(use.map(({ offered, share }) => [offered, share]))
    return {
      title,
      limiting: resource === limitedBy,
      threshold: threshold ?? null,
      shares: curve.map(({ offered }) => rounded(shares.get(offered) ?? null)),
      saturatedAt: saturatedAt === null ? 'never' : loadText(saturatedAt, unit),
      evidence,
      advice,
    }
  })
  const fullest = ({ shares }: PageResource) => Math.max(0, ...shares.filter((share) => share !== null))
  return resources.sort((a, b) => Number(b.limiting) - Number(a.limiting) || fullest(b) - fullest(a))
}

function pageTrial(trial: TrialResult): PageTrial {
  const { settle, load, fromSec, toSec, verdict, goodput, p50, p95, p99, errorRate } = trial
  return {
    trial: trial.trial,
    purpose: trialWords[trial.purpose],
    load,
    fromSec: rounded(fromSec),
    toSec: rounded(toSec),
    verdict,
    failure: trial.class,
    goodput: rounded(goodput),
    p50: rounded(p50),
    p95: rounded(p95),
    p99: rounded(p99),
    errorRate: rounded(errorRate),
    note: noteOf(trial),
    settle: settle === null ? null : { sec: rounded(settle.sec), settled: settle.settled, text: settleText(settle) },
  }
}

function noteOf({ verdict, failedObjective, growing, voidBy, end, plannedSec, fromSec, toSec }: TrialResult): string {
  const parts: string[] = []
  if (verdict === 'void') parts.push(`does not count: ${voidBy.join(', ') || 'not valid'}`)
  if (verdict === 'fails' && failedObjective !== null) parts.push(`misses ${failedObjective}`)
  if (growing) parts.push('kept growing')
  const early = `after ${duration(toSec - fromSec)} of ${duration(plannedSec)}`
  if (end === 'certain') parts.push(`ended ${early}: certain`)
  if (end === 'stopped') parts.push(`stopped ${early}`)
  if (end === 'target-died') parts.push(`the target died ${early}`)
  if (end === 'interrupted' || end === 'unknown') parts.push(`cut off ${early}`)
  return parts.join('; ')
}

function settleText({ sec, settled, waitedFor }: NonNullable<TrialResult['settle']>): string {
  const what = waitedFor.length === 0 ? '' : ` (${waitedFor.join(', ')})`
  return settled ? `back at its baseline after ${duration(sec)}${what}` : `not back at its baseline after ${duration(sec)}${what}`
}
