import { ToolError } from '../../base/errors.ts'
import type {
  AnswerOptions,
  Closing,
  Deliveries,
  DeliveryOptions,
  MessageConnection,
  MessageResult,
  OutgoingMessage,
  WaitOptions,
  WebSocketConnection,
} from '../../model/message-context.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { DeliveryLog } from './delivery-log.ts'
import { describeMessage } from './describe-message.ts'
import { Inbox } from './inbox.ts'
import { Listeners } from './listeners.ts'
import type { MessageEngine } from './message-engine.ts'
import { messageKind } from './message-name.ts'
import type { ChannelRules } from './message-rules.ts'
import type { MessageUser } from './message-user.ts'
import { Opening } from './opening.ts'
import { Received } from './received.ts'
import { report } from './report.ts'
import { readStamp } from './stamp.ts'
import type { Awaited } from './wait.ts'
import { Wait } from './wait.ts'
import { checkKeys, waitRules } from './wait-rules.ts'
import type { Opened, Wire } from './wire.ts'

interface Failure {
  readonly kind: FailureKind
  readonly message: string
}

type Answer = ((message: unknown) => boolean) | { readonly key: string }

/**
 * One connection and everybody who waits on it.
 *
 * | state   | opened | refused, time-out | close()           | they close, it breaks | abort  |
 * |---------|--------|-------------------|-------------------|-----------------------|--------|
 * | opening | open   | closed            | closed            | closed                | closed |
 * | open    | –      | –                 | closing           | closed                | closed |
 * | closing | –      | –                 | –                 | closed                | closed |
 * | closed  | –      | –                 | –                 | –                     | –      |
 */
export class Channel implements WebSocketConnection<unknown> {
  readonly engine: MessageEngine
  readonly user: MessageUser
  readonly rules: ChannelRules
  readonly opening: Opening
  status = 0
  ok = false
  subprotocol = ''
  timings: MessageConnection<unknown>['timings'] = unopened
  closing: Closing | undefined
  readonly #inbox: Inbox
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #wire: Wire | undefined
  #openedMs = 0
  /** Why it was not opened, or why it ended. */
  #why: Failure | undefined
  #messageName: string | undefined
  #listeners: Listeners | undefined
  #deliveries: DeliveryLog[] | undefined
  #whenClosed: ((closing: Closing) => void)[] | undefined

