import type { AttackAction } from '../model/attack-spec.ts'

/** How an attack goes about its tries. */
export type AttackStyle =
  /** Each try has a connection of its own, and is over with its answer. */
  | 'tries'
  /** Connections are opened and held; one that the target ends is opened again. */
  | 'held'
  /** Messages go over connections that are held. */
  | 'messages'

/** A kind of attack: one file each. */
export interface Pattern {
  readonly style: AttackStyle
  /** Of a try: without an answer for so long it is over. */
  readonly answerMs: number
  /** What the attack's connection number `n` does. */
  open(n: number, link: Link): Conversation
}

/** The connection that a conversation has, with the counting done. */
export interface Link {
  write(bytes: Bytes): void
}

export type Bytes = string | Uint8Array

/** What one connection of an attack does. */
export interface Conversation {
  /** Written as soon as it is open. */
  readonly opening?: Bytes
  /** That it could be opened is all that it wants to know. */
  readonly isOverWhenOpen?: true
  /** Nothing is read: answers pile up at the target. */
  readonly isDeaf?: true
  /** Written again and again while it is open. */
  readonly drip?: { readonly everyMs: number; readonly next: () => Bytes }
  /** Of a flood: the next message; undefined while none can be sent (a handshake is under way). */
  readonly message?: (n: number) => Bytes | undefined
  /** What an answer says, as far as it has come; several where they come together. */
  hear?(chunk: Buffer): readonly Heard[]
  /** What was heard of an answer that is over with its connection. */
  atEnd?(): readonly Heard[]
  /** Of an attack that compares answers: whether this is a name that exists. */
  readonly isKnown?: boolean
}

/** An answer: its status, or the close code of a WebSocket. */
export interface Heard {
  readonly status?: string
  readonly text?: string
  /** Of an answer that is compared: what it says, without what differs from one try to the next. */
  readonly says?: string
  /** The target has said that it closes. */
  readonly isEnd?: true
}

/** A kind of attack by its action. */
export type PatternOf<A extends AttackAction> = (action: A, host: string) => Pattern
