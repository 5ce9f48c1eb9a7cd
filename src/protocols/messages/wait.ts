import type { MessageResult } from '../../model/message-context.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { Timed } from '../deadlines.ts'
import { answeredWithoutStatus } from '../protocol.ts'
import type { Channel } from './channel.ts'
import { inShort } from './describe-message.ts'
import type { Received } from './received.ts'
import { report } from './report.ts'
import type { Expect, WaitRules } from './wait-rules.ts'

/** What ends a wait: a message that matches (of `next`, what came before it is dropped), the one with this value under this key, or a pong. */
export type Awaited =
  | { readonly kind: 'next' | 'match'; readonly matches: ((message: unknown) => boolean) | undefined }
  | { readonly kind: 'key'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'pong' }

/** Somebody waits on a connection: to its one sample and its one result. */
export class Wait implements Timed {
  deadlineMs: number
  deadlineIndex = -1
  bytesOut = 0
  ended = false
  readonly awaited: Awaited
  readonly promise: Promise<MessageResult<unknown>>
  readonly #channel: Channel
  readonly #name: string
  readonly #calledMs: number
  readonly #intendedMs: number
  readonly #timeoutMs: number
  readonly #expect: Expect | undefined
  // The executor of a promise runs at once.
  #resolve: (result: MessageResult<unknown>) => void = () => undefined

  constructor(channel: Channel, name: string, awaited: Awaited, { timeoutMs, expect }: WaitRules) {
    const { engine, user } = channel
    this.#channel = channel
    this.#name = name
    this.awaited = awaited
    this.#timeoutMs = timeoutMs
    this.#expect = expect
    this.#calledMs = engine.now()
    const dueMs = user.owner.takeDue()
    this.#intendedMs = Number.isNaN(dueMs) ? this.#calledMs : dueMs
    this.deadlineMs = this.#calledMs + timeoutMs
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    engine.observer.started(this.#calledMs)
    engine.deadlines.add(this)
  }

  /** It is what was waited for. // hot */
  accepts(received: Received): boolean {
    const { awaited } = this
    switch (awaited.kind) {
      case 'next':
      case 'match':
        return awaited.matches === undefined || awaited.matches(received.value)
      case 'key': {
        const { value } = received
        // Bytes and text have no such key; an object's is compared as it is.
        return typeof value === 'object' && value !== null && (value as Record<string, unknown>)[awaited.key] === awaited.value
      }
      case 'pong':
        return false
    }
  }

  /** `nowMs`: when it came; a pong is nothing that was received. // hot */
  succeed(received: Received | undefined, nowMs: number): void {
    // A listener may ask for what it is just being told.
    const endMs = Math.max(nowMs, this.#calledMs)
    if (this.ended || (this.#expect !== undefined && !this.#meets(this.#expect, received, endMs))) return
    this.#end(endMs, received?.size ?? 0, undefined)
    this.#resolve(new Answer(received, endMs - this.#calledMs))
  }

  fail(failure: FailureKind, failureMessage: string): void {
    if (this.ended) return
    const endMs = this.#channel.engine.now()
    this.#end(endMs, 0, { kind: failure, message: failureMessage })
    this.#resolve({ ok: false, failure, failureMessage, ms: endMs - this.#calledMs })
  }

  expire(): void {
    this.#channel.forget(this)
    this.fail('timeout', `nothing that matches came within ${this.#timeoutMs} ms`)
  }

  abort(): void {
    this.fail('aborted', 'the load was stopped')
  }

  /** What the plan gave cannot be used, or threw: so does the call. */
  reject(error: unknown): void {
    if (this.ended) return
    this.#end(this.#channel.engine.now(), 0, {
      kind: 'exception',
      message: `what the plan gave cannot be used: ${String(error)}`,
    })
    this.#resolve(Promise.reject(error instanceof Error ? error : new Error(String(error))) as never) // a promise that is resolved with another one ends as it does
  }

  /** What came is good; else the wait is over with it. */
  #meets(expect: Expect, received: Received | undefined, endMs: number): boolean {
    const message = received?.value
    try {
      if (expect(message)) return true
    } catch (error) {
      this.reject(error)
      return false
    }
    const failureMessage = `not what was expected: ${inShort(message)}`
    this.#end(endMs, received?.size ?? 0, { kind: 'status', message: failureMessage, status: answeredWithoutStatus })
    this.#resolve({ ok: false, message, failure: 'status', failureMessage, ms: endMs - this.#calledMs })
    return false
  }

  // hot
  #end(endMs: number, bytesIn: number, failure: Failed | undefined): void {
    const { engine, user } = this.#channel
    this.ended = true
    engine.deadlines.remove(this)
    user.owner.resumes(failure === undefined)
    report(engine, {
      name: this.#name,
      intendedMs: this.#intendedMs,
      sentMs: this.bytesOut > 0 ? this.#calledMs : 0,
      endMs,
      bytesIn,
      bytesOut: this.bytesOut,
      status: failure?.status,
      failure: failure?.kind,
      failureMessage: failure?.message ?? '',
    })
  }
}

interface Failed {
  readonly kind: FailureKind
  readonly message: string
  readonly status?: number
}

/** What a wait ends well with. Its message is read when it is first asked for: who only wants to know that it came, pays for no parsing. */
class Answer {
  readonly ok = true
  readonly ms: number
  readonly #received: Received | undefined

  constructor(received: Received | undefined, ms: number) {
    this.#received = received
    this.ms = ms
  }

  get message(): unknown {
    return this.#received?.value
  }

  toJSON(): object {
    return { ok: this.ok, message: this.message, ms: this.ms }
  }
}
