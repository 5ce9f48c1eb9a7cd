import type {
  BandwidthOptions,
  Bytes,
  CorruptOptions,
  CpuPressureOptions,
  DiskFillOptions,
  Duration,
  Fault,
  FsyncStormOptions,
  LatencyOptions,
  MemoryPressureOptions,
  SliceOptions,
} from '../definition/index.ts'

// A builder only names the fault and carries what was given; `read-….ts` read it, and say what is wrong.

/** Faults of the way to `target`, or from the target to a service or a dependency of the plan: `on` names it. */
const links = {
  /** Nobody is there: open connections are reset, new ones refused. */
  down: (on: string) => made('down', { on }),
  /** New connections are refused; open ones live on. */
  refuse: (on: string) => made('refuse', { on }),
  /** Open and new connections are reset; `after` so much of an answer (`'10kB'`), or so long after its first byte (`'200ms'`). */
  reset: (on: string, options: { readonly after?: string } = {}) => made('reset', { ...options, on }),
  /** New connections are accepted and closed at once. */
  acceptThenClose: (on: string) => made('acceptThenClose', { on }),
  /** New connections are accepted and never answered. */
  hang: (on: string) => made('hang', { on }),
  /** New connections are not even accepted. */
  synBlackhole: (on: string) => made('synBlackhole', { on }),
  /** Bytes of one direction vanish (default `down`, the answers); nothing is closed. */
  blackhole: (on: string, options: { readonly direction?: 'up' | 'down' } = {}) => made('blackhole', { ...options, on }),
  /** A cable that was pulled: bytes of both directions vanish, new connections get no answer. */
  cut: (on: string) => made('cut', { on }),
  /** Everything is late by `delay` (default `'200ms'`). */
  latency: (on: string, delay?: Duration, options: LatencyOptions = {}) => made('latency', { ...options, on, delay }),
  /** Bytes a second, `'100kB'` by default, of each connection or of all together. */
  bandwidth: (on: string, perSec?: Bytes, options: BandwidthOptions = {}) => made('bandwidth', { ...options, on, perSec }),
  /** Bytes arrive in small pieces. */
  slice: (on: string, options: SliceOptions = {}) => made('slice', { ...options, on }),
  /** A connection is closed after so many bytes of answers. */
  limitBytes: (on: string, bytes: Bytes) => made('limitBytes', { on, bytes }),
  /** Some bytes have one bit turned over. */
  corrupt: (on: string, options: CorruptOptions = {}) => made('corrupt', { ...options, on }),
  /** The answering side says that it is done after the first bytes of its answer. */
  halfClose: (on: string) => made('halfClose', { on }),
  /** The end of a connection is passed on late, by `'5s'` by default. */
  slowClose: (on: string, delay?: Duration) => made('slowClose', { on, delay }),
  /** Down and up in turn, a second each by default, down first. */
  flap: (on: string, options: { readonly up?: Duration; readonly down?: Duration } = {}) => made('flap', { ...options, on }),
  /** More connections than that are closed at once. */
  connectionLimit: (on: string, connections: number) => made('connectionLimit', { on, connections }),
}

/** Faults of requests and answers, on links that speak HTTP. */
const http = {
  /** Answered with this status (default 503) in place of the service. `retryAfter`: true tells the end of the fault, a duration tells that. */
  status: (on: string, status?: number, options: { readonly retryAfter?: true | Duration } = {}) =>
    made('status', { ...options, on, status }),
  /** The head of an answer comes byte by byte over this time (default `'10s'`). */
  slowHeaders: (on: string, over?: Duration) => made('slowHeaders', { on, over }),
  /** The body of an answer comes in drops over this time (default `'10s'`). */
  slowBody: (on: string, over?: Duration) => made('slowBody', { on, over }),
  /** The connection is closed after this share of the body (default `'50%'`). */
  truncateBody: (on: string, share?: string) => made('truncateBody', { on, share }),
  /** The request is worked on, its answer thrown away and the connection reset. */
  loseAnswer: (on: string) => made('loseAnswer', { on }),
  /** The request is delivered twice; the second answer is thrown away. */
  duplicate: (on: string) => made('duplicate', { on }),
}

