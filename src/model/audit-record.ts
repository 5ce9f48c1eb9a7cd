/** What became of an attempt to write. `uncertain`: no answer, or one that promises nothing: it may or may not have happened. */
export type AuditOutcome = 'acknowledged' | 'failed' | 'uncertain'

/** One attempt to write, times on the run clock. */
export interface AuditWrite {
  /** Absent: the target gives the ids, and this one did not become known. */
  readonly id?: string
  readonly from: number
  /** Absent: it had not ended when its second was written down; a later line says how it did. */
  readonly to?: number
  readonly outcome?: AuditOutcome
  readonly version?: number
  /** An earlier line has its beginning. */
  readonly begun?: true
  /** The target gives the ids. */
  readonly anonymous?: true
}

/** A read of something that may have been written before: begun at `from`, and what it showed. */
export interface AuditReadBack {
  readonly id: string
  readonly from: number
  /** Whether it was there; of something with versions, which one. */
  readonly seen: boolean | number
}

/** Changes of one counter: how many attempts, and the sums of what they add (`up`) and take away (`down`, not positive). */
export interface AuditChanges {
  readonly begun: AuditSum
  readonly acknowledged: AuditSum
  readonly failed: AuditSum
  /** The largest single change, without its sign. */
  readonly largest: number
}

export interface AuditSum {
  readonly count: number
  readonly up: number
  readonly down: number
}

/** Conditions that were looked at, and a few of those that did not hold. */
export interface AuditTally {
  readonly count: number
  readonly broken: number
  readonly examples: readonly string[]
}

export interface AuditChecks {
  /** Answers that must give back what was sent. */
  readonly echoes?: AuditTally
  /** Payloads that must fit their checksum. */
  readonly payloads?: AuditTally
  /** By name. */
  readonly invariants?: Readonly<Record<string, AuditTally>>
}

/** What one worker has to say for the audit about one second. */
export interface AuditWork extends AuditChecks {
  readonly writes?: readonly AuditWrite[]
  readonly readBacks?: readonly AuditReadBack[]
  /** By name. */
  readonly counters?: Readonly<Record<string, AuditChanges>>
  /** Writes and reads beyond the most that are kept. */
  readonly skipped?: number
}

/** An id that was found, once unless `count` says otherwise. */
export type AuditFound = string | { readonly id: string; readonly count?: number; readonly version?: number }

/** Which function of the plan looked: `setup` says what was there before, `audit` what is there after a test, `teardown` after the run. */
export type AuditHook = { readonly hook: 'setup' | 'teardown' | 'auditCount' } | { readonly hook: 'audit'; readonly test: string }

/** A line of `audit.ndjson`: `t` is the run clock in seconds. */
export type AuditLine = { readonly t: number } & (
  | ({ readonly kind: 'audit-work'; readonly test: string; readonly worker: number } & AuditWork)
  | ({ readonly kind: 'audit-found'; readonly ids: readonly AuditFound[] } & AuditHook)
  /** What a counter holds in the end, and what it held before the test. */
  | ({ readonly kind: 'audit-total'; readonly counter: string; readonly value: number; readonly from: number } & AuditHook)
  | ({ readonly kind: 'audit-checks' } & AuditChecks & AuditHook)
  /** The function is over. `ids`: how many were given to `read`; null: it was not called. `error`: it broke off. */
  | ({ readonly kind: 'audit-read'; readonly ids: number | null; readonly error?: string } & AuditHook)
)

/** Writes and reads of one test that are kept: about 300 MB in memory, 100 MB on disk. */
export const mostAuditedOperations = 1_000_000
