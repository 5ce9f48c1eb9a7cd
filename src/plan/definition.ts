import type { HttpContext } from '../model/http-context.ts'
import type { ScenarioContext } from '../model/scenario-context.ts'

/** `'30s'`, `'500ms'`, `'2m'`, `'1h'`, or a number of milliseconds. */
export type Duration = string | number
/** `'50/s'`, `'3000/m'`, `'1/h'`, or a number per second. */
export type Rate = string | number
/** `'64kB'`, `'1MB'`, `'1GiB'`, or a number of bytes. */
export type Bytes = string | number

/** What `scenario(…)` returns: the functions of one kind of user. */
export interface Scenario {
  readonly kind: 'scenario'
  readonly start?: (context: ScenarioContext) => unknown
  readonly run: (context: ScenarioContext) => unknown
  readonly stop?: (context: ScenarioContext) => unknown
}

export interface ScenarioOptions<State, Shared> {
  /** Once for each virtual user (closed model) or arrival (open model); what it returns is `vu.state`. */
  start?(context: ScenarioContext<undefined, Shared>): State | Promise<State>
  /** One iteration. */
  run(context: ScenarioContext<State, Shared>): unknown
  /** Once at the end of each user, also when it failed. */
  stop?(context: ScenarioContext<State, Shared>): unknown
}

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
  readonly services: Readonly<Record<Services, ServiceHandle>>
  readonly signal: AbortSignal
}

export interface TeardownContext<Services extends string = string, Shared = unknown> extends SetupContext<Services> {
  /** What `setup` returned. */
  readonly shared: Shared
}

export interface TargetOptions<Services extends string = string> {
  /** Base of every relative request URL. */
  readonly url?: string
  /** Command that starts the target: `'node server.js'`, or a list of words. */
  readonly start?: string | readonly string[]
  /** Folder that `start` runs in; default: that of the nearest `package.json`. */
  readonly cwd?: string
  /** Environment variables of the target, added to those of proofload. */
  readonly env?: EnvironmentOptions | ((services: Readonly<Record<Services, ServiceHandle>>) => EnvironmentOptions)
  /** Path or URL that answers below 400 when the target is ready; default: the port accepts connections. */
  readonly ready?: string
  /** Default `'30s'`. */
  readonly readyTimeout?: Duration
  /** Time to stop by itself before it is killed; default `'10s'`. */
  readonly stopTimeout?: Duration
  /** Path or URL of a Prometheus page. */
  readonly metrics?: string
  /** Watch this process instead of starting one. */
  readonly pid?: number
  /** Watch the process that listens on this port. */
  readonly port?: number
  /** Limits for tests that have none of their own. */
  readonly limits?: LimitsOptions
  /** Allow faults inside its Node processes (`fault.blockEventLoop` …): a module of ours is preloaded into them. Default false. */
  readonly preload?: boolean
}

/** Laid on the target's processes when they start; a test with limits of its own starts the target afresh. What this machine cannot set is said. */
export interface LimitsOptions {
  /** Open files of each process (RLIMIT_NOFILE). */
  readonly files?: number
  /** Node's heap by its flag, and the whole process tree by a control group where this machine allows it. */
  readonly memory?: Bytes
  /** Cores that it may use; a fraction needs a control group. */
  readonly cpus?: number
  /** Largest file that it may write (RLIMIT_FSIZE). */
  readonly fileSize?: Bytes
  /** Processes and threads of its tree; needs a control group. */
  readonly processes?: number
}

export type EnvironmentOptions = Readonly<Record<string, string | number | boolean | undefined>>

