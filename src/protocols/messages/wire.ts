/** The way a protocol puts messages on its socket. */
export interface Wire {
  /** Returns the bytes that go out. */
  send(message: string | Uint8Array): number
  /** Asks for a pong; returns the bytes that go out. */
  ping?(): number
  /** Begins an orderly end. */
  close(code: number, reason: string): void
  /** Lets go of the socket at once. */
  destroy(): void
}

/** How an opening went. */
export interface Opened {
  readonly status: number
  readonly dnsMs: number
  readonly connectMs: number
  readonly tlsMs: number
  /** From the first byte sent to the end of the handshake. */
  readonly handshakeMs: number
  /** When the first byte went out. */
  readonly sentMs: number
}
