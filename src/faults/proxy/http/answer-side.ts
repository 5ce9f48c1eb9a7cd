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
  #answering: { readonly call: Call; readonly flow: AnswerFlow } | undefined
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
        if (this.#answering === undefined) this.#pass(bytes)
        else this.#answering.flow.body(bytes)
      },
      end: () => {
        this.#end(false)
      },
      raw: (bytes) => {
        this.#pass(bytes)
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
      this.#pass(bytes)
      return
    }
    const isSwitch = head.body.kind === 'raw'
    const isInterim = head.status < 200 && !isSwitch
    const isPlain = !isWhole || this.#isWhole || isInterim || isSwitch
    const flow = isPlain ? this.#last(call) : this.#flowOf(call, head)
    if (!isInterim) {
      call.status = head.status
      this.#answering = { call, flow }
    }
    flow.head(bytes)
    if (!isSwitch) return
    this.#end(false)
    this.#switched()
  }

  #flowOf(call: Call, head: AnswerHead): AnswerFlow {
    const last = this.#last(call)
    const chain: AnswerChain = answerChain(this.#connection.toxics(), call.request, {
      head,
      next: {
        ...last,
        end: (isCut) => {
          this.#chains.delete(chain)
          last.end(isCut)
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
    if (chain.laid.length > 0) this.#chains.add(chain)
    return chain.first
  }

  /** To the caller, when it is its turn. */
  #last(call: Call): AnswerFlow {
    const send = (bytes: Buffer): void => {
      if (!this.#isWhole) this.#line.send(call, bytes)
    }
    return {
      head: send,
      body: send,
      end: (isCut) => {
        if (!isCut) this.#line.finish(call)
        this.moved()
      },
    }
  }

  #pass(bytes: Buffer): void {
    if (!this.#isWhole) this.#line.out.write(bytes)
  }

  #end(isCut: boolean): void {
    const answering = this.#answering
    this.#answering = undefined
    answering?.flow.end(isCut)
  }
}
