import type { ProtocolConnection } from '../protocol.ts'
import type { Stage } from '../stage.ts'
import type { AnswerFlow } from './answer-flow.ts'
import type { AnswerLine, Call } from './answer-line.ts'
import type { AnswerChain } from './answer-toxics.ts'
import { answerChain } from './answer-toxics.ts'
import { MessageFramer } from './message-framer.ts'
import type { AnswerHead } from './message-head.ts'
import { parseAnswerHead } from './message-head.ts'

/** So much may wait in a connection before its upstream has to. */
const mostHeld = 256 * 1024

/** The answers of a connection on their way to the caller. */
export class AnswerSide implements Stage {
  readonly #connection: ProtocolConnection
  readonly #line: AnswerLine
  readonly #switched: () => void
  readonly #framer: MessageFramer<AnswerHead>
  /** The answer that is coming in; undefined between answers, and of one that nobody asked for. */
  #answering: Call | undefined
  /** Where it goes; undefined: straight to the caller. */
  #flow: AnswerFlow | undefined
  /** Those with a toxic that have not all come to the caller. */
  readonly #chains = new Set<AnswerChain>()
  /** The chunk in hand goes on as it came, and is only looked at. */
  #isWhole = true
  #isUpstreamDone = false
  #isEnded = false

  /** @param switched what comes now is no HTTP, in both directions */
  constructor(connection: ProtocolConnection, line: AnswerLine, switched: () => void) {
    this.#connection = connection
    this.#line = line
    this.#switched = switched
    this.#framer = new MessageFramer({
      parse: (text) => parseAnswerHead(text, line.answeredNext?.request ?? { method: '' }),
      partial: () => this.#isWhole,
      head: (head, bytes, isWhole) => {
        this.#begin(head, bytes, isWhole)
      },
      body: (bytes) => {
        if (this.#flow !== undefined) this.#flow.body(bytes)
        else this.#send(this.#answering, bytes)
      },
      end: () => {
        this.#end(false)
      },
      raw: (bytes) => {
        this.#send(undefined, bytes)
      },
      malformed: switched,
    })
  }

  // hot
  write(chunk: Buffer): void {
    this.#isWhole =
      this.#chains.size === 0 &&
      this.#line.waitingBytes === 0 &&
      !this.#framer.isHolding &&
      this.#connection.toxics().length === 0
    if (this.#isWhole) {
      this.#framer.push(chunk)
      this.#connection.down.write(chunk)
    } else
      this.#line.out.during(() => {
        this.#framer.push(chunk)
      })
  }

  end(): void {
    this.#isWhole = false
    this.#isUpstreamDone = true
    if (this.#framer.finish()) this.#end(true)
    this.moved()
  }

  isFull(): boolean {
    let held = this.#line.waitingBytes
    for (const { laid } of this.#chains) for (const { flow } of laid) held += flow.heldBytes?.() ?? 0
    return held > mostHeld
  }

  becomeRaw(): void {
    this.#framer.becomeRaw()
  }

  /** Toxics have come or gone: what those that are gone hold goes on. */
  changed(): void {
    const here = this.#connection.toxics()
    for (const { laid } of [...this.#chains]) for (const { toxic, flow } of laid) if (!here.includes(toxic)) flow.release?.()
  }

  /** The caller hears of the upstream's end once everything before it has been told. */
  moved(): void {
    if (!this.#isUpstreamDone || this.#isEnded || this.#chains.size > 0 || this.#line.first?.isOurs === true) return
    this.#isEnded = true
    this.#line.out.end()
  }

  over(): void {
    for (const { laid } of this.#chains) for (const { flow } of laid) flow.over?.()
  }

  #begin(head: AnswerHead, bytes: Buffer, isWhole: boolean): void {
    const call = this.#line.answeredNext
    if (call === undefined) {
      this.#send(undefined, bytes)
      return
    }
    const isSwitch = head.body.kind === 'raw'
    const isInterim = head.status < 200 && !isSwitch
    if (!isInterim) {
      call.status = head.status
      this.#answering = call
      if (isWhole && !this.#isWhole && !isSwitch) this.#flow = this.#flowOf(call, head)
    }
    if (this.#flow !== undefined) this.#flow.head(bytes)
    else this.#send(call, bytes)
    if (!isSwitch) return
    this.#end(false)
    this.#switched()
  }

  /** Undefined when no toxic meets it. */
  #flowOf(call: Call, head: AnswerHead): AnswerFlow | undefined {
    const send = (bytes: Buffer): void => {
      this.#line.send(call, bytes)
    }
    const chain: AnswerChain = answerChain(this.#connection.toxics(), call.request, {
      head,
      next: {
        head: send,
        body: send,
        end: (isCut) => {
          this.#chains.delete(chain)
          this.#finish(call, isCut)
        },
      },
      caller: {
        close: () => {
          this.#line.send(call, 'close')
        },
        reset: () => {
          this.#line.send(call, 'reset')
        },
      },
    })
    if (chain.laid.length === 0) return undefined
    this.#chains.add(chain)
    return chain.first
  }

  /** Of nobody's call: an answer that nobody asked for, or bytes that are no HTTP. */
  #send(call: Call | undefined, bytes: Buffer): void {
    if (this.#isWhole) return
    if (call === undefined) this.#line.out.write(bytes)
    else this.#line.send(call, bytes)
  }

  #end(isCut: boolean): void {
    const call = this.#answering
    const flow = this.#flow
    this.#answering = undefined
    this.#flow = undefined
    if (flow !== undefined) flow.end(isCut)
    else if (call !== undefined) this.#finish(call, isCut)
  }

  #finish(call: Call, isCut: boolean): void {
    if (!isCut) this.#line.finish(call)
    this.moved()
  }
}
