/** What the target says of itself against what was seen of it. */
export interface MonitorResult {
  readonly verdict: MonitorVerdict
  readonly reason: string
  readonly scrapes: {
    readonly count: number
    /** Not answered at all, or not with a page. */
    readonly failed: number
    /** Answered, but later than asked for. */
    readonly late: number
    /** Of those, while users were served. */
    readonly blind: number
    readonly slowestSec: number | null
    readonly withinSec: number
    /** Why the first of the blind ones failed. */
    readonly example: string | null
  }
  readonly counts: readonly MonitorComparison[]
  readonly latencies: readonly MonitorComparison[]
  /** Worst deviation of the counts and of the latencies, as a share of what was seen; null: not known. */
  readonly countDeviation: number | null
  readonly latencyDeviation: number | null
}

/** `LIES` comes before `BLIND`. */
export type MonitorVerdict = 'TRUTHFUL' | 'LIES' | 'BLIND' | 'UNKNOWN'

export interface MonitorComparison {
  /** As the plan has it. */
  readonly series: string
  /** `count`, `mean`, `p50`, `p95` … */
  readonly statistic: string
  /** What the target says: a bucket's lowest and highest value, or twice the same. The highest is null in a bucket without an end. */
  readonly says: readonly [low: number, high: number | null] | null
  /** What was seen, at least and at most: nobody knows whether the target counts what it never answered. */
  readonly seen: readonly [low: number, high: number] | null
  readonly unit: 'count' | 'ms'
  /** How far apart they are, as a share of what was seen; 0: within what both can know. */
  readonly deviation: number | null
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly reason: string
}
