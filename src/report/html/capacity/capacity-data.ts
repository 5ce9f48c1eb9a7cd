import type { FailureName } from '../../../model/capacity-result.ts'
import type { LoadUnit } from '../../../model/load-spec.ts'

/** A capacity search as the page shows it: sentences ready to read, figures ready to draw. */
export interface PageCapacity {
  /** The answer, for who reads one line. */
  readonly heading: string
  readonly sentences: readonly string[]
  /** Of every load here. */
  readonly unit: LoadUnit
  readonly curve: readonly PageCurvePoint[]
  /** Requests that an arrival makes, as measured where all is well: goodput counts requests, the load arrivals. */
  readonly requestsEach: number
  readonly marks: readonly PageMark[]
  /** The Universal Scalability Law as it was fitted; empty without a fit. */
  readonly fit: readonly { readonly load: number; readonly perSec: number; readonly low: number; readonly high: number }[]
  readonly resources: readonly PageResource[]
  readonly search: { readonly heading: string; readonly trials: readonly PageTrial[] }
  readonly overload: PageOverload | null
}

export interface PageCurvePoint {
  readonly load: number
  readonly goodput: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly errorRate: number
  readonly failure: FailureName
  readonly bears: boolean
}

/** A load, or a range of loads, with a name: drawn across the curve. */
export interface PageMark {
  readonly kind: 'capacity' | 'knee' | 'fit-peak' | 'hard-break' | 'expected-peak'
  readonly from: number
  readonly to: number
  /** Where its line stands. */
  readonly at: number
  readonly label: string
}

export interface PageResource {
  readonly title: string
  /** The first to be full. */
  readonly limiting: boolean
  readonly threshold: number | null
  /** One a point of the curve, 0..1 of the limit. */
  readonly shares: readonly (number | null)[]
  readonly saturatedAt: string
  readonly evidence: string
  readonly advice: string
}

export interface PageTrial {
  readonly trial: number
  readonly purpose: string
  readonly load: number
  readonly fromSec: number
  readonly toSec: number
  readonly verdict: 'bears' | 'fails' | 'void'
  readonly failure: FailureName
  readonly goodput: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly errorRate: number
  /** Why it fails or counts for nothing, how it ended early; empty when there is nothing to say. */
  readonly note: string
  readonly settle: { readonly sec: number; readonly settled: boolean; readonly text: string } | null
}

export interface PageOverload {
  readonly heading: string
  readonly sentences: readonly string[]
  readonly points: readonly PageOverloadPoint[]
  readonly hysteresis: PageHysteresis | null
}

export interface PageOverloadPoint {
  readonly factor: number
  readonly load: number
  readonly goodput: number
  readonly retained: number
  readonly acceptedP99: number | null
  readonly errorRate: number
  readonly failure: FailureName
}

export interface PageHysteresis {
  readonly verdict: 'recovers' | 'slow' | 'stuck' | 'unknown'
  readonly text: string
  readonly recoveredSec: number | null
  readonly boundSec: number
  readonly watchedSec: number
}
