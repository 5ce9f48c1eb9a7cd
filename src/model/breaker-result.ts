/** A circuit breaker seen from outside (D9). */
export interface BreakerResult {
  /** The dependency that it guards. */
  readonly link: string
  readonly verdict: BreakerVerdict
  readonly reason: string
  /** Every defect that a test showed; the first is the verdict. */
  readonly defects: readonly BreakerVerdict[]
  readonly tests: readonly BreakerTestResult[]
  /** What it was taken to be in, in seconds from the start of the load. */
  readonly states: readonly { readonly state: BreakerState; readonly fromSec: number; readonly toSec: number }[]
  /** Calls to the dependency a client request while closed, and while open. */
  readonly kappa: { readonly closed: number | null; readonly open: number | null }
  readonly waitSec: number | null
  /** Most calls let through at once while half open. */
  readonly probes: number | null
}

export type BreakerState = 'closed' | 'open' | 'half-open' | 'unknown'

export type BreakerVerdict =
  | 'ABSENT'
  | 'OK'
  | 'LEAKY'
  | 'SLOW_FAIL'
  | 'PREMATURE'
  | 'NEVER_OPENS'
  | 'STUCK_OPEN'
  | 'STUCK_HALF_OPEN'
  | 'STAMPEDE'
  | 'FLAPPING'
  | 'STALE_WINDOW'
  | 'NOT_ISOLATED'
  | 'MISCLASSIFIES'
  | 'UNKNOWN'

export type BreakerTestId =
  'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'T8' | 'T9' | 'T10' | 'T11' | 'T12' | 'T13' | 'T14' | 'T15' | 'T16'

export interface BreakerTestResult {
  readonly id: BreakerTestId
  readonly title: string
  /** `skipped`: no time for it, or the plan does not say what it needs. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'skipped'
  readonly evidence: string
}
