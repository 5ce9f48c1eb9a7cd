import type { LiveRoom } from './live-room.ts'
import type { Packet } from './packet.ts'
import type { Door, Identity, Monitor } from './protection/contract.ts'

/** RFC 6455 7.4.1 and the IANA registry of close codes; TCP has the code in its last line only. */
export const closeCodes = { goingAway: 1001, unsupported: 1003, policy: 1008, tooBig: 1009, tryAgainLater: 1013 } as const

/** The way to one client. */
export interface Wire {
  /** Bytes that wait for the client to read. */
  readonly waitingBytes: number
  send(packet: Packet): void
  /** What is sent until `uncork` goes in one piece. */
  cork(): void
  uncork(): void
  /** All that was sent has been taken by the network, or never will be. */
  flushed(): Promise<void>
  pause(): void
  resume(): void
  close(code: number, reason: string): void
}

export interface SessionOptions {
  readonly door: Door
  readonly address: string
  readonly wire: Wire
  readonly monitor: Monitor
  /** A reader who has more than this waiting is dropped. */
  readonly mostWaitingBytes: number
}

/** One connection of one client, from its opening to its end. */
export class Session {
  readonly door: Door
  readonly address: string
  readonly rooms = new Set<LiveRoom>()
  user: Identity | undefined
  isClosed = false
  readonly #wire: Wire
  readonly #monitor: Monitor
  readonly #mostWaitingBytes: number

  constructor({ door, address, wire, monitor, mostWaitingBytes }: SessionOptions) {
    this.door = door
    this.address = address
    this.#wire = wire
    this.#monitor = monitor
    this.#mostWaitingBytes = mostWaitingBytes
  }

  get waitingBytes(): number {
    return this.#wire.waitingBytes
  }

  /** Never waits: who does not read what is sent is dropped before it costs more than its share of memory. */
  send(packet: Packet): void {
    if (this.isClosed) return
    this.#wire.send(packet)
    this.#monitor.messageOut(this.door)
    if (this.#wire.waitingBytes <= this.#mostWaitingBytes) return
    this.#monitor.refused('slow-reader')
    this.close(closeCodes.tryAgainLater, 'reads too slowly')
  }

  sendAll(packets: readonly Packet[]): void {
    this.#wire.cork()
    for (const packet of packets) this.send(packet)
    this.#wire.uncork()
  }

  flushed(): Promise<void> {
    return this.isClosed ? Promise.resolve() : this.#wire.flushed()
  }

  pause(): void {
    this.#wire.pause()
  }

  resume(): void {
    this.#wire.resume()
  }

  close(code: number, reason: string): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#wire.close(code, reason)
  }
}
