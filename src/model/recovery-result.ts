/**
 * How a service took a fault and came back (D6). All times are seconds; those before the end of the fault count from its first verified effect,
 * those after from its verified end. `null`: it did not come to that within the record, or nothing shows it.
 */
export interface RecoveryResult {
  /** From the end of the fault until the first of five good windows in a row begins; 0: it was never bad, or good again before the end; null: not recovered by `horizonSec`, or unknown. */
  readonly sec: number | null
  /** From here the times after the fault count: its verified end, in seconds from the start of the load; of what is done in an instant (a restart), when it was done. Null: it never came to be, or its end is not in the record. */
  readonly clearedSec: number | null
  /** What was seen of the time after the fault at the same load, until the next fault. */
  readonly horizonSec: number
  /** Where it was not seen to recover: it took longer than this (up to the last bad window). */
  readonly atLeastSec: number | null
  readonly verdict: 'recovered' | 'unaffected' | 'not-recovered' | 'unknown'
  readonly reason: string
  readonly stages: RecoveryStages
  /** Requests that would have been good: the integral of (baseline − goodput) from the fault to the recovery, or to the end of the record. */
  readonly lostWork: number | null
  /** Largest share (0..1) of the baseline's goodput that a window lost. */
  readonly impact: number | null
  readonly baseline: RecoveryBaseline | null
  /** Null unless it was looked for: the fault has gone and the service is not back. */
  readonly metastable: MetastableResult | null
  /** One a window, from the baseline to the end: what the figure is drawn from. */
  readonly curve: readonly RecoveryPoint[]
}

export interface RecoveryStages {
  /** From the fault to the first of three bad windows in a row. */
  readonly impactSec: number | null
  /** From the fault to the first outward act of protection: fewer than a tenth of the calls to the dependency, readiness 503, rejects. */
  readonly detectionSec: number | null
  /** Which act it was. */
  readonly detectedBy: string | null
  /** From the end of the fault until the goodput is back, whatever the latency. */
  readonly goodputSec: number | null
  /** From the end of the fault to the last request that failed. */
  readonly lastLossSec: number | null
  /** … until p99 is back within 10 % of its baseline. */
  readonly latencySec: number | null
  /** … until no more requests are in flight than before: the queue is empty. */
  readonly queueSec: number | null
  /** … until requests in flight, sockets and files are back in band. */
  readonly drainedSec: number | null
  /** What came back last of those, or did not. */
  readonly drainedLast: string | null
  /** Whether the capacity is back that a search of this run found for the same mix of scenarios; null: there is no such search, or users set the pace. */
  readonly capacity: CapacityBack | null
}

export interface CapacityBack {
  /** The capacity of before, in good requests a second. */
  readonly perSec: number
  /** `not-asked`: the load after the fault stayed below it. */
  readonly verdict: 'back' | 'missing' | 'not-asked'
  /** From the end of the fault until the first of five seconds in a row with 95 % of it; null where it is not back. */
  readonly sec: number | null
}

export interface RecoveryBaseline {
  /** Seconds from the start of the load. */
  readonly fromSec: number
  readonly toSec: number
  readonly goodputPerSec: number
  /** Lower end of its 95 % interval: a good window has at least 0.95 of it. */
  readonly goodputLow: number
  /** Upper end of the share of failed requests. */
  readonly errorHigh: number
  readonly p99Ms: number | null
  /** A good window has no more above `limitMs` than the quantile says, but for chance: p99 where there are enough answers for it, else a lower percentile. */
  readonly latency: { readonly quantile: number; readonly ms: number; readonly limitMs: number } | null
}

/** D8: bad although what caused it is gone, and not getting better. */
export interface MetastableResult {
  readonly verdict: 'no' | 'yes' | 'slow-recovery' | 'unknown'
  readonly reason: string
  /** Work per request, in the bad time and in the good one: calls to `of` a client request, or requests an arrival where no link counts calls; null where neither is known. */
  readonly amplification: { readonly bad: number; readonly good: number; readonly of: string } | null
  /** Requests a second at which it came back, where the load was taken down until it did. */
  readonly escapePerSec: number | null
  /** Most calls a second that the dependency was seen to answer over the calls a request of the bad time: at least so much should escape. */
  readonly predictedEscapePerSec: number | null
  /** Well again at the load at which it was bad before: two states at one load. Null where the load did not go back up. */
  readonly isBistable: boolean | null
  readonly cause: 'workload-amplification' | 'capacity-degradation' | null
  /** By the trend, where it is a slow recovery. */
  readonly expectedSec: number | null
}

export interface RecoveryPoint {
  /** Start of the window, in seconds from the start of the load. */
  readonly sec: number
  readonly goodput: number
  /** What the baseline is at this load. */
  readonly expected: number
  readonly failed: number
  readonly p99Ms: number | null
}
