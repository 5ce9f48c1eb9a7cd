/** What a scenario sees of connections that carry messages: WebSocket (`ws`) and TCP (`tcp`). */

/** `ws` of a scenario. */
export interface WebSocketContext {
  /** Opens a WebSocket to a path of the target or to a whole URL. A connection that fails does not throw: its `ok` is false. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the contract: `next((m) => m.type === 'joined')`; the caller may say what the server sends
  connect<Message = any>(url: string, options?: WebSocketOptions): Promise<WebSocketConnection<Message>>
  /** Closes every WebSocket of this user, e.g. to connect again all at once. */
  closeAll(code?: number, reason?: string): Promise<void>
}

/** `tcp` of a scenario. */
export interface TcpContext {
  /** Opens a connection to `'host:port'`, or to a port of the target's host: `':7000'`. One that fails does not throw: its `ok` is false. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  connect<Message = any>(address: string, options?: TcpOptions): Promise<MessageConnection<Message>>
  /** Closes every TCP connection of this user. */
  closeAll(): Promise<void>
}

export interface MessageOptions {
  /** Name of the opening in reports; default `ws connect /path`, `tcp connect host:port`. */
  readonly name?: string
  /** For the opening, e.g. `'5s'`; default as for requests of the plan. */
  readonly timeout?: string
  /** The connection outlives the iteration in which it is opened; those that are opened in `start` always do. */
  readonly keep?: boolean
  /** Measures the delivery of every stamped message that comes in; as `deliveries()`. */
  readonly delivery?: boolean
  /** Unread messages that are kept for `next`; beyond them the oldest are dropped. Default 100. */
  readonly unread?: number
  /** Largest message that is accepted, in bytes; default 16 MiB. */
  readonly maxMessageBytes?: number
}

export interface WebSocketOptions extends MessageOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly subprotocols?: readonly string[]
}

export interface TcpOptions extends MessageOptions {
  /** Where a message ends; default `'line'`. */
  readonly framing?: Framing
  readonly tls?: boolean
  /** Messages are text, and JSON is parsed; default: those of `'line'` are, others are bytes. */
  readonly text?: boolean
}

/**
 * `'line'`: text up to a line feed. `lengthPrefix`: bytes after their number, big-endian, in that many bytes. A function: how many bytes of these the first
 * message has, 0 while it is not there whole; messages are then sent as they are.
 */
export type Framing = 'line' | { readonly lengthPrefix: 1 | 2 | 4 } | ((bytes: Uint8Array) => number)

/** What can be sent: text and bytes as they are, anything else as JSON. */
export type OutgoingMessage = string | Uint8Array | object

export interface WaitOptions {
  /** Name in reports. */
  readonly name?: string
  /** E.g. `'2s'`; default as for requests of the plan. */
  readonly timeout?: string
}

export interface AnswerOptions<Message> extends WaitOptions {
  /** Whether the message that came is a good one: one that is not ends the wait as a failure `status`, as an unexpected status of HTTP does. */
  readonly expect?: (message: Message) => boolean
}

/** A message, or why there was none; of one that was not as expected, both. */
export type MessageResult<Message> =
  | { readonly ok: true; readonly message: Message; readonly ms: number; readonly failure?: undefined; readonly failureMessage?: undefined }
  | { readonly ok: false; readonly message?: Message; readonly ms: number; readonly failure: string; readonly failureMessage: string } // prettier-ignore

/** How a connection ended. */
export interface Closing {
  /** Of a WebSocket: its close code, 1006 without one. Of TCP: 0. */
  readonly code: number
  readonly reason: string
  /** `'lost'`: neither side said that it closes, or what came could not be understood. */
  readonly by: 'us' | 'them' | 'lost'
}

/** A connection that carries messages. Text that is a JSON object or list is parsed, other text is a string, the rest bytes. */
export interface MessageConnection<Message> {
  /** It was opened. */
  readonly ok: boolean
  /** Why it was not. */
  readonly failure?: string | undefined
  readonly failureMessage?: string | undefined
  /** Of a WebSocket: the HTTP status of its opening, 101 when it was opened. */
  readonly status: number
  readonly isOpen: boolean
  /** How it ended; undefined while it is open. */
  readonly closing: Closing | undefined
  /** Milliseconds of the opening; a part that did not happen is 0. */
  readonly timings: { readonly dns: number; readonly connect: number; readonly tls: number; readonly handshake: number }
  /** Sends a message; false, and a failure, when the connection is not open. */
  send(message: OutgoingMessage): boolean
  /** The first message after the last one taken that matches, waiting for it. What came before it is dropped. */
  next(
    matches?: ((message: Message) => boolean) | null,
    within?: string | AnswerOptions<Message>,
  ): Promise<MessageResult<Message>>
  /** Sends a message and waits for its answer: the next message that matches, or that has the same value under `key` (given a number when it has none). */
  request(
    message: OutgoingMessage,
    answer?: ((message: Message) => boolean) | { readonly key: string } | null,
    within?: string | AnswerOptions<Message>,
  ): Promise<MessageResult<Message>>
  /** Calls back at every message, or at the end of the connection. Returns what ends it. */
  on(event: 'message', call: (message: Message) => void): () => void
  on(event: 'close', call: (closing: Closing) => void): () => void
  /** The same text or object, with who sent it, the how-manieth to `stream` it is, and when. */
  stamp(message: string, stream?: string): string
  stamp<M extends object>(message: M, stream?: string): M
  /** Measures how long stamped messages of this stream (default: of any) are on their way to here, and counts those lost, doubled and out of order. */
  deliveries(stream?: string, options?: DeliveryOptions<Message>): Deliveries
  /** Closes it, and waits until it is closed. */
  close(code?: number, reason?: string): Promise<Closing>
}

export interface WebSocketConnection<Message> extends MessageConnection<Message> {
  /** What the server chose of `subprotocols`; empty: none. */
  readonly subprotocol: string
  /** Times a ping. */
  ping(within?: string | WaitOptions): Promise<MessageResult<undefined>>
}

export interface DeliveryOptions<Message> {
  /** Name in reports; default `ws delivered STREAM`. */
  readonly name?: string
  /** Goes on where `deliveries` of the same stream of this user stopped, on a connection that is gone: what was sent in between counts as lost. */
  readonly resume?: boolean
  /** Which messages count; default: all that carry a stamp. */
  readonly where?: (message: Message) => boolean
}

/** What has been seen of a stream so far. */
export interface Deliveries {
  readonly received: number
  /** Numbers that are missing up to now; they may still come. */
  readonly missing: number
  readonly doubled: number
  readonly unordered: number
  /** Ends the measurement: what is missing is lost. */
  stop(): void
}
