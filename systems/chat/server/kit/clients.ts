import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { WebSocket } from 'ws'

export type Packet = Readonly<Record<string, unknown>> & { readonly type: string }

/** A client for tests, over either door: what it was sent is waited for, in order. */
export class Client {
  readonly received: Packet[] = []
  closing: { readonly code: number } | undefined
  readonly #send: (text: string) => void
  readonly #end: () => void
  #waiting: (() => void)[] = []
  #ids = 0

  constructor(send: (text: string) => void, end: () => void) {
    this.#send = send
    this.#end = end
  }

  got(text: string): void {
    const packet = JSON.parse(text) as Packet // of our own server
    this.received.push(packet)
    if (packet.type === 'closing') this.closing = { code: Number(packet['code']) }
    this.#wake()
  }

  closed(code: number): void {
    this.closing ??= { code }
    this.#wake()
  }

  send(command: object): void {
    this.#send(JSON.stringify(command))
  }

  sendText(text: string): void {
    this.#send(text)
  }

  /** The answer to the command. */
  async ask(command: object): Promise<Packet> {
    this.#ids += 1
    const id = `c${this.#ids}`
    this.send({ ...command, id })
    return this.find(({ re }) => re === id)
  }

  async find(matches: (packet: Packet) => boolean): Promise<Packet> {
    return this.#until(() => this.received.find(matches))
  }

  async closes(): Promise<number> {
    return (await this.#until(() => this.closing)).code
  }

  texts(): unknown[] {
    return this.received.filter(({ type }) => type === 'message').map(({ text }) => text)
  }

  async hears(count: number): Promise<unknown[]> {
    return this.#until(() => (this.texts().length >= count ? this.texts() : undefined))
  }

  end(): void {
    this.#end()
  }

  async #until<Found>(look: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (this.closing !== undefined)
        throw new Error(`Closed with ${this.closing.code}: ${JSON.stringify(this.received.slice(-3))}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
  }
}

/** Over WebSocket, with the token in the opening. */
export async function overWebSocket(port: number, token?: string): Promise<Client & { readonly socket: WebSocket }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers })
  const client = new Client(
    (text) => socket.send(text),
    () => socket.close(),
  )
  socket.on('message', (data: Buffer) => client.got(data.toString()))
  socket.on('close', (code) => client.closed(code))
  await once(socket, 'open')
  if (token !== undefined) await client.find(({ type }) => type === 'welcome')
  return Object.assign(client, { socket })
}

/** Over TCP, with the token in a hello. */
export async function overTcp(port: number, token?: string): Promise<Client & { readonly socket: Socket }> {
  const socket = connect({ host: '127.0.0.1', port })
  const client = new Client(
    (text) => socket.write(`${text}\n`),
    () => socket.end(),
  )
  let rest = ''
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) client.got(line)
  })
  socket.on('close', () => client.closed(0))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  if (token !== undefined) await client.ask({ type: 'hello', token })
  return Object.assign(client, { socket })
}