export interface HttpOptions {
  /** The whole exchange, or each part; default `{ connect: '5s', total: '30s' }`, `firstByte` as `total`. */
  readonly timeout?: Duration | { readonly connect?: Duration; readonly firstByte?: Duration; readonly total?: Duration }
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Redirects to follow; default 5; 0: give the 3xx answer back. */
  readonly redirects?: number
  readonly tls?: {
    /** Check the server's certificate; default true. */
    readonly verify?: boolean
    readonly servername?: string
    /** PEM text, or path of a PEM file. */
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
  }
  /** `per-user`: each user has sockets of its own, as browsers do; `shared`: one pool a worker; `auto` (default): `per-user` when closed, `shared` when open. */
  readonly connections?: 'per-user' | 'shared' | 'auto'
  /** Sockets of one user to one origin; default 6. */
  readonly maxConnectionsPerUser?: number
  /** Sockets of one worker to one origin; default 4096. */
  readonly maxConnections?: number
  /** Default true. */
  readonly keepAlive?: boolean
  /** Source addresses in turn, to look like many clients: `'127.0.0.2-50'`, or a list. */
  readonly localAddresses?: string | readonly string[]
  /** Most bytes of a body to keep for the scenario; the rest is read and counted. Default `'8MB'`. */
  readonly keepBody?: Bytes
  /** An answer with more than this fails; default `'1GB'`. */
  readonly maxBody?: Bytes
  /** Default `'64KiB'`. */
  readonly maxHeader?: Bytes
}

/** A piece of a load over time: a ramp `{ to, over }` or a `{ hold }` of the level reached. `name` names its phase. */
export type StageOptions<Level> =
  | {
      readonly to: Level
      readonly over: Duration
      readonly from?: string | number
      readonly name?: string
      readonly hold?: never
    }
  | { readonly hold: Duration; readonly name?: string; readonly to?: never; readonly over?: never }

export type UsersOptions = number | readonly StageOptions<number>[]
export type ArrivalsOptions =
  | Rate
  | readonly StageOptions<Rate>[]
  | {
      readonly rate?: Rate
      readonly stages?: readonly StageOptions<Rate>[]
      /** `poisson` (default): independent users; `uniform`: evenly spaced. */
      readonly process?: 'poisson' | 'uniform'
      /** Most users at once; later arrivals wait, and their latency counts from when they should have started. Default 10,000. */
      readonly maxUsers?: number
    }
/** Levels held one after the other; each makes a phase such as `200 users` or `400/s`. */
export interface StepsOptions {
  readonly users?: readonly number[]
  readonly arrivals?: readonly Rate[]
  readonly each: Duration
}

/** The load of one scenario in `load: { … }`. */
export interface SideLoadOptions {
  readonly users?: UsersOptions
  readonly arrivals?: ArrivalsOptions
  readonly steps?: StepsOptions
  readonly iterations?: number
  readonly for?: Duration
  readonly maxUsers?: number
}

/** Rates (`'50/s'`) search arrivals, whole numbers search users. */
export interface CapacityOptions {
  /** A load that the target is sure to bear. */
  readonly from?: string | number
  /** The search never goes beyond it. */
  readonly to?: string | number
  /** Width of the answer as a share of its upper end; default `'5%'`. */
  readonly within?: string
  /** Shortest trial; default `'10s'`. */
  readonly minTrial?: Duration
  /** Longest trial; default `'2m'`. */
  readonly maxTrial?: Duration
  /** Longest wait between two trials for the target to be back at its baseline; default `'30s'`. */
  readonly settle?: Duration
  /** Twice the width and short trials only. */
  readonly quick?: boolean
  /** Of arrivals: `poisson` (default): independent users; `uniform`: evenly spaced. */
  readonly process?: 'poisson' | 'uniform'
  /** Most users at once when arrivals are searched; default 10,000. */
  readonly maxUsers?: number
}

export type ObjectiveList = readonly string[] | { readonly extend: readonly string[] }

