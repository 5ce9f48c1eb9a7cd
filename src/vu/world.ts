import type { ToolError } from '../base/errors.ts'
import type { Recorder } from '../metrics/index.ts'
import type { FailureKind } from '../model/sample.ts'
import type { PlanCode } from '../plan/index.ts'
import type { HttpUser } from '../protocols/http1/index.ts'
import type { ProtocolOwner } from '../protocols/index.ts'
import type { SqlUser } from '../protocols/sql/index.ts'
import type { TcpUser } from '../protocols/tcp/index.ts'
import type { WsUser } from '../protocols/ws/index.ts'
import type { AuditDesk } from './audit/audit-desk.ts'
import type { LoadMeter } from './load-meter.ts'
import type { Feeds } from './feeds.ts'
import type { RunClock } from './run-clock.ts'
import type { VirtualUser } from './virtual-user.ts'

/** What all users of one test in one worker share. */
export interface World {
  readonly worker: number
  readonly seed: number
  readonly shared: unknown
  readonly services: Readonly<Record<string, { readonly url: string }>>
  readonly clock: RunClock
  readonly recorder: Recorder
  readonly meter: LoadMeter
  readonly audit: AuditDesk
  readonly code: PlanCode
  readonly feeds: Feeds
  /** Aborted when the load ends. */
  readonly signal: AbortSignal
  readonly attribution: Attribution
  openHttp(shared: boolean): HttpUser
  openSql(owner: ProtocolOwner): SqlUser
  openWs(owner: ProtocolOwner): WsUser
  openTcp(owner: ProtocolOwner): TcpUser
  /** Keeps an example of a failure that is not a request's. */
  example(failure: FailureKind, name: string, message: string | (() => string), user: VirtualUser): void
  /** Path of the bundled plan. */
  readonly bundle: string
  /** Busy share of this thread's loop in the last window. */
  loopBusy(): number
  /** Something that ends the whole run. */
  fatal(error: ToolError): void
}

/** Whose code is running. Set wherever a user's code is about to go on, which is exact as long as one event of the loop resumes one user; for logs and examples only. */
export interface Attribution {
  user: VirtualUser | undefined
  /** Turns of the event loop in which something came from outside. */
  turns: number
}
