/** A rate limiter of the target, seen from outside (D11). */
export interface LimiterResult {
  readonly name: string
  readonly verdict: LimiterVerdict
  readonly reason: string
  /** Every defect that a test showed; the first is the verdict. */
  readonly defects: readonly LimiterVerdict[]
  readonly tests: readonly LimiterTestResult[]
  /** What it lets through; null: not measured. */
  readonly fit: LimiterFit | null
  /** How a refusal is evaded: `x-forwarded-for`, `new connection` … */
  readonly bypasses: readonly string[]
  /** Admitted of what ought to be, where that is known and it is not 1. */
  readonly factor: number | null
  /** Time until a refusal, and until another answer. */
  readonly refusedMs: { readonly p50: number; readonly p95: number } | null
  readonly acceptedMs: { readonly p50: number; readonly p95: number } | null
  /** The target's CPU for a refusal, of that for a request let through; null: not measured. */
  readonly refusalCost: number | null
  /** Of the probe: for the plot. */
  readonly probe: LimiterProbe | null
}

export type LimiterVerdict =
  | 'ENFORCED'
  | 'NOT_PRESENT'
  | 'BYPASSABLE'
  | 'RACY'
  | 'OVER_ADMITS'
  | 'NOT_ISOLATED'
  | 'UNDER_ADMITS'
  | 'LYING_HEADERS'
  | 'UNKNOWN'

export type LimiterKind =
  'token bucket' | 'fixed window' | 'sliding log' | 'sliding counter' | 'leaky queue' | 'concurrency cap' | 'window'

/** N(t) = B + R t: let through by the time t of a client that asks for more all the time. */
export interface LimiterFit {
  /** `window`: a quota for each window, of which nobody saw whether it is fixed or slides. */
  readonly kind: LimiterKind
  /** 95 % intervals. */
  readonly ratePerSec: { readonly value: number; readonly low: number; readonly high: number }
  readonly burst: { readonly value: number; readonly low: number; readonly high: number }
  /** Of a window; and where it begins, in seconds from the start of the load, where a clock and not the client decides that. */
  readonly windowSec: number | null
  readonly windowFromSec: number | null
}

export type LimiterTestId =
  'probe' | 'quota' | 'race' | 'bypass' | 'isolation' | 'idle' | 'boundary' | 'retry-after' | 'headers' | 'refusal' | 'cost'

export interface LimiterTestResult {
  readonly id: LimiterTestId
  readonly title: string
  /** `skipped`: no time for it, or it makes no sense after what was found. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'skipped'
  readonly evidence: string
}

/** Let through, counted from the first request of the probe; a point each, at most some hundred of them. */
export interface LimiterProbe {
  /** Seconds from the start of the load. */
  readonly fromSec: number
  readonly offeredPerSec: number
  readonly sent: number
  readonly accepted: number
  readonly points: readonly { readonly sec: number; readonly accepted: number }[]
}
