/** What became of the data (D10): operations that were acknowledged against what is there in the end. */
export interface AuditResult {
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  readonly reason: string
  readonly counts: AuditCounts
  /** By kind of defect, with the ids that show it (a few), in order of weight. */
  readonly defects: readonly AuditDefect[]
  /** 95 % upper bound of the share of acknowledged writes that are lost, also where none was; null: unknown. */
  readonly lostShareHigh: number | null
  /** What was looked at besides the ids. */
  readonly looked: {
    /** Reads of what had been acknowledged before they began. */
    readonly readBacks: number
    readonly echoes: number
    readonly payloads: number
    readonly invariants: number
    readonly counters: number
  }
  /** Age of what stale reads did not show, in seconds; null: none was stale. */
  readonly staleSec: { readonly p50: number; readonly p95: number; readonly max: number } | null
}

export interface AuditCounts {
  readonly written: number
  readonly acknowledged: number
  /** Answered with a failure: not there, unless it says otherwise. */
  readonly failed: number
  /** No answer: may or may not have happened, and is never a loss by itself. */
  readonly uncertain: number
  /** Ids of the final read; null: there was none. */
  readonly read: number | null
}

export type AuditKind = 'lost' | 'duplicate' | 'phantom' | 'stale' | 'mixed' | 'torn' | 'invariant' | 'counter'

export interface AuditDefect {
  readonly kind: AuditKind
  readonly count: number
  /** Of how many that were looked at. */
  readonly of: number
  /** 95 % upper bound of its share of what was looked at. */
  readonly shareHigh: number | null
  readonly examples: readonly string[]
  readonly evidence: string
}
