/** One parsed objective or stop condition: `METRIC[(NAME)] OP VALUE [over DURATION | for DURATION] [during PHASE]`. */
export interface ObjectiveSpec {
  /** As the user wrote it. */
  readonly text: string
  readonly metric: MetricRef
  readonly op: '<' | '<=' | '>' | '>=' | '=' | '!='
  /** In the metric's base unit (see {@link MetricUnit}). */
  readonly value: number
  /** Of a metric that is a word (`breaker(payments) = ok`): what it has to be; `value` is then 0 and says nothing. */
  readonly word?: string
  /** Absent: the metric's unit is not known before it is measured (a page of metrics). */
  readonly unit?: MetricUnit
  /** Every window of this many seconds must hold. */
  readonly overSec?: number
  /** Only in `stopWhen`: true without a break for this many seconds. */
  readonly forSec?: number
  /** Only the named phase is judged. */
  readonly during?: string
}

export interface MetricRef {
  /** `p95`, `service.p99`, `errors`, `target.cpu`, a custom metric … */
  readonly name: string
  /** What the name in parentheses selects; absent: everything. */
  readonly selector?: {
    /** `fault` and `attack`: by its id; `link`: a service or a dependency. */
    readonly kind: 'request' | 'step' | 'scenario' | 'check' | 'fault' | 'limiter' | 'link' | 'attack'
    readonly name: string
  }
}

/** `ms`; `ratio` (0..1, written as a percentage); `bytes`; `perSec`; `sec`; `bytesPerSec`; `count` for anything else. */
export type MetricUnit = 'ms' | 'ratio' | 'bytes' | 'perSec' | 'sec' | 'bytesPerSec' | 'count'
