import type { AlertSpec } from './alert-spec.ts'
import type { AttackSpec } from './attack-spec.ts'
import type { CapacitySpec } from './capacity-spec.ts'
import type { FaultSpec, NemesisSpec } from './fault-spec.ts'
import type { LimiterSpec } from './limiter-spec.ts'
import type { LinkProtocol } from './link-fault.ts'
import type { LimitsSpec } from './limits-spec.ts'
import type { LoadAssignment } from './load-spec.ts'
import type { MonitorSpec } from './monitor-spec.ts'
import type { ObjectiveSpec } from './objective-spec.ts'
import type { VariantSpec } from './variant-spec.ts'

/** A plan after defaults, overlays and validation: plain data, without the user's functions (those stay in the bundle, found by name). */
export interface PlanSpec {
  /** The file's name without `.plan.ts` or `.ts`. */
  readonly name: string
  /** Absolute path of the plan file; empty for an ad-hoc run. */
  readonly file: string
  /** Folder that relative paths in the plan start from. */
  readonly dir: string
  /** SHA-256 of the bundle: two runs with the same fingerprint ran the same code. */
  readonly fingerprint: string
  readonly target?: TargetSpec
  readonly services: Readonly<Record<string, ServiceSpec>>
  /** What the target depends on and proofload does not start. */
  readonly dependencies?: Readonly<Record<string, DependencySpec>>
  /** Rate limiters of the target, for objectives `limiter(NAME)`. */
  readonly limiters?: readonly LimiterSpec[]
  readonly scenarios: readonly ScenarioSpec[]
  readonly http: HttpSpec
  readonly sql: SqlSpec
  readonly feeds: readonly FeedSpec[]
  readonly metrics: readonly MetricSpec[]
  readonly probes: readonly ProbeSpec[]
  /** What the target's own alerts promise; absent: they are not received. */
  readonly alerts?: readonly AlertSpec[]
  readonly tests: readonly TestSpec[]
  /** Hosts (`host` or `host:port`) that requests may go to besides the target and the services. */
  readonly allowHosts: readonly string[]
  /** Public hosts that the user declares to own. */
  readonly iOwn: readonly string[]
  readonly hasSetup: boolean
  readonly hasTeardown: boolean
  /** Most request, step, check and metric names that are kept apart; the rest is counted under `(other)`. */
  readonly maxSeries: number
}

export interface ScenarioSpec {
  readonly name: string
  readonly hasStart: boolean
  readonly hasStop: boolean
}

export interface TargetSpec {
  /** Base of every relative request URL, without a trailing slash; absent for a target in process. */
  readonly url?: string
  /** Command that starts the target, split into words. */
  readonly start?: readonly string[]
  readonly cwd: string
  /** Attach to a running process instead of starting one; `port`: the process that listens there. */
  readonly attach?: { readonly pid: number } | { readonly port: number }
  /** Path or URL that answers below 400 once the target is ready. */
  readonly ready?: string
  readonly readyTimeoutSec: number
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSec: number
  /** Path or URL of a Prometheus page of the target. */
  readonly metrics?: string
  /** For tests that have none of their own; resolved into each test. */
  readonly limits?: LimitsSpec
  /** Faults inside its Node processes are allowed: a module of ours is preloaded into them. */
  readonly preload?: boolean
}

export type ServiceSpec = PostgresSpec | ProcessServiceSpec

export interface PostgresSpec {
  readonly kind: 'postgres'
  readonly maxConnections: number
  readonly settings: Readonly<Record<string, string>>
  /** Absolute path of a file of statements that are run once, when it has been started. */
  readonly setup?: string
  /** Use the database at this environment variable instead of starting one. */
  readonly urlFromEnv?: string
}

/** A command that the plan starts beside the target: something that the target depends on. */
export interface ProcessServiceSpec {
  readonly kind: 'process'
  readonly protocol: LinkProtocol
  /** Its address, as the target is given it; port 0: a free one, which the process has as PORT in its environment. */
  readonly url: string
  /** Split into words. */
  readonly start: readonly string[]
  readonly cwd: string
  /** Added to our own environment. */
  readonly env: Readonly<Record<string, string>>
  /** Path or URL that answers below 400 once it is ready. */
  readonly ready?: string
  readonly readyTimeoutSec: number
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSec: number
}

export interface DependencySpec {
  readonly protocol: LinkProtocol
  readonly host: string
  readonly port: number
  /** Of an HTTP dependency: path below which it lies, without a trailing slash. */
  readonly path: string
}

