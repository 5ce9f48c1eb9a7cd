import type { NemesisOptions } from './fault.ts'
import type { HttpOptions } from './http.ts'
import type { LimiterOptions } from './limiter.ts'
import type { AlertOptions } from './alert.ts'
import type { Scenario } from './scenario.ts'
import type { AuditCountContext, AuditHookContext, Service, SetupContext, TeardownContext } from './service.ts'
import type { SqlOptions } from './sql.ts'
import type { TargetOptions } from './target.ts'
import type { TestOptions } from './test.ts'

/** What `probe.metrics(…)` returns. */
export interface Probe {
  readonly kind: 'metrics-page'
  readonly name: string
  readonly url: string
}

export interface PlanOptions<
  Scenarios extends string = string,
  Services extends string = string,
  Shared = unknown,
  Dependencies extends string = string,
> {
  /** Default: the file's name. */
  readonly name?: string
  readonly services?: { readonly [Name in Services]: Service }
  /** What the target depends on and the plan does not start: `'http://127.0.0.1:9000'`, `'postgres://…'`, `'tcp://…'`; given to `env` of the target. */
  readonly dependencies?: { readonly [Name in Dependencies]: string }
  readonly target?: TargetOptions<NoInfer<Services | Dependencies>>
  /** Rate limiters of the target, for objectives such as `'limiter(login) = enforced'`. */
  readonly limiters?: Readonly<Record<string, LimiterOptions<NoInfer<Shared>>>>
  readonly scenarios?: { readonly [Name in Scenarios]: Scenario }
  /** Shares of the users or arrivals; equal when absent. */
  readonly mix?: { readonly [Name in NoInfer<Scenarios>]?: number }
  /** What must hold in every test that has no list of its own, e.g. `'p95 < 100ms'`. */
  readonly objectives?: readonly string[]
  /** What ends the run at once, e.g. `'target.memory > 1GB'`. */
  readonly stopWhen?: readonly string[]
  readonly tests: Readonly<Record<string, TestOptions<NoInfer<Scenarios>>>>
  /** Once, before the tests; what it returns is `vu.shared`. It crosses to worker threads: plain data only. */
  setup?(context: SetupContext<NoInfer<Services>>): Shared | Promise<Shared>
  /** After each test whose scenarios keep an audit, when its load is over and its faults are undone: reads what is there. */
  audit?(context: AuditHookContext<NoInfer<Services>, NoInfer<Shared>>): unknown
  /** How many failed log-ins the target's own audit log has: asked before and after each attack on its log-in. */
  auditCount?(context: AuditCountContext<NoInfer<Services>, NoInfer<Shared>>): number | Promise<number>
  /** Once, after the tests. */
  teardown?(context: TeardownContext<NoInfer<Services>, NoInfer<Shared>>): unknown
  readonly http?: HttpOptions
  /** How scenarios load databases. */
  readonly sql?: SqlOptions<NoInfer<Services>>
  readonly probes?: readonly Probe[]
  /** What the target's own alerts promise, by their names. `env` of the target is given the address for them: `({ alerts }) => ({ ALERT_WEBHOOK: alerts.url })`. */
  readonly alerts?: Readonly<Record<string, AlertOptions>>
  /** Hosts (`host` or `host:port`) that requests may go to besides the target and the services. */
  readonly allowHosts?: readonly string[]
  /** Public hosts that you own, and that may be attacked. */
  readonly iOwn?: readonly string[]
  /** Most request, step, check and metric names kept apart; default 1,000. */
  readonly maxSeries?: number
  /** Of tests in suite `soak` that have none of their own. */
  readonly nemesis?: NemesisOptions
  /** For tests that do not say it themselves: begin with the data as `setup` has left it; default false. */
  readonly isolate?: boolean
}

/** What `plan(…)` returns: the default export of a plan file. */
export interface PlanDefinition {
  readonly kind: 'plan'
  /** As written; unchecked until it is resolved. */
  readonly options: Readonly<Record<string, unknown>>
}