/** Faults of PostgreSQL: of what crosses the link to it, and in the database itself. */
const databases = {
  /** `53300`: too many clients, at connect; `57P01`: ended by the administrator, in a statement; `40001`: a transaction that must be repeated. */
  postgresError: (on: string, code: '53300' | '57P01' | '40001') => made('postgresError', { on, code }),
  /** COMMIT reaches the database, and the connection is reset before its answer. */
  loseCommit: (on: string) => made('loseCommit', { on }),
  /** Its connections are used up, but for `leave` of them (default 0). */
  exhaustConnections: (on: string, options: { readonly leave?: number } = {}) => made('exhaustConnections', { ...options, on }),
  /** The target's back ends are ended: once, or again and again. */
  killBackends: (on: string, options: { readonly every?: Duration } = {}) => made('killBackends', { ...options, on }),
  /** A table is locked: whoever uses it waits. */
  lockTable: (on: string, table: string) => made('lockTable', { on, table }),
  /** A transaction stays open and idle. */
  longTransaction: (on: string) => made('longTransaction', { on }),
  /** New transactions may only read. */
  readOnly: (on: string) => made('readOnly', { on }),
  /** Answers are held back until the target's pool is in use to the last connection; or `connections` of it. */
  exhaustPool: (on: string, options: { readonly connections?: number } = {}) => made('exhaustPool', { ...options, on }),
}

/** Faults of a process with its children: `target`, a service, or a process id. */
const processes = {
  /** Stopped (SIGSTOP), and continued at the end. */
  pause: (on: string | number) => made('pause', { on }),
  /** Killed (SIGKILL), and started again at the end. */
  kill: (on: string | number) => made('kill', { on }),
  /** Asked to end (SIGTERM), with all the time it wants, and started again at the end. */
  terminate: (on: string | number) => made('terminate', { on }),
  /** Killed and started, again and again (default every `'5s'`). */
  crashLoop: (on: string, options: { readonly every?: Duration } = {}) => made('crashLoop', { ...options, on }),
  /** Asked to end, and started again as soon as it has. */
  restart: (on: string) => made('restart', { on }),
  /** It gets only this share of the processor's time (default `'50%'`). */
  cpuQuota: (on: string | number, share?: string) => made('cpuQuota', { on, share }),
}

/** Faults inside a Node target, with `preload: true` in `target`. */
const inside = {
  /** The event loop is busy for `block` (default `'500ms'`), again `every` (default `'1s'`). */
  blockEventLoop: (options: { readonly block?: Duration; readonly every?: Duration } = {}) => made('blockEventLoop', options),
  /** Garbage of so many bytes a second (default `'200MB'`). */
  gcPressure: (options: { readonly perSec?: Bytes } = {}) => made('gcPressure', options),
  /** Files held open in the process itself. */
  openFiles: (options: { readonly count: number }) => made('openFiles', options),
  /** Look-ups of names answer late (default `'2s'`). */
  slowDns: (options: { readonly delay?: Duration } = {}) => made('slowDns', options),
  /** Look-ups of names fail (default `ENOTFOUND`). */
  failDns: (options: { readonly code?: 'ENOTFOUND' | 'EAI_AGAIN' | 'ETIMEOUT' } = {}) => made('failDns', options),
}

/** Pressure on the resources of the machine. */
const pressure = {
  /** Busy loops on some cores, for a share of the time. */
  cpu: (options: CpuPressureOptions = {}) => made('cpu', options),
  /** Memory taken and touched; a tenth of the machine's is always left. */
  memory: (options: MemoryPressureOptions) => made('memory', options),
  /** Files held open beside the target. */
  files: (options: { readonly count: number }) => made('files', options),
  /** A disk filled by so much, or until so little is left; a twentieth always is. */
  disk: (options: DiskFillOptions) => made('disk', options),
  /** Small writes, each forced to the disk. */
  fsync: (options: FsyncStormOptions = {}) => made('fsync', options),
}

export const fault = { ...links, ...http, ...databases, ...processes, ...inside, ...pressure }

function made(fault: string, figures: object): Fault {
  return { ...figures, kind: 'fault', fault }
}