export interface HttpSpec {
  readonly connectTimeoutMs: number
  readonly firstByteTimeoutMs: number
  readonly timeoutMs: number
  readonly headers: Readonly<Record<string, string>>
  readonly maxRedirects: number
  /** `per-user`: each user has sockets of its own; `shared`: a keep-alive pool a worker. */
  readonly connections: 'per-user' | 'shared' | 'auto'
  /** Sockets per origin of one user (`per-user`) or of one worker (`shared`). */
  readonly maxConnectionsPerUser: number
  readonly maxConnections: number
  readonly keepAlive: boolean
  readonly maxHeaderBytes: number
  readonly maxBodyBytes: number
  /** Bodies beyond this are read and counted, but not kept. */
  readonly keptBodyBytes: number
  /** Source addresses used in turn; empty: the kernel's choice. */
  readonly localAddresses: readonly string[]
  readonly tls: TlsSpec
}

/** How scenarios load databases. */
export interface SqlSpec {
  /** The service that a statement goes to which names none; absent: there is not exactly one database. */
  readonly service?: string
  /** Of one worker to one database. */
  readonly maxConnections: number
  readonly connectTimeoutMs: number
  /** Of a statement, from the call to the answer. */
  readonly timeoutMs: number
  /** `statement_timeout` of the connections; 0: that of the database. */
  readonly statementTimeoutMs: number
  readonly prepare: boolean
}

export interface TlsSpec {
  readonly rejectUnauthorized: boolean
  readonly servername?: string
  /** PEM texts. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

export interface FeedSpec {
  /** Order of declaration in the plan: the same in every thread. */
  readonly id: number
  readonly path: string
  readonly format: 'csv' | 'json'
  readonly pick: 'unique' | 'random' | 'shared'
  readonly whenEmpty: 'error' | 'wrap'
  readonly rows: number
  /** Of a CSV file; absent: a comma. */
  readonly delimiter?: string
}

export interface MetricSpec {
  readonly name: string
  readonly kind: 'trend' | 'counter' | 'gauge'
  /** Of a trend: what its values are measured in. */
  readonly unit: 'ms' | 'bytes' | 'count'
}

export type ProbeSpec =
  | { readonly kind: 'process' }
  | { readonly kind: 'host' }
  | { readonly kind: 'postgres'; readonly service: string }
  | { readonly kind: 'metrics-page'; readonly name: string; readonly url: string; readonly monitor?: MonitorSpec }
  /** `ready` of the target, asked while a test has faults. */
  | { readonly kind: 'readiness'; readonly url: string }

export interface TestSpec {
  readonly name: string
  readonly suite: string
  /** The key that gave the load: `users`, `arrivals`, `steps`, `iterations`, `trace`, `watch`, `load` or `capacity`. */
  readonly kind: 'users' | 'arrivals' | 'steps' | 'iterations' | 'trace' | 'watch' | 'load' | 'capacity'
  /** Empty for a capacity search, whose trials each bring their own. */
  readonly loads: readonly LoadAssignment[]
  readonly capacity?: CapacitySpec
  /** Length of the load, warm-up included, without the graceful stop; of a capacity search, 0: nobody knows before. */
  readonly durationSec: number
  readonly warmupSec: number
  /** How long running iterations may go on after the load ends. */
  readonly gracefulStopSec: number
  readonly phases: readonly PhaseSpec[]
  readonly objectives: readonly ObjectiveSpec[]
  readonly stopWhen: readonly ObjectiveSpec[]
  /** Start the target afresh for this test. */
  readonly fresh: boolean
  /** Begins with the data as the plan's `setup` has left it. */
  readonly isolate?: boolean
  readonly limits?: LimitsSpec
  readonly faults?: readonly FaultSpec[]
  readonly attacks?: readonly AttackSpec[]
  /** Faults again and again, drawn by the run's seed: made into `faults` when the run begins. */
  readonly nemesis?: NemesisSpec
  /** Links that go through our proxy in this test: `target`, services, dependencies. In other tests they are direct. */
  readonly links?: readonly string[]
  /** Which variant of a test it is, where the plan compares several. */
  readonly variant?: VariantSpec
}

/** A named part of a test, in seconds from its start. */
export interface PhaseSpec {
  readonly name: string
  readonly fromSec: number
  readonly toSec: number
}
