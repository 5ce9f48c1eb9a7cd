import type { Bytes, Duration } from './units.ts'

/** What `fault.…(…)` returns. */
export interface Fault {
  readonly kind: 'fault'
  readonly fault: string
}

/** Which of those that cross a link a fault meets; without any of it: all. At most one of `percent`, `first` and `every`. */
export interface FaultReach {
  /** Of HTTP: `'POST /orders'`, `'/files/*'`; the path without its query. */
  readonly where?: string
  /** `'20%'` of the requests where the fault is on requests, else of the connections, drawn by the seed of the run. */
  readonly percent?: string
  /** Only the first so many. */
  readonly first?: number
  /** Every so manieth. */
  readonly every?: number
}

export interface FaultEntry extends FaultReach {
  /** From the start of the load. */
  readonly at: Duration
  /** How long it stays; a restart may go without. */
  readonly for?: Duration
  readonly fault: Fault
}

/** Faults again and again: each `every` one of them, drawn by the seed of the run, for `for`. */
export interface NemesisOptions {
  /** Of the first one, from the start of the load; default: `every`. */
  readonly from?: Duration
  readonly every: Duration
  readonly for: Duration
  readonly faults: readonly (Fault | (FaultReach & { readonly fault: Fault }))[]
}

/** `up` is away from whoever opened the connection, `down` is back to it. */
export type FaultDirection = 'up' | 'down' | 'both'

export interface LatencyOptions {
  /** Of the delays: the standard deviation, or half the width of `uniform`; default none. */
  readonly jitter?: Duration
  /** Default `normal`. */
  readonly distribution?: 'uniform' | 'normal' | 'lognormal' | 'pareto'
  /** Default `down`. */
  readonly direction?: FaultDirection
  /** Only the first byte of each answer is late; default false. */
  readonly firstByte?: boolean
}

export interface BandwidthOptions {
  /** Default `both`. */
  readonly direction?: FaultDirection
  /** All connections together instead of each of its own; default false. */
  readonly shared?: boolean
}

export interface SliceOptions {
  /** Of a piece; default `'100B'`. */
  readonly bytes?: Bytes
  /** Between two pieces; default `'10ms'`. */
  readonly delay?: Duration
  /** Default `down`. */
  readonly direction?: FaultDirection
}

export interface CorruptOptions {
  /** Of the bytes that have a bit turned over; default `'0.1%'`. */
  readonly share?: string
  /** Default `down`. */
  readonly direction?: FaultDirection
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
