import type { Duration } from './units.ts'

export interface SqlOptions<Services extends string = string> {
  /** The service that a statement goes to which names none; default: the only `service.postgres(…)` of the plan. */
  readonly service?: Services
  /** Connections of one worker to one database; statements beyond wait for one. Default 10. */
  readonly maxConnections?: number
  /** Default `'5s'`. */
  readonly connectTimeout?: Duration
  /** Of a statement, from the call to the answer, the wait for a connection included; default `'30s'`. */
  readonly timeout?: Duration
  /** `statement_timeout` of the connections: the database gives up by itself. Default: that of the database. */
  readonly statementTimeout?: Duration
  /** Prepare each statement once a connection and use it again; default false. */
  readonly prepare?: boolean
}