/** Everything a test can say; `quick` can replace any of it. */
export interface TestKeys<Scenarios extends string = string> {
  /** What `--suite` selects; default `load`. In suite `stress` the target starts afresh for each test. */
  readonly suite?: string
  /** Closed model: this many users, each starting its next iteration when the last one ends. */
  readonly users?: UsersOptions
  /** Open model: users that arrive whether the target keeps up or not. */
  readonly arrivals?: ArrivalsOptions
  readonly steps?: StepsOptions
  /** This many iterations, shared by `users`, as fast as they can; `for` (default `'10m'`) limits the time. */
  readonly iterations?: number
  /** A file of times to replay, one a line: seconds from the start, or dates. */
  readonly trace?: string
  /** No load, only look. */
  readonly watch?: true
  /** Scenarios side by side, each with a load of its own. */
  readonly load?: { readonly [Name in Scenarios]?: SideLoadOptions }
  /** Searches the highest load under which the objectives hold; the search decides how long it lasts. */
  readonly capacity?: CapacityOptions
  /** Loads to hold once the capacity is known, as multiples of it: `[1.25, 1.5, 2, 3, 5]`. */
  readonly overload?: readonly number[]
  /** Length of each of them; default `'15s'`, or `minTrial` where that is longer. */
  readonly overloadFor?: Duration
  /** The greatest load that you expect, `'300/s'` or users: gives the headroom. */
  readonly peak?: string | number
  /** Limits on the target in this test, instead of those of `target`. */
  readonly limits?: LimitsOptions
  readonly faults?: readonly FaultEntry[]
  readonly nemesis?: unknown
  /** Length of the load, where stages do not give it. The warm-up is part of it. */
  readonly for?: Duration
  /** The first part of the load, left out of the judged numbers. */
  readonly warmup?: Duration
  /** How long running iterations may go on after the load ends; default `'10s'`. */
  readonly gracefulStop?: Duration
  /** Replaces the plan's list; `{ extend: […] }` adds to it. */
  readonly objectives?: ObjectiveList
  readonly stopWhen?: ObjectiveList
  /** Start the target afresh for this test; default: true in suite `stress`. */
  readonly fresh?: boolean
  /** Most users at once of an open load; default 10,000. */
  readonly maxUsers?: number
  /** Only these scenarios. */
  readonly scenarios?: readonly Scenarios[]
  /** Shares, instead of the plan's. */
  readonly mix?: { readonly [Name in Scenarios]?: number }
}

export interface TestOptions<Scenarios extends string = string> extends TestKeys<Scenarios> {
  /** What `--quick` changes. */
  readonly quick?: TestKeys<Scenarios>
}

export interface FaultEntry {
  /** From the start of the load. */
  readonly at: Duration
  readonly for?: Duration
  readonly fault: Fault
}

/** What `fault.…(…)` returns. */
export interface Fault {
  readonly kind: 'fault'
  readonly fault: string
}

export interface CpuPressureOptions {
  /** Default 1. */
  readonly cores?: number
  /** Of each core: `'80%'`; default `'100%'`. */
  readonly share?: string
}

export interface MemoryPressureOptions {
  readonly bytes: Bytes
  /** Ramped up over this time; default at once. */
  readonly over?: Duration
}

export type DiskFillOptions = {
  /** A folder on the disk to fill; default: that of temporary files. */
  readonly dir?: string
} & ({ readonly fill: Bytes; readonly leave?: never } | { readonly leave: Bytes; readonly fill?: never })

export interface FsyncStormOptions {
  /** Forced writes a second; default: as many as the disk takes. */
  readonly perSec?: number
  readonly dir?: string
}

/** What `probe.metrics(…)` returns. */
export interface Probe {
  readonly kind: 'metrics-page'
  readonly name: string
  readonly url: string
}

export interface PlanOptions<Scenarios extends string = string, Services extends string = string, Shared = unknown> {
  /** Default: the file's name. */
  readonly name?: string
  readonly services?: { readonly [Name in Services]: Service }
  readonly target?: TargetOptions<NoInfer<Services>>
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
  /** Once, after the tests. */
  teardown?(context: TeardownContext<NoInfer<Services>, NoInfer<Shared>>): unknown
  readonly http?: HttpOptions
  readonly probes?: readonly Probe[]
  /** Hosts (`host` or `host:port`) that requests may go to besides the target and the services. */
  readonly allowHosts?: readonly string[]
  /** Public hosts that you own, and that may be attacked. */
  readonly iOwn?: readonly string[]
  /** Most request, step, check and metric names kept apart; default 1,000. */
  readonly maxSeries?: number
  readonly dependencies?: unknown
  readonly nemesis?: unknown
}

/** What `plan(…)` returns: the default export of a plan file. */
export interface PlanDefinition {
  readonly kind: 'plan'
  /** As written; unchecked until it is resolved. */
  readonly options: Readonly<Record<string, unknown>>
}
