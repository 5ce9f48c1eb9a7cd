import type { DatabaseAction } from './process-fault.ts'

/**
 * A link is a way that bytes go: from the users to the `target`, or from the target to a service or a dependency of the plan. Our proxy stands in
 * the middle of a link that a test breaks. `up` is away from whoever opened the connection, `down` is back to it.
 */
export interface LinkSpec {
  /** `target`, or the name of a service or a dependency. */
  readonly name: string
  /** What the proxy understands of it: any bytes, requests and answers, or PostgreSQL's messages. */
  readonly protocol: LinkProtocol
  /** Where the proxy connects to. */
  readonly upstream: { readonly host: string; readonly port: number }
}

export type LinkProtocol = 'tcp' | 'http' | 'postgres'

export type Direction = 'up' | 'down' | 'both'

/** Of the delays that a latency draws: `delayMs` is the mean, `jitterMs` the standard deviation (uniform: half the width; pareto, lognormal: with a long tail). */
export type DelayDistribution = 'uniform' | 'normal' | 'lognormal' | 'pareto'

/** What is done to a link. `on` names it. */
export type LinkAction = TransportAction | HttpAction | PostgresAction

export type TransportAction =
  /** Nobody is there: open connections are reset, new ones refused. */
  | { readonly kind: 'down'; readonly on: string }
  /** New connections are refused (ECONNREFUSED); open ones live on. */
  | { readonly kind: 'refuse'; readonly on: string }
  /** A TCP reset on open connections and on new ones; or each after so many bytes of answer, or so long after its first byte. */
  | { readonly kind: 'reset'; readonly on: string; readonly afterBytes?: number; readonly afterMs?: number }
  /** New connections are accepted and closed at once. */
  | { readonly kind: 'accept-then-close'; readonly on: string }
  /** New connections are accepted, and nothing is ever read from them. */
  | { readonly kind: 'hang'; readonly on: string }
  /** New connections are not even accepted: the kernel's queue is full and SYNs go unanswered. */
  | { readonly kind: 'syn-blackhole'; readonly on: string }
  /** Bytes of one direction vanish; nothing is closed. */
  | { readonly kind: 'blackhole'; readonly on: string; readonly direction: 'up' | 'down' }
  /** Bytes of both directions vanish, and new connections get no answer: a cable that was pulled. */
  | { readonly kind: 'cut'; readonly on: string }
  /** `firstByte`: only the first byte of each answer after a request is late. */
  | {
      readonly kind: 'latency'
      readonly on: string
      readonly delayMs: number
      readonly jitterMs: number
      readonly distribution: DelayDistribution
      readonly direction: Direction
      readonly firstByte: boolean
    }
  /** `shared`: all connections together, else each of its own. */
  | {
      readonly kind: 'bandwidth'
      readonly on: string
      readonly bytesPerSec: number
      readonly direction: Direction
      readonly shared: boolean
    }
  /** Bytes arrive in pieces of about `bytes`, `delayMs` apart. */
  | {
      readonly kind: 'slice'
      readonly on: string
      readonly bytes: number
      readonly delayMs: number
      readonly direction: Direction
    }
  /** A connection is closed after so many bytes of answers. */
  | { readonly kind: 'limit-bytes'; readonly on: string; readonly bytes: number }
  /** Each byte has one bit turned over with the probability `share`. */
  | { readonly kind: 'corrupt'; readonly on: string; readonly share: number; readonly direction: Direction }
  /** The answering side says that it is done after the first bytes of its answer, and goes on listening. */
  | { readonly kind: 'half-close'; readonly on: string }
  /** The end of a connection is passed on so much later. */
  | { readonly kind: 'slow-close'; readonly on: string; readonly delayMs: number }
  /** In turn up for `upMs` and down (as `down`) for `downMs`, down first. */
  | { readonly kind: 'flap'; readonly on: string; readonly upMs: number; readonly downMs: number }
  /** More connections than that are closed at once. */
  | { readonly kind: 'connection-limit'; readonly on: string; readonly connections: number }

export type HttpAction =
  /** Answered by the proxy, the service never sees the request. `retryAfter`: `true` says when the fault ends, a number of seconds says that, whatever is true. */
  | { readonly kind: 'status'; readonly on: string; readonly status: number; readonly retryAfter?: true | number }
  /** The answer's head comes byte by byte over `overMs`. */
  | { readonly kind: 'slow-headers'; readonly on: string; readonly overMs: number }
  /** The answer's body comes in drops over `overMs`. */
  | { readonly kind: 'slow-body'; readonly on: string; readonly overMs: number }
  /** The connection is closed after this share (0..1) of the answer's body. */
  | { readonly kind: 'truncate-body'; readonly on: string; readonly share: number }
  /** The request reaches the service, its answer is thrown away and the connection reset: nobody knows whether the work was done, and it was. */
  | { readonly kind: 'lose-answer'; readonly on: string }
  /** The request is delivered twice; the second answer is thrown away. */
  | { readonly kind: 'duplicate-delivery'; readonly on: string }

export type PostgresAction =
  /** 53300: at connect; 57P01: in the middle of a statement, the connection is lost; 40001: for a statement, the transaction fails. */
  | { readonly kind: 'postgres-error'; readonly on: string; readonly code: '53300' | '57P01' | '40001' }
  /** COMMIT reaches the database, and the connection is reset before its answer. */
  | { readonly kind: 'lose-commit'; readonly on: string }

/** Which of those that cross a link a fault meets: exactly one of `share`, `first`, `every`, or all. */
export interface FaultScope {
  /** Of HTTP: `POST /orders`, `/files/*`; the path without its query. */
  readonly where?: string
  /** 0..1, drawn by the seed of the run: of requests where the fault is on requests, else of connections. */
  readonly share?: number
  readonly first?: number
  readonly every?: number
}

/** Of the faults of a database, the one that is done on its link: the answers to the target's connections are held back. */
export type ToxicAction = LinkAction | Extract<DatabaseAction, { kind: 'exhaust-pool' }>

/** A toxic is a fault on a link as the proxy has it. */
export interface ToxicSpec {
  /** Unique on its link. */
  readonly id: string
  readonly action: ToxicAction
  readonly scope?: FaultScope
  readonly seed: number
  /** It goes away by itself after so long, whoever has died. */
  readonly lifeMs: number
  /** How long the plan wants it, which an honest Retry-After tells; absent: as long as it lives. */
  readonly forMs?: number
}

/** What a link has done since it was opened. */
export interface LinkCounts {
  readonly connections: number
  /** Now. */
  readonly open: number
  /** Connections that the proxy did not bring to the upstream: refused, reset, closed at once. */
  readonly broken: number
  /** Of HTTP: requests; of PostgreSQL: statements (simple queries and executions); of other bytes: turns, a run of bytes up that follows bytes down. */
  readonly calls: number
  /** Calls with an answer that is no failure: HTTP below 500, PostgreSQL without an error. */
  readonly answered: number
  /** Calls that failed: a status of 500 or more, an error, no answer before the connection ended. */
  readonly failed: number
  /** Of HTTP and PostgreSQL: connections that spoke something else (TLS, HTTP/2), or went over to it: only their bytes are counted. Absent: none. */
  readonly opaque?: number
  /** Of PostgreSQL: connections in use now, their time in use in connection-seconds, and log-ins that the database refused with 53300. Absent: none. */
  readonly busy?: number
  readonly busySec?: number
  readonly tooMany?: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** By toxic: connections or calls that met it. */
  readonly crossed: Readonly<Record<string, number>>
}
