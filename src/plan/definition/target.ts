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
