import type { HttpResponse, ResponseTimings } from '../../model/http-context.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { AnswerParser } from './answer-parser.ts'
import type { Connection } from './connection.ts'
import type { Timed } from '../deadlines.ts'
import type { Engine } from './engine.ts'
import { HttpAnswer } from './http-answer.ts'
import type { HttpUser } from './http-user.ts'
import type { OutgoingBody } from './outgoing-body.ts'
import type { Pool } from './pool.ts'
import { nextHop } from './redirect.ts'
import type { RequestRules } from './request-rules.ts'
import type { PreparedRequest } from './target.ts'

/** Which deadline is running. */
type Phase = 'connect' | 'first-byte' | 'rest'

/** RFC 6585 section 4 and RFC 9110 section 15.6.4: the answers that may carry a Retry-After about the request itself. // hot */
function refusesForNow(status: number): boolean {
  return status === 503 || status === 429
}

/** One call of `http.get()` and the like, through queue, connection, retry and redirects, to its one sample and its one answer. */
export class Exchange implements Timed {
  deadlineMs = Infinity
  deadlineIndex = -1
  request: PreparedRequest
  /** Bytes to write: head, and a body of Latin-1 text. */
  wire: string
  body: OutgoingBody | undefined
  connection: Connection | undefined
  /** Where it waits for a socket. */
  waitingIn: Pool | undefined
  redirects = 0
  bytesIn = 0
  bytesOut = 0
  retried = false
  ended = false
  /** In the list of its user's exchanges in flight. */
  before: Exchange | undefined
  after: Exchange | undefined
  readonly name: string
  readonly user: HttpUser
  readonly rules: RequestRules
  readonly #engine: Engine
  readonly #calledMs: number
  readonly #intendedMs: number
  readonly #totalDeadlineMs: number
  #phase: Phase = 'connect'
  #sentMs = 0
  #hopSentMs = 0
  #endMs = 0
  #queueMs = 0
  #dnsMs = 0
  #connectMs = 0
  #tlsMs = 0
  #firstByteAtMs = 0
  #firstByteMs = 0
  #downloadMs = 0
  #visited: string[] | undefined
  #resolve: ((answer: HttpResponse) => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  #onAbort: (() => void) | undefined

  constructor(
    engine: Engine,
    user: HttpUser,
    request: PreparedRequest,
    wire: string,
    body: OutgoingBody | undefined,
    rules: RequestRules,
    calledMs: number,
    intendedMs: number,
  ) {
    this.#engine = engine
    this.user = user
    this.request = request
    this.wire = wire
    this.body = body
    this.rules = rules
    this.name = rules.name ?? request.name
    this.#calledMs = calledMs
    this.#intendedMs = intendedMs
    this.#totalDeadlineMs = calledMs + rules.totalMs
    this.deadlineMs = this.#totalDeadlineMs
  }

  get maxBodyBytes(): number {
    return this.#engine.spec.maxBodyBytes
  }

  get calledMs(): number {
    return this.#calledMs
  }

  get timings(): ResponseTimings {
    return {
      queue: this.#queueMs,
      dns: this.#dnsMs,
      connect: this.#connectMs,
      tls: this.#tlsMs,
      firstByte: this.#firstByteMs,
      download: this.#downloadMs,
      service: this.#sentMs === 0 ? 0 : this.#endMs - this.#sentMs,
    }
  }

