import type { Answer, CommandId, Event } from './protocol.ts'

/** An answer or event that is on its way to one connection or a thousand: written as bytes once for all. */
export class Packet {
  readonly #text: string
  #bytes: Buffer | undefined
  #line: Buffer | undefined

  constructor(content: Event | (Answer & { readonly re?: CommandId | undefined })) {
    this.#text = JSON.stringify(content)
  }

  /** For a WebSocket. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.#text)
    return this.#bytes
  }

  /** For TCP: JSON has no line feed of its own. */
  get line(): Buffer {
    this.#line ??= Buffer.from(`${this.#text}\n`)
    return this.#line
  }
}
