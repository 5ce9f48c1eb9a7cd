/** Where bytes go on to. A chunk belongs to whoever has it: it is never used again by whoever handed it on. After `end` comes nothing more. */
export interface Outlet {
  write(chunk: Buffer): void
  end(): void
}

/** A place that the bytes of one direction of one connection come through, in order. What it lets go, it writes to the outlet that it was given. */
export interface Stage extends Outlet {
  /** It is taken out: what it holds goes on now, in order. */
  leave?(): void
  /** It holds so much that the sender must wait. Before it passes bytes on, it has to know that it no longer holds them. */
  isFull?(): boolean
}

/** The outlets of one place in both directions: `up` to the upstream, `down` to whoever opened the connection. */
export interface Outlets {
  readonly up: Outlet
  readonly down: Outlet
}

/** What a toxic puts in the way; the direction that it leaves out goes past it. */
export interface Stages {
  readonly up?: Stage
  readonly down?: Stage
}

/** A connection that goes through the proxy, as stages and protocols see it. */
export interface ProxiedConnection {
  /** From 0, in the order in which they came to the link. */
  readonly index: number
  /** Our own, to see whether a toxic does what it says: it meets every toxic, reaches no upstream, and is counted nowhere. */
  readonly isProbe: boolean
  /** A TCP reset (RST) to both ends. */
  reset(): void
  /** Both ends hear that it is over (FIN) after what was written to them, and nothing more is passed on. */
  close(): void
}
