import type { FinalAudit } from '../../model/audit-context.ts'
import type { HttpContext } from '../../model/http-context.ts'
import type { SqlContext } from '../../model/sql-context.ts'
import type { EnvironmentOptions } from './target.ts'
import type { Duration } from './units.ts'

/** What `service.postgres(…)` and `service.process(…)` return. */
export type Service = (PostgresOptions & { readonly kind: 'postgres' }) | (ProcessOptions & { readonly kind: 'process' })

export interface ProcessOptions {
  /** Command that starts it: `'node payments.js'`, or a list of words. */
  readonly start: string | readonly string[]
  /** Its address, which the target is given. Port 0: a free one, which the process finds as `PORT` in its environment. Default `'http://127.0.0.1:0'`. */
  readonly url?: string
  /** Folder that `start` runs in; default: that of the nearest `package.json`. */
  readonly cwd?: string
  /** Environment variables, added to those of proofload. */
  readonly env?: EnvironmentOptions
  /** Path or URL that answers below 400 when it is ready; default: the port accepts connections. */
  readonly ready?: string
  /** Default `'30s'`. */
  readonly readyTimeout?: Duration
  /** Time to stop by itself before it is killed; default `'10s'`. */
  readonly stopTimeout?: Duration
}

export interface PostgresOptions {
  /** The server's limit of connections; default 100. */
  readonly maxConnections?: number
  /** Lines of `postgresql.conf`, e.g. `{ shared_buffers: '256MB' }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Path of a file of SQL statements that are run once it has been started, such as `'schema.sql'`. A database at `url` is left as it is. */
  readonly setup?: string
  /** Use this database instead of starting one: `url: env('DATABASE_URL')`. */
  readonly url?: string
}

export interface ServiceHandle {
  readonly url: string
}

/** What `setup` and `teardown` are called with. */
export interface SetupContext<Services extends string = string> {
  /** Requests that are not measured. */
  readonly http: HttpContext
  /** Statements that are not measured. */
  readonly sql: SqlContext
  readonly services: Readonly<Record<Services, ServiceHandle>>
  readonly signal: AbortSignal
  /** What is there: in `setup` before the tests, in `teardown` in the end. */
  readonly audit: FinalAudit
}

export interface TeardownContext<Services extends string = string, Shared = unknown> extends SetupContext<Services> {
  /** What `setup` returned. */
  readonly shared: Shared
}

/** What the plan's `auditCount` is called with. */
export interface AuditCountContext<Services extends string = string, Shared = unknown> extends Omit<
  TeardownContext<Services, Shared>,
  'audit'
> {
  /** Id of the attack that is about to begin, or is over. */
  readonly attack: string
}

/** What the plan's `audit` is called with. */
export interface AuditHookContext<Services extends string = string, Shared = unknown> extends TeardownContext<Services, Shared> {
  /** Name of the test that is over. */
  readonly test: string
}
