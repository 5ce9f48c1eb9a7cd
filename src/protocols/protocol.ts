import type { FailureKind } from '../model/sample.ts'

/** One finished exchange. The object is reused: copy what must be kept. Times are milliseconds on the worker's clock (`performance.now()`). */
export interface ExchangeSample {
  name: string
  /** When it should have started: the arrival's due time for its first request, else when the scenario asked for it. */
  intendedMs: number
  /** First byte written; 0 if it never was. */
  sentMs: number
  endMs: number
  bytesIn: number
  bytesOut: number
  /** Protocol status (HTTP: 100…599), 0 without an answer. */
  status: number
  /** Absent: well. */
  failure: FailureKind | undefined
  failureMessage: string
  /** It was refused for now (HTTP: 429, 503), and the answer says when to come back. */
  retryAfter: boolean
  /** Parts in ms; 0: did not happen. */
  queueMs: number
  dnsMs: number
  connectMs: number
  tlsMs: number
  firstByteMs: number
  downloadMs: number
}

/** Where a protocol reports to. One a worker; called on the hot path. */
export interface ExchangeObserver {
  started(nowMs: number): void
  /** Called at each arrival of bytes from the target, for the watch on silence. */
  heard(nowMs: number): void
  ended(sample: ExchangeSample): void
  /** The number of exchanges that wait for a socket at its cap changed. */
  waiting(change: 1 | -1): void
  /** Only with `--debug`: a readable account of a request or an answer. */
  debug?(text: string): void
}
