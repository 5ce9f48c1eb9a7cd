import type { LoadUnit } from './load-spec.ts'
import type { TrialEnd, TrialKind } from './run-event.ts'

/** What a target did under a load, in the words of D4. `healthy` bears it; the rest is how it fails. */
export type FailureName =
  | 'healthy'
  | 'shed'
  | 'saturation'
  | 'congestion-collapse'
  | 'application-errors'
  | 'refused'
  | 'reset'
  | 'accept-then-close'
  | 'connect-timeout'
  | 'tls'
  | 'hang'
  | 'crash'
  | 'out-of-memory'
  | 'data-fault'
  | 'drift'
  | 'metastable'
  | 'generator-limited'

/**
 * `interval`: between `lower`, which was borne, and `upper`, which was not. `at-least`: `to` was borne. `fails-at-from`: not even `from` was.
 * `generator-limited`: the generator could not go on, so `lower` is "at least". `unfinished`: the search was ended before it knew.
 */
export type CapacityKind = 'interval' | 'at-least' | 'fails-at-from' | 'generator-limited' | 'unfinished'

export interface CapacityResult {
  readonly kind: CapacityKind
  readonly unit: LoadUnit
  readonly lower: number | null
  readonly upper: number | null
  /** (upper − lower) / upper. */
  readonly width: number | null
  /** Width that was asked for, doubled in a quick search. */
  readonly within: number
  /** How sure the ends are (0..1): that `lower` is borne, that `upper` is not; of requests taken as independent. Null where the objectives are of no shares of them. */
  readonly confidence?: { readonly lower: number | null; readonly upper: number | null }
  /** Good requests per second at `lower`: the capacity. */
  readonly goodputPerSec: number | null
  /** Load with the greatest power (goodput over median latency), and its 95 % interval. */
  readonly knee: number | null
  readonly kneeInterval: readonly [number, number] | null
  /** The secondary knee, by Kneedle on load and p99. */
  readonly kneedle: number | null
  /** Id of the resource that was the first to saturate, such as `cpu`, `cpu-core`, `event-loop`, `connection-pool`. */
  readonly limitedBy: string | null
  /** Why it is this one, or why it is unknown and what was not watched. */
  readonly limitReason?: string
  readonly saturation: readonly ResourceUse[]
  readonly failureClass: FailureName | null
  /** What failed first at `upper`, in the plan's words. */
  readonly limitingObjective: string | null
  /** Smallest load with a failure that outlasts it (D2). */
  readonly hardBreakingPoint: number | null
  readonly irregular: readonly string[]
  readonly quick: boolean
  /** `peak` of the test, and 1 − peak / lower. */
  readonly headroom: { readonly peak: number; readonly share: number } | null
  readonly curve: readonly CurveResult[]
  readonly usl: UslResult | null
  readonly trials: readonly TrialResult[]
  /** Seconds of load that the search took, and what a staircase of the same resolution would have. */
  readonly costSec: number
  readonly staircaseSec: number | null
  readonly overload: OverloadResult | null
}

export interface CurveResult {
  readonly offered: number
  /** Good requests per second. */
  readonly goodput: number
  readonly completedPerSec: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly errorRate: number
  readonly class: FailureName
  readonly passes: boolean
}

/** Universal Scalability Law X(N) = γN / (1 + α(N−1) + βN(N−1)), fitted to the curve. */
export interface UslResult {
  /** What the law's N is: users, or the mean number of requests in flight where the load is a rate. */
  readonly axis: 'users' | 'in-flight'
  readonly kind: 'fit' | 'refused'
  readonly reason: string
  readonly parameters: Readonly<
    Record<'alpha' | 'beta' | 'gamma', { readonly value: number; readonly interval: readonly [number, number] | null }>
  > | null
  /** Load and throughput at the predicted peak; beyond it the curve is retrograde. Null when it has none. */
  readonly peak: { readonly load: number; readonly perSec: number } | null
  readonly r2: number | null
  /** Drawn through the measured loads: load, throughput, 95 % band. */
  readonly line: readonly { readonly load: number; readonly perSec: number; readonly low: number; readonly high: number }[]
}

export interface TrialResult {
  readonly trial: number
  readonly purpose: TrialKind
  readonly load: number
  readonly factor: number | null
  /** Seconds from the start of the test's load. */
  readonly fromSec: number
  readonly toSec: number
  readonly plannedSec: number
  readonly end: TrialEnd | 'unknown'
  readonly verdict: 'bears' | 'fails' | 'void'
  readonly goodput: number
  readonly completedPerSec: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly errorRate: number
  readonly class: FailureName
  readonly failedObjective: string | null
  /** Latency or the number in flight kept growing (D1b). */
  readonly growing: boolean
  /** Validity checks that are void in it. */
  readonly voidBy: readonly string[]
  /** Wait for the target's baseline afterwards; null when there was none. */
  readonly settle: { readonly sec: number; readonly settled: boolean; readonly waitedFor: readonly string[] } | null
}

/** How much of a resource was used at each load of the curve. */
export interface ResourceUse {
  readonly resource: string
  readonly title: string
  /** Share of its limit from which it counts as full; absent: the whole. */
  readonly threshold?: number
  /** 0..1 of its limit, at the loads of the curve; null where it was not seen. */
  readonly use: readonly { readonly offered: number; readonly share: number | null }[]
  /** Smallest load at which it was saturated; null when it never was. */
  readonly saturatedAt: number | null
  /** Figures, in words. */
  readonly evidence: string
  readonly advice: string
}

export interface OverloadResult {
  readonly points: readonly OverloadPointResult[]
  /** Mean of min(1, R(x)) (D5); null without a valid point. */
  readonly score: number | null
  readonly kind: 'graceful' | 'degraded' | 'collapse' | 'unknown'
  readonly reason: string
  readonly refusals: RefusalResult | null
  readonly hysteresis: HysteresisResult | null
}

export interface OverloadPointResult {
  readonly factor: number
  readonly offered: number
  readonly goodput: number
  /** Goodput as a share of the capacity: R(x). */
  readonly retained: number
  readonly acceptedP99: number | null
  readonly errorRate: number
  readonly class: FailureName
}

/** How the target says no: answers 429 and 503 against other errors, and how fast. */
export interface RefusalResult {
  readonly rejected: number
  readonly otherErrors: number
  readonly timeouts: number
  readonly rejectP99: number | null
  /** Share of the rejections with a `Retry-After`; null when nobody looked. */
  readonly retryAfterShare: number | null
  readonly verdict: 'fast' | 'slow' | 'errors' | 'none'
  readonly reason: string
}

/** Back at 0.75 of the capacity after the overload (D7). */
export interface HysteresisResult {
  readonly kind: 'recovers' | 'slow' | 'stuck' | 'unknown'
  readonly load: number
  readonly recoveredSec: number | null
  readonly boundSec: number
  readonly watchedSec: number
  /** The overload ended the target, and it had to be started again: it does not come back by itself. */
  readonly restarted?: true
}
