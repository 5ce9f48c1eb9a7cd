import type { ServiceHandle } from './service.ts'
import type { Bytes, Duration } from './units.ts'

export interface TargetOptions<Services extends string = string> {
  /** Base of every relative request URL. */
  readonly url?: string
  /** Command that starts the target: `'node server.js'`, or a list of words. */
  readonly start?: string | readonly string[]
  /** Folder that `start` runs in; default: that of the nearest `package.json`. */
  readonly cwd?: string
  /** Environment variables of the target, added to those of proofload. */
  readonly env?: EnvironmentOptions | ((services: Readonly<Record<Services | 'alerts', ServiceHandle>>) => EnvironmentOptions)
  /** Path or URL that answers below 400 when the target is ready; default: the port accepts connections. */
  readonly ready?: string
  /** Default `'30s'`. */
  readonly readyTimeout?: Duration
  /** Time to stop by itself before it is killed; default `'10s'`. */
  readonly stopTimeout?: Duration
  /** Path or URL of a Prometheus page. */
  readonly metrics?: string
  /** What that page says of itself, to be compared with what is seen. */
  readonly monitor?: MonitorOptions
  /** Watch this process instead of starting one. */
  readonly pid?: number
  /** Watch the process that listens on this port. */
  readonly port?: number
  /** Limits for tests that have none of their own. */
  readonly limits?: LimitsOptions
  /** Allow faults inside its Node processes (`fault.blockEventLoop` …): a module of ours is preloaded into them. Default false. */
  readonly preload?: boolean
}

/** A series is a name, or a name with matchers as in PromQL: `'http_requests_total{code!~"5.."}'`; what fits is added up. */
export interface MonitorOptions {
  /** Counter of all requests; or, for each series, the names of those that it counts: `'GET /rooms'`, `['GET *', 'POST *']`. */
  readonly requests?: string | Readonly<Record<string, string | readonly string[]>>
  /** Other counters, with the counter of ours that they are compared with: `{ chat_messages_total: 'ws.sent' }`. */
  readonly counts?: Readonly<Record<string, string | readonly string[]>>
  /** Histogram or summary of the time that requests took, without `_bucket`; or for each series the names of its requests. */
  readonly latency?: string | Readonly<Record<string, string | readonly string[]>>
  /** A page that is answered later is lost; default `'10s'`, as Prometheus has it. */
  readonly within?: Duration
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
