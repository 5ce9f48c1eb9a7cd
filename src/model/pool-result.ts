import type { DatabaseRoom } from './pool-step.ts'

/** A connection pool of the target, seen from outside (D13). */
export interface PoolResult {
  /** The database that it leads to. */
  readonly link: string
  readonly verdict: PoolVerdict
  readonly reason: string
  /** Every defect that a test showed; the first is the verdict. */
  readonly defects: readonly PoolVerdict[]
  readonly tests: readonly PoolTestResult[]
  /** Connections in use at its limit, and whose limit it is; null: it was not reached. */
  readonly limit: { readonly of: 'pool' | 'database'; readonly connections: number } | null
  readonly database: DatabaseRoom | null
  /** Before anything was done. */
  readonly usual: PoolUse | null
  /** While every connection was in use. */
  readonly full: FullPool | null
  /** From the release until requests are answered as before; null: not seen. */
  readonly recoverySec: number | null
  /** Connections in use at the limit when it was looked for again; null: it was not. */
  readonly limitAgain: number | null
  readonly steps: readonly PoolStepResult[]
  readonly databaseFull: DatabaseFull | null
  readonly size: PoolSize | null
}

export type PoolVerdict = 'OK' | 'HANGS' | 'SLOW_FAIL' | 'NO_LIMIT' | 'NOT_RECOVERED' | 'LEAKS' | 'UNKNOWN'

export type PoolTestId = 'limit' | 'refusal' | 'collateral' | 'recovery' | 'given-back' | 'size' | 'database-full'

export interface PoolTestResult {
  readonly id: PoolTestId
  readonly title: string
  /** `skipped`: no time for it, or it makes no sense after what was found. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'skipped'
  readonly evidence: string
}

/** What requests make of the connections. */
export interface PoolUse {
  /** Seconds from the start of the load. */
  readonly fromSec: number
  readonly toSec: number
  /** Requests a second that need a connection. */
  readonly perSec: number
  /** Of all requests. */
  readonly offeredPerSec: number
  /** Connections in use on average. */
  readonly busy: number
  /** A request's time on a connection: busy / perSec (Little's law). */
  readonly holdSec: number
  readonly requests: number
}

export interface FullPool {
  /** Seconds from the start of the load: between them every connection was in use. */
  readonly fromSec: number
  readonly toSec: number
  /** `refused`: an error at once; `time-out`: an error after a wait; `hang`: no answer until the clients' time-out or the release. */
  readonly failure: 'refused' | 'time-out' | 'hang' | 'unknown'
  /** Of what was answered with an error. */
  readonly waitP50Ms: number | null
  readonly waitP95Ms: number | null
  readonly errors: number
  readonly unanswered: number
  readonly endpoints: readonly PoolEndpoint[]
}

export interface PoolEndpoint {
  readonly name: string
  readonly outcome: 'goes on' | 'fails' | 'waits' | 'partly' | 'unknown'
  readonly usualPerSec: number
  /** Answered well while the pool was full. */
  readonly goodPerSec: number
}

export interface PoolStepResult {
  readonly held: number
  readonly left: number
  readonly fromSec: number
  readonly toSec: number
  /** Of the goodput that there was before. */
  readonly goodput: number
  readonly p95Ms: number | null
  /** As before, but for the requests on the connections that were held. */
  readonly isBorne: boolean
}

export interface DatabaseFull {
  readonly fromSec: number
  readonly toSec: number
  /** It was seen that the database takes nobody else. */
  readonly isProven: boolean
  readonly errorShare: number
  /** Connections of the target that the database refused. */
  readonly refused: number
  readonly evidence: string
}

/** By Little's law and Erlang's C formula. */
export interface PoolSize {
  /** Requests a second that need a connection. */
  readonly perSec: number
  readonly holdSec: number
  /** The test's own load, or the `peak` that the plan tells. */
  readonly by: 'load' | 'peak'
  /** perSec × holdSec: connections in use on average. */
  readonly erlang: number
  readonly connections: number
  /** Share of the requests that wait for one of so many. */
  readonly waitShare: number
  /** What is left to ordinary users of the database is enough for so many instances of it; null: nobody asked. */
  readonly instances: number | null
}
