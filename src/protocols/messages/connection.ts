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
import type { Channel } from './channel.ts'
import { messageKind } from './message-name.ts'
import type { Awaited } from './wait.ts'
import { Wait } from './wait.ts'
import { checkKeys, waitRules } from './wait-rules.ts'

type Matches = (message: unknown) => boolean
type Answer = Matches | { readonly key: string }
type Within = string | AnswerOptions<unknown>

/** A channel whose opening is over, as a plan has it: what it is asked becomes messages and waits. */
export class Connection implements WebSocketConnection<unknown> {
  readonly ok: boolean
  readonly status: number
  readonly subprotocol: string
  readonly timings: MessageConnection<unknown>['timings']
  readonly #channel: Channel
  #messageName: string | undefined
  #plainRequestName: string | undefined

  constructor(channel: Channel) {
    const { ok, status, subprotocol, timings } = channel
    this.ok = ok
    this.status = status
    this.subprotocol = subprotocol
    this.timings = timings
    this.#channel = channel
  }

  get isOpen(): boolean {
    return this.#channel.isOpen
  }

  get closing(): Closing | undefined {
    return this.#channel.closing
  }

  get failure(): string | undefined {
    return this.#channel.why?.kind
  }

  get failureMessage(): string | undefined {
    return this.#channel.why?.message
  }

  // hot
  send(message: OutgoingMessage): boolean {
    this.#channel.user.check()
    return this.#channel.put(message) >= 0
  }

  /** Not an async function, which costs a promise and two turns of the queue more. // hot */
  next(matches?: Matches | null, within?: Within): Promise<MessageResult<unknown>> {
    try {
      return this.#next(matches ?? undefined, within)
    } catch (error) {
      return Promise.reject(asError(error))
    }
  }

  /** hot */
  request(message: OutgoingMessage, answer?: Answer | null, within?: Within): Promise<MessageResult<unknown>> {
    try {
      return this.#request(message, answer ?? undefined, within)
    } catch (error) {
      return Promise.reject(asError(error))
    }
  }

  async ping(within?: string | WaitOptions): Promise<MessageResult<undefined>> {
    const channel = this.#channel
    channel.user.check()
    if (!channel.hasPing)
      throw new ToolError('PLAN_INVALID', 'Expected `ping` of a WebSocket: TCP has none that a server answers.')
    const rules = waitRules('ping', within, channel.engine.usualWait.timeoutMs)
    const wait = new Wait(channel, rules.name ?? channel.name('ping'), { kind: 'pong' }, rules)
    if (channel.isOpen) wait.bytesOut = channel.ping()
    return channel.enter(wait) as Promise<MessageResult<undefined>> // a pong carries nothing
  }

  on(event: 'message', call: (message: unknown) => void): () => void
  on(event: 'close', call: (closing: Closing) => void): () => void
  on(event: 'message' | 'close', call: ((message: unknown) => void) | ((closing: Closing) => void)): () => void {
    return this.#channel.listen(event, call as (value: unknown) => void) // the event says which of the two it is
  }

  stamp(message: string, stream?: string): string
  stamp<M extends object>(message: M, stream?: string): M
  stamp(message: string | object, stream = ''): string | object {
    const mark = this.#channel.user.stampFor(stream)
    if (typeof message === 'string') return `${message} ${mark}`
    if (message instanceof Uint8Array || Array.isArray(message))
      throw new ToolError('PLAN_INVALID', 'Expected `stamp` to be given a text or an object, got a list or bytes.')
    return { ...message, stamp: mark }
  }

  deliveries(stream?: string, options: DeliveryOptions<unknown> = {}): Deliveries {
    checkKeys('deliveries', options, ['name', 'resume', 'where'])
    return this.#channel.measure(stream, options)
  }

  close(code?: number, reason?: string): Promise<Closing> {
    return this.#channel.close(code, reason)
  }

  // hot
  #next(matches: Matches | undefined, within: Within | undefined): Promise<MessageResult<unknown>> {
    const channel = this.#channel
    const { user, engine } = channel
    user.check()
    if (matches !== undefined && typeof matches !== 'function')
      throw new ToolError(
        'PLAN_INVALID',
        "Expected `next` to be given a function that says which message matches, then a time such as '2s'.",
      )
    const rules = within === undefined ? engine.usualWait : waitRules('next', within, engine.usualWait.timeoutMs)
    this.#messageName ??= channel.name('message')
    const wait = new Wait(channel, rules.name ?? this.#messageName, { kind: 'next', matches }, rules)
    return channel.take(wait) ? wait.promise : channel.enter(wait)
  }

  // hot
  #request(message: OutgoingMessage, answer: Answer | undefined, within: Within | undefined): Promise<MessageResult<unknown>> {
    const channel = this.#channel
    const { user, engine } = channel
    user.check()
    const rules = within === undefined ? engine.usualWait : waitRules('request', within, engine.usualWait.timeoutMs)
    let outgoing = message
    let awaited: Awaited
    if (typeof answer === 'object') {
      outgoing = this.#keyed(message, answer.key)
      awaited = { kind: 'key', key: answer.key, value: (outgoing as Record<string, unknown>)[answer.key] } // `keyed` gives an object
    } else awaited = answer === undefined ? anyMessage : { kind: 'match', matches: answer }
    const wait = new Wait(channel, rules.name ?? this.#requestName(outgoing), awaited, rules)
    try {
      if (channel.isOpen) wait.bytesOut = channel.put(outgoing)
    } catch (error) {
      // It cannot be made JSON, or framed.
      wait.reject(error)
      return wait.promise
    }
    return channel.enter(wait)
  }

  #requestName(message: OutgoingMessage): string {
    const kind = messageKind(message)
    // Made once: a name that is put together anew is hashed anew at each look into the series.
    return kind === undefined ? (this.#plainRequestName ??= this.#channel.name('request')) : this.#channel.engine.nameOf(kind)
  }

  /** The message with a value under that key. */
  #keyed(message: OutgoingMessage, key: string): object {
    if (typeof message === 'string' || message instanceof Uint8Array)
      throw new ToolError('PLAN_INVALID', `Expected a request that is matched by \`${key}\` to be an object, got text or bytes.`)
    const value = (message as Record<string, unknown>)[key] // any object can be asked for a key
    return value === undefined ? { ...message, [key]: this.#channel.user.nextNumber() } : message
  }
}

const anyMessage: Awaited = { kind: 'match', matches: undefined }

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
