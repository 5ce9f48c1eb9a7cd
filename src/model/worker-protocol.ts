import type { AuditWork } from './audit-record.ts'
import type { PlanSpec, TestSpec } from './plan-spec.ts'
import type { WorkerWindow } from './sample.ts'

/** What a worker needs to begin: nothing else is shared. Plain data, so that it can cross a network as well as a thread border. */
export interface WorkerInit {
  readonly protocol: number
  readonly worker: number
  readonly workers: number
  /** Absolute path of the bundled plan; empty for an ad-hoc run. */
  readonly bundle: string
  readonly plan: PlanSpec
  readonly seed: number
  /** What the plan's `setup` returned. */
  readonly shared: unknown
  /** Where the services listen: `vu.services.db.url`. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** Values that must not appear in anything written. */
  readonly secrets: readonly string[]
  /** Zero of the run clock, as `process.hrtime.bigint()` in nanoseconds (shared by all threads of a machine). */
  readonly runStartNs: string
  /** Says which thread it is, to be given real-time priority. */
  readonly realtime: boolean
  /** Print every request and answer. */
  readonly debug: boolean
}

export type ToWorker =
  /** Begin this test; its load starts at `startSec` on the run clock. */
  | {
      readonly type: 'test'
      readonly test: TestSpec
      readonly startSec: number
      /** Of a search: counts from 1, and gives each trial arrivals of its own. */
      readonly trial?: number
      /** By origin (`http://127.0.0.1:8080`): where sockets connect to instead, while URL and Host stay as they are. */
      readonly routes?: Readonly<Record<string, { readonly host: string; readonly port: number }>>
    }
  /** End the load now: `graceful` lets running iterations finish within the test's limit, otherwise sockets close at once. */
  | { readonly type: 'stop'; readonly graceful: boolean }
  | { readonly type: 'exit' }

export type FromWorker =
  /** `thread`: its id for the operating system, when it was asked for. */
  | { readonly type: 'ready'; readonly thread?: number }
  | { readonly type: 'window'; readonly window: WorkerWindow }
  /** Only of a test whose scenarios keep an audit. */
  | { readonly type: 'audit'; readonly test: string; readonly worker: number; readonly atSec: number; readonly work: AuditWork }
  | {
      readonly type: 'log'
      readonly test: string
      readonly level: 'info' | 'warn' | 'error'
      readonly text: string
      readonly user: number
      readonly iteration: number
      readonly atSec: number
    }
  /** Lines of `--debug`. */
  | { readonly type: 'debug'; readonly text: string }
  /** Something that ends the run with this error: an exhausted feed, a host that is not allowed, a plan that throws in a worker. */
  | { readonly type: 'error'; readonly code: string; readonly text: string; readonly hint?: string }
  | { readonly type: 'test-done'; readonly test: string }
