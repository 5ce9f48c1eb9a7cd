import { JoinedOutlet } from '../joined-outlet.ts'
import type { ProtocolConnection } from '../protocol.ts'
import type { RequestHead } from './message-head.ts'

/** A request and what is known of its answer. */
export interface Call {
  readonly request: RequestHead
  /** Answered by the proxy: the upstream never sees it. */
  readonly isOurs: boolean
  /** Of the answer that is on its way. */
  status: number
  /** What became of it that has to wait for the answers before it. */
  readonly waiting: Outcome[]
  isFinished: boolean
}

/** Bytes for the caller, or the end of its connection after those before. */
type Outcome = Buffer | 'close' | 'reset'

/** Brings answers to the caller in the order of its requests, whoever gives them, and counts each when it is complete. */
export class AnswerLine {
  /** To the caller. */
  readonly out: JoinedOutlet
  readonly #connection: ProtocolConnection
  readonly #calls: Call[] = []
  #waitingBytes = 0

  constructor(connection: ProtocolConnection) {
    this.#connection = connection
    this.out = new JoinedOutlet(connection.down)
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get first(): Call | undefined {
    return this.#calls[0]
  }

  /** The call that the upstream's next bytes belong to. */
  get answeredNext(): Call | undefined {
    for (const call of this.#calls) if (!call.isOurs && !call.isFinished) return call
    return undefined
  }

  add(request: RequestHead, isOurs: boolean): Call {
    const call: Call = { request, isOurs, status: 0, waiting: [], isFinished: false }
    this.#calls.push(call)
    this.#connection.counts.called()
    return call
  }

  send(call: Call, outcome: Outcome): void {
    if (call === this.#calls[0]) {
      this.#let(outcome)
      return
    }
    call.waiting.push(outcome)
    if (typeof outcome !== 'string') this.#waitingBytes += outcome.length
  }

  /** Its answer is complete. */
  finish(call: Call): void {
    call.isFinished = true
    for (let first = this.#calls[0]; first?.isFinished === true; first = this.#calls[0]) {
      this.#calls.shift()
      if (first.status < 500) this.#connection.counts.answered()
      else this.#connection.counts.failed()
      const waiting = this.#calls[0]?.waiting
      if (waiting !== undefined && waiting.length > 0) for (const outcome of waiting.splice(0)) this.#letWaiting(outcome)
    }
  }

  /** The connection is gone: calls that have no complete answer have failed. */
  over(): void {
    this.#calls.splice(0).forEach(() => {
      this.#connection.counts.failed()
    })
  }

  #letWaiting(outcome: Outcome): void {
    if (typeof outcome !== 'string') this.#waitingBytes -= outcome.length
    this.#let(outcome)
  }

  #let(outcome: Outcome): void {
    if (outcome === 'reset') this.#connection.reset()
    else if (outcome === 'close') {
      this.out.flush()
      this.#connection.close()
    } else this.out.write(outcome)
  }
}
