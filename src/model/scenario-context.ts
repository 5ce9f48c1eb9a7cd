import type { AuditContext } from './audit-context.ts'
import type { HttpContext } from './http-context.ts'
import type { SqlContext } from './sql-context.ts'
import type { TcpContext, WebSocketContext } from './message-context.ts'

/** What a scenario function is called with; its functions are properties, because plans take them apart (`{ check, think }`). `S`: what `start` returned; `Shared`: what the plan's `setup` returned. */
export interface ScenarioContext<S = unknown, Shared = unknown> {
  readonly http: HttpContext
  /** A PostgreSQL database, loaded directly. */
  readonly sql: SqlContext
  readonly ws: WebSocketContext
  readonly tcp: TcpContext
  readonly vu: VirtualUser<S, Shared>
  /** Counts a condition; a false one makes the iteration fail. Returns the condition. */
  readonly check: (name: string, holds: boolean) => boolean
  /** Waits: `think('1s')` exactly, `think('500ms', '2s')` uniformly between. The end of the load does not shorten it, its graceful stop may cut it off. */
  readonly think: (duration: string | number, upTo?: string | number) => Promise<void>
  /** Makes this iteration last at least this long, measured from its start; call it anywhere in the iteration. */
  readonly pace: (duration: string | number) => void
  /** Times a group of requests, or any function, under a name. Failures inside count as failures of the step. */
  readonly step: <T>(name: string, body: () => T | Promise<T>) => Promise<T>
  readonly metric: MetricContext
  /** What was written, for the question whether it is there in the end. */
  readonly audit: AuditContext
  /** Aborted when the load ends; pass it to whatever waits. */
  readonly signal: AbortSignal
}

export interface MetricContext {
  /** Adds a value to a metric declared with `metric.trend`, `metric.counter` or `metric.gauge`. */
  add(metric: MetricHandle, value: number): void
}

export interface MetricHandle {
  readonly metric: string
  readonly kind: 'trend' | 'counter' | 'gauge'
}

/** A data feed as plans hold it; the type parameter is the shape of a row. */
export interface Feed<Row> {
  readonly feed: number
  /** Never set: carries the type of a row. */
  readonly row?: Row
}

export interface VirtualUser<S = unknown, Shared = unknown> {
  /** Unique in the run, from 1. */
  readonly id: number
  /** Iterations that this user has begun, from 0. */
  readonly iteration: number
  readonly scenario: string
  readonly worker: number
  /** What `start` returned. */
  readonly state: S
  /** What the plan's `setup` returned. */
  readonly shared: Shared
  /** Connection strings of the plan's services. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** A `unique` feed: this user's row, the same at every call. `random`, `shared`: another row at every call. */
  row<Row>(feed: Feed<Row>): Row
  /** Seeded, in [0, 1). */
  random(): number
}
