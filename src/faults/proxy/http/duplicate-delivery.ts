import type { Socket } from 'node:net'
import { MessageFramer } from './message-framer.ts'
import type { AnswerHead } from './message-head.ts'
import { parseAnswerHead } from './message-head.ts'

/** Of a request that may be delivered twice, this much is kept; a larger one passes once, and has not met the fault. */
export const largestCopy = 8 * 1024 * 1024

/** A request as it passes, for its second delivery. */
export class RequestCopy {
  #parts: Buffer[] = []
  #bytes = 0

  add(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > largestCopy) this.#parts = []
    else this.#parts.push(bytes)
  }

  get isWhole(): boolean {
    return this.#bytes <= largestCopy
  }

  /** Sends it over a connection of its own. The answer is read to its end, so that the work is done, and nobody is told of it. */
  deliver(socket: Socket, method: string): void {
    const end = (): void => {
      socket.destroy()
    }
    const framer = new MessageFramer<AnswerHead>({
      parse: (text) => parseAnswerHead(text, { method }),
      partial: () => true,
      head({ status, body }) {
        isFinal = status >= 200 || body.kind === 'raw'
      },
      body: ignore,
      end() {
        if (isFinal) end()
      },
      raw: end,
      malformed: ignore,
    })
    let isFinal = false
    socket.on('data', (chunk: Buffer) => {
      framer.push(chunk)
    })
    // Nobody is told of its failure either: the caller has its own answer.
    socket.on('error', end)
    socket.on('end', end)
    socket.write(Buffer.concat(this.#parts))
  }
}

function ignore(): void {
  // of no interest
}
