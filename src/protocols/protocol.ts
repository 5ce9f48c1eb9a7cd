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
  /** Protocol status (HTTP: 100…599), 0 without an answer; {@link answeredWithoutStatus}. */
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

/** The `status` of what was answered by a protocol that has none: its time counts, its status is not. */
export const answeredWithoutStatus = 1

/** Where a protocol reports to. One a worker; called on the hot path. */
export interface ExchangeObserver {
  /** `sinceMs`: when it began, where it is heard of only now: a message that was on its way. */
  started(nowMs: number, sinceMs?: number): void
  /** Called at each arrival of bytes from the target, for the watch on silence. */
  heard(nowMs: number): void
  ended(sample: ExchangeSample): void
  /** The number of exchanges that wait for a socket at its cap changed. */
  waiting(change: 1 | -1): void
  /** Adds to a counter that is no exchange: messages sent and received, closed connections. */
  count?(name: string, value: number): void
  /** Adds a value to a trend that is no exchange, such as the lifetime of a connection. */
  measure?(name: string, value: number): void
  /** Only with `--debug`: a readable account of a request or an answer. */
  debug?(text: string): void
}

/** The part of a protocol that one user of one worker has. */
export interface ProtocolUser {
  /** The user's iteration is over: what was opened for it alone is closed. */
  endIteration?(): void
  /** Everything in flight fails at once, as `aborted`. */
  abort(): void
  /** The user's end: what it holds is closed. */
  close(): void
}

/** A protocol in one worker and test. */
export interface ProtocolWorker {
  /** Closes every socket; what is in flight fails as `aborted`. */
  closeAll(): void
}

/** The user on whose behalf a protocol works, as the protocol needs to know it. */
export interface ProtocolOwner {
  /** Taken away: nothing of it counts any more. */
  readonly gone: boolean
  /** It runs its `start`: what is opened now lasts as long as the user. */
  readonly starting?: boolean
  /** What a call of a user who is gone is answered with. */
  goneError(): Error
  /** Its code goes on, now that an exchange has ended well or not. */
  resumes(ok: boolean): void
  /** Code of its that nobody waits for threw. */
  threw(error: unknown): void
  /** When its next exchange should have started; NaN: now. Asked once an exchange. */
  takeDue(): number
}

export function emptySample(): ExchangeSample {
  return {
    name: '',
    intendedMs: 0.5,
    sentMs: 0.5,
    endMs: 0.5,
    bytesIn: 0,
    bytesOut: 0,
    status: 0,
    failure: undefined,
    failureMessage: '',
    retryAfter: false,
    queueMs: 0.5,
    dnsMs: 0.5,
    connectMs: 0.5,
    tlsMs: 0.5,
    firstByteMs: 0.5,
    downloadMs: 0.5,
  }
}
