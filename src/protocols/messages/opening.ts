import type { FailureKind } from '../../model/sample.ts'
import type { Timed } from '../deadlines.ts'
import type { Channel } from './channel.ts'
import { report } from './report.ts'
import type { Opened } from './wire.ts'

/** A connection on its way from the call to its first message: its one sample, good or bad. */
export class Opening implements Timed {
  deadlineMs: number
  deadlineIndex = -1
  ended = false
  readonly promise: Promise<void>
  readonly calledMs: number
  readonly #channel: Channel
  readonly #name: string
  readonly #intendedMs: number
  readonly #timeoutMs: number
  readonly #connectMs: number
  readonly #totalDeadlineMs: number
  #isConnected = false
  // The executor of a promise runs at once.
  #resolve: () => void = () => undefined

  /** `connectMs`: within it the socket must stand, TLS not included. */
  constructor(channel: Channel, name: string, { timeoutMs, connectMs }: { timeoutMs: number; connectMs: number }) {
    const { engine, user } = channel
    this.#channel = channel
    this.#name = name
    this.#timeoutMs = timeoutMs
    this.#connectMs = connectMs
    this.calledMs = engine.now()
    const dueMs = user.owner.takeDue()
    this.#intendedMs = Number.isNaN(dueMs) ? this.calledMs : dueMs
    this.#totalDeadlineMs = this.calledMs + timeoutMs
    this.deadlineMs = Math.min(this.#totalDeadlineMs, this.calledMs + connectMs)
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    engine.observer.started(this.calledMs)
    engine.deadlines.add(this)
  }

  /** The TCP connection stands. */
  connected(): void {
    this.#isConnected = true
    this.deadlineMs = this.#totalDeadlineMs
    this.#channel.engine.deadlines.moved(this)
  }

  succeed(opened: Opened): void {
    const { status, sentMs, dnsMs, connectMs, tlsMs, handshakeMs } = opened
    if (this.ended) return
    this.#end(true)
    report(this.#channel.engine, {
      name: this.#name,
      intendedMs: this.#intendedMs,
      sentMs,
      endMs: this.#channel.engine.now(),
      ...(status === 0 ? {} : { status }),
      dnsMs,
      connectMs,
      tlsMs,
      firstByteMs: handshakeMs,
    })
    this.#resolve()
  }

  fail(failure: FailureKind, failureMessage: string, { status, retryAfter }: { status: number; retryAfter: boolean }): void {
    if (this.ended) return
    this.#end(false)
    report(this.#channel.engine, {
      name: this.#name,
      intendedMs: this.#intendedMs,
      sentMs: 0,
      endMs: this.#channel.engine.now(),
      status,
      failure,
      failureMessage,
      retryAfter,
    })
    this.#resolve()
  }

  expire(nowMs: number): void {
    if (this.#isConnected || nowMs >= this.#totalDeadlineMs)
      this.#channel.refused('timeout', `not open within ${this.#timeoutMs} ms`)
    else this.#channel.refused('timeout-connect', `no connection within ${this.#connectMs} ms`)
  }

  abort(): void {
    this.#channel.abort()
  }

  #end(ok: boolean): void {
    this.ended = true
    this.#channel.engine.deadlines.remove(this)
    this.#channel.user.owner.resumes(ok)
  }
}
