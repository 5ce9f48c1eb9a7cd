import type { ServerResponse } from 'node:http'
import { overloaded } from './errors.ts'

export interface OrderEvent {
  readonly orderId: number
  readonly productId: number
  readonly quantity: number
}

const heartbeatMs = 15_000
/** A reader that lets this much pile up is cut off, so that one slow client cannot fill the memory. */
const maxBufferedBytes = 256 * 1024

/** Streams of server-sent events (WHATWG HTML 9.2): every accepted order goes to everybody who listens. */
export class OrderEvents {
  readonly #streams = new Set<ServerResponse>()
  readonly #maxStreams: number
  readonly #heartbeat: NodeJS.Timeout
  #lastId = 0

  constructor({ maxStreams = 500 }: { readonly maxStreams?: number } = {}) {
    this.#maxStreams = maxStreams
    this.#heartbeat = setInterval(() => this.#send(': still here\n\n'), heartbeatMs)
    this.#heartbeat.unref()
  }

  get listeners(): number {
    return this.#streams.size
  }

  open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' })
    response.write('retry: 1000\n\n')
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  /** To be asked before {@link open}, while an ordinary answer is still possible. */
  assertRoom(): void {
    if (this.#streams.size >= this.#maxStreams) throw overloaded('Too many listeners.')
  }

  publish(event: OrderEvent): void {
    this.#lastId += 1
    this.#send(`id: ${this.#lastId}\nevent: order\ndata: ${JSON.stringify(event)}\n\n`)
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const stream of this.#streams) stream.end()
  }

  #send(text: string): void {
    for (const stream of this.#streams) {
      if (stream.writableLength > maxBufferedBytes) stream.destroy()
      else stream.write(text)
    }
  }
}
