import type { CapacityResult, CurveResult, ResourceUse } from '../model/capacity-result.ts'
import type { TestResult } from '../model/run-result.ts'
import { limitingResource } from './capacity-sentences.ts'

/** What follows from a search by arithmetic: every figure is one of the result, or computed from two of them. */
export interface CapacityPlan {
  readonly lower: number
  readonly goodputPerSec: number
  /** The knee, where it lies below the capacity: from there on latency grows faster than goodput. */
  readonly scaleAt: number | null
  readonly resource: { readonly title: string; readonly atKnee: number | null; readonly atLower: number | null } | null
  readonly instances: {
    readonly peak: number
    /** ⌈peak / lower⌉ and one to spare. */
    readonly fewest: number
    readonly spare: number
    /** ⌈peak / scaleAt⌉. */
    readonly comfortable: number | null
  } | null
  /** Closed model: seconds between two good requests of a user, N / X. */
  readonly cycleSec: number | null
  /** Requests in flight at `lower` by Little's law, X × median latency. */
  readonly inFlight: { readonly medianMs: number; readonly requests: number } | null
  readonly queue: QueueBound | null
}

/** A request that finds K others before it waits K / C: in time while K ≤ C (T − S). */
export interface QueueBound {
  /** In work and waiting: what is served within the limit, C × L (Little). */
  readonly atOnce: number
  readonly requests: number
  readonly perSec: number
  readonly limitMs: number
  readonly serviceMs: number
}

/** Null where no load was borne. */
export function capacityPlan(test: TestResult): CapacityPlan | null {
  const { capacity } = test
  if (capacity === undefined) return null
  const { lower, goodputPerSec, knee, headroom, unit, curve } = capacity
  if (lower === null || goodputPerSec === null || lower <= 0 || goodputPerSec <= 0) return null
  const scaleAt = knee !== null && knee < lower ? knee : null
  const resource = limitingResource(capacity)
  const fewest = headroom === null ? 0 : Math.ceil(headroom.peak / lower)
  const medianMs = curve.find(({ offered }) => offered === lower)?.p50 ?? null
  return {
    lower,
    goodputPerSec,
    scaleAt,
    resource:
      resource === undefined
        ? null
        : {
            title: resource.title,
            atKnee: scaleAt === null ? null : shareAt(resource, scaleAt),
            atLower: shareAt(resource, lower),
          },
    instances:
      headroom === null
        ? null
        : {
            peak: headroom.peak,
            fewest,
            spare: fewest + 1,
            comfortable: scaleAt === null ? null : Math.ceil(headroom.peak / scaleAt),
          },
    cycleSec: unit === 'users' ? lower / goodputPerSec : null,
    inFlight: medianMs === null ? null : { medianMs, requests: (goodputPerSec * medianMs) / 1000 },
    queue: queueOf(test, capacity, goodputPerSec),
  }
}

function shareAt({ use }: ResourceUse, load: number): number | null {
  return use.find(({ offered }) => offered === load)?.share ?? null
}

function queueOf(
  { objectives }: TestResult,
  { kind, curve, limitingObjective }: CapacityResult,
  perSec: number,
): QueueBound | null {
  // What was not broken serves faster than it was seen to: the bound would refuse what it can do.
  if (kind !== 'interval') return null
  const times = objectives.filter(({ unit, text }) => unit === 'ms' && text.includes('<'))
  const limitMs = (times.find(({ text }) => text === limitingObjective) ?? times[0])?.limit
  const serviceMs = smallest(curve)?.p50
  if (limitMs === undefined || serviceMs === null || serviceMs === undefined || serviceMs >= limitMs) return null
  const requests = Math.floor((perSec * (limitMs - serviceMs)) / 1000)
  return requests < 1 ? null : { atOnce: Math.floor((perSec * limitMs) / 1000), requests, perSec, limitMs, serviceMs }
}

/** Where nothing waits, the median is the time of the work itself. */
function smallest(curve: readonly CurveResult[]): CurveResult | undefined {
  return [...curve].sort((a, b) => a.offered - b.offered)[0]
}

export interface BreakerFigures {
  /** Largest share of errors at a load that was borne, smallest at one that was not, and half-way between them. */
  readonly healthy: number
  readonly failing: number
  readonly failingAt: number
  readonly threshold: number
}

/** Ours: with fewer errors than these more than usual, a breaker would open by chance. */
const tellingErrors = 0.05

/** Null where errors do not tell failing from healthy: a breaker that counts errors would not open. */
export function breakerFigures({ trials }: CapacityResult): BreakerFigures | null {
  const borne = trials.filter(({ verdict }) => verdict === 'bears')
  const failed = trials.filter(({ verdict, errorRate }) => verdict === 'fails' && errorRate > 0)
  if (borne.length === 0 || failed.length === 0) return null
  const healthy = Math.max(...borne.map(({ errorRate }) => errorRate))
  const worst = failed
    .filter(({ errorRate }) => errorRate >= healthy + tellingErrors)
    .sort((a, b) => a.errorRate - b.errorRate)[0]
  if (worst === undefined) return null
  return { healthy, failing: worst.errorRate, failingAt: worst.load, threshold: (healthy + worst.errorRate) / 2 }
}

/** How long the target needed after too much: of the overload, else of the trials that failed. */
export function recoverySec({ overload, trials }: CapacityResult): number | null {
  const hysteresis = overload?.hysteresis ?? null
  // Where it was not seen to recover from the overload, how soon it was back from less is no answer.
  if (hysteresis !== null) return hysteresis.recoveredSec
  const settled = trials.flatMap(({ verdict, settle }) => (verdict === 'fails' && settle?.settled === true ? [settle.sec] : []))
  return settled.length === 0 ? null : Math.max(...settled)
}
