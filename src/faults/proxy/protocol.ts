import type { Socket } from 'node:net'
import type { Random } from '../../base/random.ts'
import type { ToxicSpec } from '../../model/link-fault.ts'
import type { Outlets, ProxiedConnection, Stage } from './stage.ts'

/**
 * What the proxy understands of the bytes of a link. A protocol stands next to whoever opened the connection, so that it counts what they asked for and
 * what they were told, and the toxics of transport lie behind it:
 *
 *     caller ── protocol ── toxic ── toxic ── upstream
 *
 * From the first byte of a connection on, it sees every byte of both directions and passes on what is to go on.
 */
export interface Protocol {
  /** Toxics of this kind are its own affair: it finds them by `ProtocolConnection.toxics()`, and nothing else is done about them. */
  has(kind: ToxicSpec['action']['kind']): boolean
  join(connection: ProtocolConnection): Conversation
}

/** The protocol's part in one connection. `up.end()`: the caller has said that it is done; `down.end()`: the upstream has. */
export interface Conversation {
  readonly up: Stage
  readonly down: Stage
  /** A toxic of the protocol has come or gone. */
  changed?(): void
  /** The connection is gone, however it ended: calls that have no answer never get one. */
  over?(): void
}

export interface ProtocolConnection extends ProxiedConnection, Outlets {
  readonly counts: CallCounts
  /** The protocol's own toxics that lie on the link now, in the order in which they came. */
  toxics(): readonly CallToxic[]
  /** A connection of its own to the upstream, past all toxics, counted nowhere. It outlives this one, and is destroyed with the link. */
  dial(): Socket
}

/** Of the link, not of the connection. */
export interface CallCounts {
  called(): void
  answered(): void
  failed(): void
  /** This connection was refused in the upstream's stead. */
  refused(): void
  /** A connection has come into use, or is free again. */
  occupied(): void
  freed(): void
  /** The upstream has refused this connection since it has too many. */
  tooMany(): void
  /** This connection speaks something else (TLS, HTTP/2, nonsense), or no longer HTTP: its bytes go through, and nothing is known of them. Once a connection. */
  opaque(): void
}

export interface CallToxic {
  readonly spec: ToxicSpec
  /** Of its seed. */
  readonly random: Random
  /** By `performance.now()` of this thread. */
  readonly endsAtMs: number
  /** Draws by `share`, `first` or `every` of its scope whether it meets the next call that it could (`where` is the protocol's to look at), and counts it as crossed when it does. */
  meets(): boolean
}
