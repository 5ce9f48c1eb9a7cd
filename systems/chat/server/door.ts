import type { Writable } from 'node:stream'

export interface Door {
  /** Sends away who is still there, and waits until all are gone; who stays is cut off. */
  close(): Promise<void>
}

/** When all that was written has been taken by the network, or never will be: an empty write comes after all others. */
export function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return Promise.resolve()
  return new Promise((resolve) => {
    stream.write(Buffer.alloc(0), () => resolve())
  })
}
