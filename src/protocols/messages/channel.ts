import type { Closing, DeliveryOptions, MessageConnection, MessageResult, OutgoingMessage } from '../../model/message-context.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { DeliveryLog } from './delivery-log.ts'
import { describeMessage } from './describe-message.ts'
import { Inbox } from './inbox.ts'
import { Listeners } from './listeners.ts'
import type { MessageEngine } from './message-engine.ts'
import type { ChannelRules } from './message-rules.ts'
import type { MessageUser } from './message-user.ts'
import { Opening } from './opening.ts'
import { Received } from './received.ts'
import { report } from './report.ts'
import { readStamp } from './stamp.ts'
import type { Wait } from './wait.ts'
import type { Opened, Wire } from './wire.ts'

interface Failure {
  readonly kind: FailureKind
  readonly message: string
}

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
export class Channel {
  readonly engine: MessageEngine
  readonly user: MessageUser
  readonly rules: ChannelRules
  readonly opening: Opening
  status = 0
  ok = false
  subprotocol = ''
  timings: MessageConnection<unknown>['timings'] = unopened
  closing: Closing | undefined
  /** Why it was not opened, or why it ended. */
  why: Failure | undefined
  readonly #inbox: Inbox
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #wire: Wire | undefined
  #openedMs = 0
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
    if (this.rules.delivery) this.measure()
    this.engine.observer.debug?.(`${this.rules.name} opened in ${(this.#openedMs - this.opening.calledMs).toFixed(1)} ms`)
    this.opening.succeed(opened)
  }

  /** The opening failed. */
  refused(kind: FailureKind, message: string, { status = 0, retryAfter = false } = {}): void {
    if (this.#state !== 'opening') return
    this.why = { kind, message }
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
    if (observer.debug !== undefined) observer.debug(describeMessage('<', this.name('message from'), text ?? bytes ?? ''))
    const received = new Received(text, bytes, size)
    if (this.#deliveries !== undefined) this.#deliver(this.#deliveries, received, nowMs)
    this.#listeners?.received(received)
    this.#inbox.put(received, nowMs)
  }

  pong(): void {
    const nowMs = this.engine.now()
    this.engine.observer.heard(nowMs)
    this.#inbox.takePing()?.succeed(undefined, nowMs)
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
    this.why = why
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

  /** The wait is over with a message that has come already; false: it is not. */
  take(wait: Wait): boolean {
    return this.#inbox.take(wait, this.engine.now())
  }

  /** hot */
  enter(wait: Wait): Promise<MessageResult<unknown>> {
    if (this.isOpen) this.#inbox.enter(wait)
    else {
      const { kind, message } = this.#whyNot()
      // After a turn of the event loop: a scenario that asks again and again must not keep everybody else from theirs.
      setImmediate(() => wait.fail(kind, message))
    }
    return wait.promise
  }

  /** Nobody waits for it any longer. */
  forget(wait: Wait): void {
    this.#inbox.leave(wait)
  }

  /** Bytes that went out; -1 and a failure when there is no way. // hot */
  put(message: OutgoingMessage): number {
    const { observer, counters } = this.engine
    if (this.#state !== 'open' || this.#wire === undefined) {
      this.#reportFailure('send', this.#whyNot())
      return -1
    }
    observer.count?.(counters.sent, 1)
    const outgoing = typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message)
    if (observer.debug !== undefined) observer.debug(describeMessage('>', this.name('message to'), outgoing))
    return this.#wire.send(outgoing)
  }

  /** False of a protocol without pings. */
  get hasPing(): boolean {
    return this.#wire === undefined || this.#wire.ping !== undefined
  }

  /** Bytes that went out. */
  ping(): number {
    return this.#wire?.ping?.() ?? 0
  }

  /** Returns what ends it. Throws ToolError for an event that there is not. */
  listen(event: string, call: (value: unknown) => void): () => void {
    this.#listeners ??= new Listeners(this.user.owner)
    return this.#listeners.add(event, call)
  }

  /** From now on the stamped messages of a stream, or of any, are measured. */
  measure(stream?: string, { name, resume = false, where }: DeliveryOptions<unknown> = {}): DeliveryLog {
    const { keep, label } = this.rules
    const usualName = `${this.engine.protocol} delivered ${stream ?? label}`
    const log = this.user.deliveries({ name: name ?? usualName, stream, where, keep }, resume)
    this.#deliveries ??= []
    if (!this.#deliveries.includes(log)) this.#deliveries.push(log)
    return log
  }

  /** A name in reports, for what happens on it. */
  name(what: string): string {
    return `${this.engine.protocol} ${what} ${this.rules.label}`
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

  #whyNot(): Failure {
    const { code = 0, reason = '' } = this.closing ?? {}
    return this.why ?? { kind: 'closed-early', message: `the connection is closed${describe(code, reason)}` }
  }

  #reportFailure(what: string, { kind, message }: Failure): void {
    const nowMs = this.engine.now()
    this.engine.observer.started(nowMs)
    this.user.owner.resumes(false)
    const timing = { intendedMs: nowMs, sentMs: 0, endMs: nowMs, failure: kind, failureMessage: message }
    report(this.engine, { name: this.name(what), ...timing })
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
    this.engine.observer.debug?.(`${this.name('connection')} closed by ${closing.by}${describe(closing.code, closing.reason)}`)
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

const nothing = new Uint8Array()
const unopened = { dns: 0, connect: 0, tls: 0, handshake: 0 }

function describe(code: number, reason: string): string {
  return `${code === 0 ? '' : ` with code ${code}`}${reason === '' ? '' : `: ${reason}`}`
}
