import type { Socket } from 'node:net'

export function message(type: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length + 4)
  return Buffer.concat([Buffer.from(type), length, content])
}

export const ask = (sql: string): Buffer => message('Q', Buffer.from(`${sql}\0`))
export const parse = (sql: string): Buffer => message('P', Buffer.from(`\0${sql}\0\0\0`, 'latin1'))
export const bind = message('B', Buffer.alloc(8))
export const execute = message('E', Buffer.alloc(5))
export const sync = message('S')

/** Says message by message what `pg` would never say. */
export class RawClient {
  /** Letters of what the server has said. */
  readonly types: string[] = []
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #wake: () => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#wake()
    })
  }

  send(...messages: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(messages))
  }

  async read(bytes: number): Promise<string> {
    while (this.#bytes.length < bytes) await this.#more()
    const read = this.#bytes.subarray(0, bytes)
    this.#bytes = this.#bytes.subarray(bytes)
    return read.toString('latin1')
  }

  /** Until a message of that type has come. */
  async until(type: string): Promise<void> {
    for (let last = ''; last !== type; this.types.push(last)) {
      last = await this.read(1)
      const length = Buffer.from(await this.read(4), 'latin1').readUInt32BE()
      await this.read(length - 4)
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
