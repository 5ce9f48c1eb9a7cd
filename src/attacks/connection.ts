import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AttackTarget } from '../model/attack-spec.ts'
import type { Bytes, Conversation, Heard, Pattern } from './pattern.ts'

/** Beyond this nothing more is given to a socket that does not get rid of it. */
const mostUnsentBytes = 4_000_000

export interface Ended {
  /** `ours`: we closed it; `unable`: this machine has no socket or port for it; `silent`: no answer in time; `closed`: refused, reset or closed by the target. */
  readonly how: 'ours' | 'unable' | 'silent' | 'closed'
  readonly heldSec: number
  readonly answered: boolean
  readonly wasOpen: boolean
}

/** An answer to be held against others: whether it is of a name that exists, and its time. */
export interface Compared {
  readonly isKnown: boolean
  readonly micros: number
}

export interface ConnectionOptions {
  readonly n: number
  readonly pattern: Pattern
  readonly target: AttackTarget
  readonly address: string
  /** Empty: the kernel's choice. */
  readonly source: string
  readonly nowSec: () => number
  readonly events: {
    readonly opened: () => void
    readonly wrote: (bytes: number) => void
    readonly read: (bytes: number) => void
    /** `compared`: of an attack that compares answers. */
    readonly heard: (heard: Heard, compared?: Compared) => void
    readonly ended: (ended: Ended) => void
    readonly mayWrite: () => boolean
  }
}

/** What only our own machine can be short of. */
const ownLimits = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN', 'ENOBUFS', 'ENETUNREACH'])

/** One connection of an attack: a raw socket with its conversation. */
export class AttackConnection {
  readonly source: string
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #conversation: Conversation
  readonly #beganSec: number
  #openSec: number | undefined
  #drip: NodeJS.Timeout | undefined
  #answered = false
  #isOver = false

  constructor(options: ConnectionOptions) {
    const { pattern, n, address, target, source, nowSec } = options
    this.source = source
    this.#options = options
    this.#beganSec = nowSec()
    this.#conversation = pattern.open(n, { write: (bytes) => this.#write(bytes) })
    const to = { host: address, port: target.port, ...(source === '' ? {} : { localAddress: source }) }
    // What the target presents is no matter here: nothing secret is sent to it.
    const socket = target.tls
      ? connectTls({ ...to, rejectUnauthorized: false, ...(/^[\d.:]+$/.test(target.host) ? {} : { servername: target.host }) })
      : connect(to)
    this.#socket = socket
    socket.setNoDelay(true)
    socket.once(target.tls ? 'secureConnect' : 'connect', () => this.#opened())
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end(ownLimits.has(error.code ?? '') ? 'unable' : 'closed'))
    socket.on('end', () => {
      for (const heard of this.#conversation.atEnd?.() ?? []) if (!this.#isOver) this.#heard(heard)
      this.#end('closed')
    })
    socket.on('close', () => this.#end('closed'))
    if (this.#conversation.isDeaf !== true) socket.on('data', (chunk: Buffer) => this.#read(chunk))
  }

  /** Ends a try that has waited for too long. */
  look(nowSec: number): void {
    const { pattern } = this.#options
    if (pattern.style === 'tries' && nowSec - this.#beganSec > pattern.answerMs / 1000) this.#end('silent')
  }

  /** Message number `n` of a flood; false: none can be sent here now. */
  send(n: number): boolean {
    if (this.#openSec === undefined || this.#isOver || this.#socket.writableLength > mostUnsentBytes) return false
    const bytes = this.#options.events.mayWrite() ? this.#conversation.message?.(n) : undefined
    if (bytes === undefined) return false
    this.#write(bytes)
    return true
  }

  /** Since it was opened; 0 before. */
  get heldSec(): number {
    return this.#openSec === undefined ? 0 : this.#options.nowSec() - this.#openSec
  }

  close(): void {
    this.#end('ours')
  }

  #opened(): void {
    if (this.#isOver) return
    this.#openSec = this.#options.nowSec()
    const { opening, drip, isOverWhenOpen } = this.#conversation
    this.#options.events.opened()
    if (isOverWhenOpen === true) {
      this.#heard({ status: 'connected', isEnd: true })
      return
    }
    if (opening !== undefined && opening.length > 0) this.#write(opening)
    if (drip !== undefined) this.#drip = setInterval(() => this.#write(drip.next()), drip.everyMs)
  }

  #write(bytes: Bytes): void {
    if (this.#isOver || !this.#options.events.mayWrite() || this.#socket.writableLength > mostUnsentBytes) return
    this.#socket.write(bytes)
    this.#options.events.wrote(typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length)
  }

  #read(chunk: Buffer): void {
    this.#options.events.read(chunk.length)
    for (const heard of this.#conversation.hear?.(chunk) ?? []) {
      if (this.#isOver) return
      this.#heard(heard)
    }
  }

  #heard(heard: Heard): void {
    const { events, nowSec, pattern } = this.#options
    const { isKnown } = this.#conversation
    this.#answered = true
    if (isKnown === undefined || heard.status === undefined || this.#openSec === undefined) events.heard(heard)
    else events.heard(heard, { isKnown, micros: Math.round((nowSec() - this.#openSec) * 1e6) })
    const isTryOver = pattern.style === 'tries' && heard.status !== undefined
    if (isTryOver) this.#end('ours')
    else if (heard.isEnd === true) this.#end('closed')
  }

  #end(how: Ended['how']): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#drip)
    this.#socket.destroy()
    const since = this.#openSec ?? this.#beganSec
    this.#options.events.ended({
      ...{ how, heldSec: this.#options.nowSec() - since, answered: this.#answered, wasOpen: this.#openSec !== undefined },
    })
  }
}
