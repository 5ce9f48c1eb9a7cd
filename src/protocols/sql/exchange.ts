import type { SqlTimings } from '../../model/sql-context.ts'
import type { Connection } from './connection.ts'
import type { Engine } from './engine.ts'
import type { SqlFailure } from './failures.ts'
import { answeredWithoutStatus } from '../protocol.ts'

/** The times of one statement or transaction, and its report. */
export class Exchange {
  readonly name: string
  readonly #engine: Engine
  readonly #askedMs: number
  readonly #intendedMs: number
  #isQueued = false
  #queueMs = 0
  #connectMs = 0
  #sentMs = 0
  #endMs = 0
  #bytesIn = 0
  #bytesOut = 0

  /** `intendedMs`: when it should have begun; NaN: now. */
  constructor(engine: Engine, name: string, intendedMs: number) {
    this.name = name
    this.#engine = engine
    this.#askedMs = engine.now()
    this.#intendedMs = Number.isNaN(intendedMs) ? this.#askedMs : intendedMs
    engine.observer.started(this.#askedMs)
  }

  get intendedMs(): number {
    return this.#intendedMs
  }

  /** Waits for a connection. */
  queued(): void {
    this.#isQueued = true
  }

  /** Has one, or was refused one. */
  connected(connectMs: number): void {
    this.#connectMs = connectMs
    if (this.#isQueued) this.#queueMs = Math.max(0, this.#engine.now() - this.#askedMs - connectMs)
  }

  /** About to be written. */
  sending(connection: Connection): void {
    this.#sentMs = this.#engine.now()
    this.#bytesIn = connection.bytesIn
    this.#bytesOut = connection.bytesOut
  }

  /** Whether anything was written. */
  get sent(): boolean {
    return this.#sentMs > 0
  }

  // hot
  end(failure: SqlFailure | undefined, connection: Connection | undefined): void {
    const { observer, sample, now } = this.#engine
    const endMs = (this.#endMs = now())
    const counted = this.sent && connection !== undefined
    sample.name = this.name
    sample.intendedMs = this.#intendedMs
    sample.sentMs = this.#sentMs
    sample.endMs = endMs
    sample.bytesIn = counted ? connection.bytesIn - this.#bytesIn : 0
    sample.bytesOut = counted ? connection.bytesOut - this.#bytesOut : 0
    sample.status = failure === undefined || failure.answered ? answeredWithoutStatus : 0
    sample.failure = failure?.kind
    sample.failureMessage = failure?.message ?? ''
    sample.retryAfter = false
    sample.queueMs = this.#queueMs
    sample.connectMs = this.#connectMs
    sample.dnsMs = sample.tlsMs = sample.firstByteMs = sample.downloadMs = 0
    observer.ended(sample)
    observer.debug?.(
      `${this.name} ${failure === undefined ? 'answered' : `failed: ${failure.kind}, ${failure.message}`} (${(endMs - this.#askedMs).toFixed(1)} ms)`,
    )
  }

  get timings(): SqlTimings {
    return {
      queue: this.#queueMs,
      connect: this.#connectMs,
      service: this.sent ? Math.max(0, this.#endMs - this.#sentMs) : 0,
    }
  }
}