  constructor(engine: MessageEngine, user: MessageUser, rules: ChannelRules) {
    this.engine = engine
    this.user = user
    this.rules = rules
    this.#inbox = new Inbox(rules.unread)
    this.opening = new Opening(this, rules.name, rules)
    engine.channels.add(this)
    user.enter(this)
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get failure(): string | undefined {
    return this.#why?.kind
  }

  get failureMessage(): string | undefined {
    return this.#why?.message
  }

  /** From now on there is a socket to let go of. */
  attach(wire: Wire): void {
    this.#wire = wire
  }

  opened(opened: Opened): void {
    if (this.#state !== 'opening') return
    const { dnsMs, connectMs, tlsMs, handshakeMs, status } = opened
    this.#state = 'open'
    this.ok = true
    this.status = status
    this.#openedMs = this.engine.now()
    this.timings = { dns: dnsMs, connect: connectMs, tls: tlsMs, handshake: handshakeMs }
    if (this.rules.delivery) this.deliveries()
    this.engine.observer.debug?.(`${this.rules.name} opened in ${(this.#openedMs - this.opening.calledMs).toFixed(1)} ms`)
    this.opening.succeed(opened)
  }

  /** The opening failed. */
  refused(kind: FailureKind, message: string, { status = 0, retryAfter = false } = {}): void {
    if (this.#state !== 'opening') return
    this.#why = { kind, message }
    this.status = status
    this.engine.observer.debug?.(`${this.rules.name} failed: ${message} (${kind})`)
    this.#end({ code: 0, reason: message, by: 'lost' })
    this.opening.fail(kind, message, { status, retryAfter })
    this.#wire?.destroy()
  }

  /** A message has come. // hot */
  received(text: string | undefined, bytes: Uint8Array | undefined, size: number): void {
    const { observer, counters } = this.engine
    const nowMs = this.engine.now()
    observer.heard(nowMs)
    if (this.#state !== 'open') return
    observer.count?.(counters.received, 1)
    if (observer.debug !== undefined) observer.debug(describeMessage('<', this.#name('message from'), text ?? bytes ?? ''))
    const received = new Received(text, bytes, size)
    if (this.#deliveries !== undefined) this.#deliver(this.#deliveries, received, nowMs)
    this.#listeners?.received(received)
    this.#inbox.put(received)
  }

  pong(): void {
    this.engine.observer.heard(this.engine.now())
    this.#inbox.takePing()?.succeed(undefined, 0)
  }

  /** The socket is gone, or the other side says why it goes. `failure`: what was wrong with it, if anything. */
  closed(code: number, reason: string, by: 'them' | 'lost', failure: Failure | undefined): void {
    if (this.#state === 'closed') return
    if (this.#state === 'opening') {
      this.refused(failure?.kind ?? 'closed-early', failure?.message ?? 'closed before it was open')
      return
    }
    if (this.#state === 'closing') {
      this.#end({ code, reason, by: 'us' })
      return
    }
    const why: Failure = failure ?? { kind: 'closed-early', message: `closed by the other side${describe(code, reason)}` }
    this.#why = why
    this.#end({ code, reason, by })
    const waits = this.#inbox.takeAll()
    for (const wait of waits) wait.fail(why.kind, why.message)
    // Nobody would know of it otherwise.
    if (failure !== undefined && waits.length === 0) this.#reportFailure('connection', why)
  }

  /** Lets go of the socket now: what waits fails as `aborted`. */
  abort(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'opening') {
      this.refused('aborted', 'the load was stopped')
      return
    }
    this.#end({ code: 1006, reason: 'the load was stopped', by: 'us' })
    for (const wait of this.#inbox.takeAll()) wait.abort()
    this.#wire?.destroy()
  }

  /** Nobody waits for it any longer. */
  forget(wait: Wait): void {
    this.#inbox.leave(wait)
  }

  // hot
  send(message: OutgoingMessage): boolean {
    this.user.check()
    return this.#put(message) >= 0
  }

  /** Not an async function, which costs a promise and two turns of the queue more. // hot */
  next(
    matches?: ((message: unknown) => boolean) | null,
    within?: string | AnswerOptions<unknown>,
  ): Promise<MessageResult<unknown>> {
    try {
      return this.#next(matches ?? undefined, within)
    } catch (error) {
      return Promise.reject(asError(error))
    }
  }

  /** hot */
  request(
    message: OutgoingMessage,
    answer?: Answer | null,
    within?: string | AnswerOptions<unknown>,
  ): Promise<MessageResult<unknown>> {
    try {
      return this.#request(message, answer ?? undefined, within)
    } catch (error) {
      return Promise.reject(asError(error))
    }
  }

  async ping(within?: string | WaitOptions): Promise<MessageResult<undefined>> {
    this.user.check()
    if (this.#wire !== undefined && this.#wire.ping === undefined)
      throw new ToolError('PLAN_INVALID', 'Expected `ping` of a WebSocket: TCP has none that a server answers.')
    const rules = waitRules('ping', within, this.engine.usualWait.timeoutMs)
    const wait = new Wait(this, rules.name ?? this.#name('ping'), { kind: 'pong' }, rules)
    if (this.isOpen) wait.bytesOut = this.#wire?.ping?.() ?? 0
    return this.#wait(wait) as Promise<MessageResult<undefined>> // a pong carries nothing
  }

  on(event: 'message', call: (message: unknown) => void): () => void
  on(event: 'close', call: (closing: Closing) => void): () => void
  on(event: 'message' | 'close', call: ((message: unknown) => void) | ((closing: Closing) => void)): () => void {
    this.#listeners ??= new Listeners(this.user.owner)
    return this.#listeners.add(event, call as (value: unknown) => void) // the event says which of the two it is
  }

  stamp(message: string, stream?: string): string
  stamp<M extends object>(message: M, stream?: string): M
  stamp(message: string | object, stream = ''): string | object {
    const mark = this.user.stampFor(stream)
    if (typeof message === 'string') return `${message} ${mark}`
    if (message instanceof Uint8Array || Array.isArray(message))
      throw new ToolError('PLAN_INVALID', 'Expected `stamp` to be given a text or an object, got a list or bytes.')
    return { ...message, stamp: mark }
  }

  deliveries(stream?: string, options: DeliveryOptions<unknown> = {}): Deliveries {
    checkKeys('deliveries', options, ['name', 'resume', 'where'])
    const { resume = false, where, name = `${this.engine.protocol} delivered ${stream ?? this.rules.label}` } = options
    const log = this.user.deliveries({ name, stream, where, keep: this.rules.keep }, resume)
    this.#deliveries ??= []
    if (!this.#deliveries.includes(log)) this.#deliveries.push(log)
    return log
  }

  close(code = 1000, reason = ''): Promise<Closing> {
    if (this.closing !== undefined) return Promise.resolve(this.closing)
    return new Promise((resolve) => {
      this.#whenClosed ??= []
      this.#whenClosed.push(resolve)
      if (this.#state === 'open') {
        this.#state = 'closing'
        this.#count('us')
        this.#wire?.close(code, reason)
        for (const wait of this.#inbox.takeAll()) wait.fail('aborted', 'the scenario closed the connection')
      } else if (this.#state === 'opening') this.abort()
    })
  }

  // hot
  #next(
    matches: ((message: unknown) => boolean) | undefined,
    within: string | AnswerOptions<unknown> | undefined,
  ): Promise<MessageResult<unknown>> {
    this.user.check()
    if (matches !== undefined && typeof matches !== 'function')
      throw new ToolError(
        'PLAN_INVALID',
        "Expected `next` to be given a function that says which message matches, then a time such as '2s'.",
      )
    const rules = within === undefined ? this.engine.usualWait : waitRules('next', within, this.engine.usualWait.timeoutMs)
    this.#messageName ??= this.#name('message')
    const wait = new Wait(this, rules.name ?? this.#messageName, { kind: 'next', matches }, rules)
    return this.#inbox.take(wait) ? wait.promise : this.#wait(wait)
  }

  // hot
  #request(
    message: OutgoingMessage,
    answer: Answer | undefined,
    within: string | AnswerOptions<unknown> | undefined,
  ): Promise<MessageResult<unknown>> {
    this.user.check()
    const rules = within === undefined ? this.engine.usualWait : waitRules('request', within, this.engine.usualWait.timeoutMs)
    let outgoing = message
    let awaited: Awaited
    if (typeof answer === 'object') {
      outgoing = this.#keyed(message, answer.key)
      awaited = { kind: 'key', key: answer.key, value: (outgoing as Record<string, unknown>)[answer.key] } // `keyed` gives an object
    } else awaited = answer === undefined ? anyMessage : { kind: 'match', matches: answer }
    const wait = new Wait(this, rules.name ?? this.#requestName(outgoing), awaited, rules)
    try {
      if (this.isOpen) wait.bytesOut = this.#put(outgoing)
    } catch (error) {
      // It cannot be made JSON, or framed.
      wait.reject(error)
      return wait.promise
    }
    return this.#wait(wait)
  }

  #name(what: string): string {
    return `${this.engine.protocol} ${what} ${this.rules.label}`
  }

  #requestName(message: OutgoingMessage): string {
    const kind = messageKind(message)
    return kind === undefined ? this.#name('request') : this.engine.nameOf(kind)
  }

  /** Bytes that went out; -1 and a failure when there is no way. // hot */
  #put(message: OutgoingMessage): number {
    const { observer, counters } = this.engine
    if (this.#state !== 'open' || this.#wire === undefined) {
      this.#reportFailure('send', this.#whyNot())
      return -1
    }
    observer.count?.(counters.sent, 1)
    const outgoing = typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message)
    if (observer.debug !== undefined) observer.debug(describeMessage('>', this.#name('message to'), outgoing))
    return this.#wire.send(outgoing)
  }

  /** The message with a value under that key. */
  #keyed(message: OutgoingMessage, key: string): object {
    if (typeof message === 'string' || message instanceof Uint8Array)
      throw new ToolError('PLAN_INVALID', `Expected a request that is matched by \`${key}\` to be an object, got text or bytes.`)
    const value = (message as Record<string, unknown>)[key] // any object can be asked for a key
    return value === undefined ? { ...message, [key]: this.user.nextNumber() } : message
  }

  /** hot */
  #wait(wait: Wait): Promise<MessageResult<unknown>> {
    if (this.isOpen) this.#inbox.enter(wait)
    else {
      const { kind, message } = this.#whyNot()
      // After a turn of the event loop: a scenario that asks again and again must not keep everybody else from theirs.
      setImmediate(() => wait.fail(kind, message))
    }
    return wait.promise
  }

  #whyNot(): Failure {
    const { code = 0, reason = '' } = this.closing ?? {}
    return this.#why ?? { kind: 'closed-early', message: `the connection is closed${describe(code, reason)}` }
  }

  #reportFailure(what: string, { kind, message }: Failure): void {
    const nowMs = this.engine.now()
    this.engine.observer.started(nowMs)
    this.user.owner.resumes(false)
    const timing = { intendedMs: nowMs, sentMs: 0, endMs: nowMs, failure: kind, failureMessage: message }
    report(this.engine, { name: this.#name(what), ...timing })
  }

  // hot
  #deliver(logs: readonly DeliveryLog[], received: Received, nowMs: number): void {
    const { text, bytes } = received
    const stamp = readStamp(text ?? Buffer.from(bytes ?? nothing).toString('latin1'))
    if (stamp === undefined) return
    for (const log of logs) {
      try {
        log.take(stamp, received, nowMs)
      } catch (error) {
        this.user.owner.threw(error)
      }
    }
  }

  #end(closing: Closing): void {
    const wasOpen = this.#state === 'open'
    this.#state = 'closed'
    this.closing = closing
    this.engine.channels.delete(this)
    this.user.leave(this)
    this.engine.observer.debug?.(`${this.#name('connection')} closed by ${closing.by}${describe(closing.code, closing.reason)}`)
    if (wasOpen) this.#count(closing.by === 'us' || this.engine.protocol === 'tcp' ? closing.by : String(closing.code))
    this.#listeners?.closed(closing)
    this.#listeners = undefined
    for (const resolve of this.#whenClosed ?? []) resolve(closing)
    this.#whenClosed = undefined
  }

  /** An open connection begins to end, or has ended: counted at once, because the test may be over before the other side agrees. */
  #count(how: string): void {
    const { observer, protocol, now } = this.engine
    observer.measure?.(`${protocol}.lifetime`, now() - this.#openedMs)
    observer.count?.(`${protocol}.closed.${how}`, 1)
  }
}

const anyMessage: Awaited = { kind: 'match', matches: undefined }
const nothing = new Uint8Array()
const unopened = { dns: 0, connect: 0, tls: 0, handshake: 0 }

function describe(code: number, reason: string): string {
  return `${code === 0 ? '' : ` with code ${code}`}${reason === '' ? '' : `: ${reason}`}`
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