  /** Begins; the promise always becomes an answer, except for a host that is not allowed and for a body that cannot be read. // hot */
  start(): Promise<HttpResponse> {
    const promise = new Promise<HttpResponse>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#engine.observer.started(this.#calledMs)
    this.#engine.deadlines.add(this)
    this.user.enter(this)
    const signal = this.rules.signal
    if (signal !== undefined) {
      if (signal.aborted) {
        this.fail('aborted', 'the signal was aborted before the request')
        return promise
      }
      this.#onAbort = () => this.fail('aborted', 'the signal was aborted')
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
    this.user.poolFor(this.request.origin).dispatch(this, this.#calledMs)
    return promise
  }

  /** A socket is being opened for it. */
  connecting(nowMs: number): void {
    this.#enter('connect', nowMs + this.rules.connectMs)
  }

  /** The time between asking for a socket and having one, or beginning to open one. */
  addQueue(ms: number): void {
    this.#queueMs += ms
  }

  connected(dnsMs: number, connectMs: number, tlsMs: number): void {
    this.#dnsMs += dnsMs
    this.#connectMs += connectMs
    this.#tlsMs += tlsMs
  }

  /** The first byte goes out. // hot */
  sent(nowMs: number): void {
    if (this.#sentMs === 0) this.#sentMs = nowMs
    this.#hopSentMs = nowMs
    this.#firstByteAtMs = 0
    if (this.body?.kind === 'stream') this.#enter('rest', Infinity)
    else this.#enter('first-byte', nowMs + this.rules.firstByteMs)
  }

  /** The last byte of a streamed body has been handed to the socket. */
  bodySent(nowMs: number): void {
    if (this.#firstByteAtMs === 0) this.#enter('first-byte', nowMs + this.rules.firstByteMs)
  }

  get heardFirstByte(): boolean {
    return this.#firstByteAtMs !== 0
  }

  /** The first byte of the answer has come, the last one not yet. */
  firstByte(nowMs: number): void {
    this.#firstByteAtMs = nowMs
    this.#enter('rest', Infinity)
  }

  /** The answer is complete: takes what the parser has before the connection goes on. // hot */
  receive(parser: AnswerParser, now: number): HttpAnswer {
    const firstByteAt = this.#firstByteAtMs === 0 ? now : this.#firstByteAtMs
    this.#firstByteMs += firstByteAt - this.#hopSentMs
    this.#downloadMs += now - firstByteAt
    this.#endMs = now
    this.connection = undefined
    const status = parser.head.status
    const { expect } = this.rules
    const ok = expect === undefined ? status < 400 : expect.includes(status)
    if (parser.head.setsCookies) this.#visited = undefined
    return ok ? new HttpAnswer(this, parser, undefined, '') : new HttpAnswer(this, parser, 'status', `status ${status}`)
  }

  /** After the connection has been given back: follows a redirect, or ends. // hot */
  conclude(answer: HttpAnswer, setsCookies: boolean): void {
    if (this.ended) return
    if (setsCookies) this.user.keepCookies(this.request, answer.headerValues('set-cookie'))
    const { status } = answer
    if (status >= 300 && status < 400 && this.rules.redirects > 0 && this.#redirect(answer)) return
    this.#end(answer)
  }

  /** Ends without an answer, wherever it stands; its socket, if any, is closed. */
  fail(kind: FailureKind, message: string): void {
    if (this.ended) return
    this.#letGo()
    this.#endMs = this.#engine.now()
    this.#end(new HttpAnswer(this, undefined, kind, message))
  }

  /** Ends with an error of the plan: the promise rejects. */
  reject(kind: FailureKind, reason: unknown, message: string): void {
    if (this.ended) return
    const reject = this.#reject
    this.#resolve = undefined
    this.fail(kind, message)
    reject?.(reason)
  }

  abort(): void {
    this.fail('aborted', 'the load was stopped')
  }

  expire(nowMs: number): void {
    if (nowMs >= this.#totalDeadlineMs) this.fail('timeout', `no whole answer within ${this.rules.totalMs} ms`)
    else if (this.#phase === 'connect') this.fail('timeout-connect', `no connection within ${this.rules.connectMs} ms`)
    else this.fail('timeout-first-byte', `no byte of the answer within ${this.rules.firstByteMs} ms`)
  }

  /** A kept-alive socket can die just as a request is written to it (RFC 9112 section 9.3.1): such a request is sent once more. */
  get canRetry(): boolean {
    return !this.retried && this.request.idempotent && this.body?.kind !== 'stream'
  }

  retry(): void {
    this.retried = true
    this.connection = undefined
    this.user.poolFor(this.request.origin).openFor(this, this.#engine.now())
  }

  // hot
  #enter(phase: Phase, deadlineMs: number): void {
    this.#phase = phase
    this.deadlineMs = deadlineMs < this.#totalDeadlineMs ? deadlineMs : this.#totalDeadlineMs
    this.#engine.deadlines.moved(this)
  }

  #letGo(): void {
    this.waitingIn?.cancel(this)
    const connection = this.connection
    this.connection = undefined
    connection?.abandon()
  }

  /** True when another hop was begun or the exchange ended here. */
  #redirect(answer: HttpAnswer): boolean {
    try {
      this.#visited ??= []
      const hop = nextHop(this, answer, this.#visited, this.#engine.book)
      if (hop === undefined) return false
      if ('refused' in hop) {
        this.fail('redirect', hop.refused)
        return true
      }
      this.redirects++
      this.request = hop.request
      this.body = hop.body
      this.wire = this.user.compose(hop.request, hop.headers, hop.body)
    } catch (error) {
      this.reject('host-not-allowed', error, error instanceof Error ? error.message : String(error))
      return true
    }
    this.retried = false
    this.user.poolFor(this.request.origin).dispatch(this, this.#engine.now())
    return true
  }

  // hot
  #end(answer: HttpAnswer): void {
    this.ended = true
    this.#engine.deadlines.remove(this)
    this.user.leave(this)
    this.user.listener?.answered(answer)
    if (this.#onAbort !== undefined) this.rules.signal?.removeEventListener('abort', this.#onAbort)
    const sample = this.#engine.sample
    sample.name = this.name
    sample.intendedMs = this.#intendedMs
    sample.sentMs = this.#sentMs
    sample.endMs = this.#endMs
    sample.bytesIn = this.bytesIn
    sample.bytesOut = this.bytesOut
    sample.status = answer.status
    sample.failure = answer.failure
    sample.failureMessage = answer.failureMessage
    sample.retryAfter = refusesForNow(answer.status) && answer.headerValues('retry-after').length > 0
    sample.queueMs = this.#queueMs
    sample.dnsMs = this.#dnsMs
    sample.connectMs = this.#connectMs
    sample.tlsMs = this.#tlsMs
    sample.firstByteMs = this.#firstByteMs
    sample.downloadMs = this.#downloadMs
    this.#engine.observer.ended(sample)
    this.#resolve?.(answer)
  }
}
