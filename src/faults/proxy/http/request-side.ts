import { JoinedOutlet } from '../joined-outlet.ts'
import type { CallToxic, ProtocolConnection } from '../protocol.ts'
import type { Stage } from '../stage.ts'
import type { AnswerLine, Call } from './answer-line.ts'
import { isMeant } from './call-scope.ts'
import { RequestCopy } from './duplicate-delivery.ts'
import { MessageFramer } from './message-framer.ts'
import type { RequestHead } from './message-head.ts'
import { parseRequestHead } from './message-head.ts'
import type { StatusAction } from './status.ts'
import { goOn, statusAnswer } from './status.ts'

/** What becomes of the request that is on its way now. */
type Delivery =
  | { readonly kind: 'plain' }
  | { readonly kind: 'answered'; readonly call: Call; readonly action: StatusAction; readonly toxic: CallToxic }
  | { readonly kind: 'copied'; readonly method: string; readonly copy: RequestCopy; readonly toxics: readonly CallToxic[] }

const plain: Delivery = { kind: 'plain' }

/** The requests of a connection on their way to the upstream. */
export class RequestSide implements Stage {
  readonly #connection: ProtocolConnection
  readonly #line: AnswerLine
  readonly #framer: MessageFramer<RequestHead>
  readonly #out: JoinedOutlet
  #delivery: Delivery = plain
  /** The chunk in hand goes on as it came, and is only looked at. */
  #isWhole = true

  /** @param malformed what comes now is no HTTP */
  constructor(connection: ProtocolConnection, line: AnswerLine, malformed: () => void) {
    this.#connection = connection
    this.#line = line
    this.#out = new JoinedOutlet(connection.up)
    const pass = (bytes: Buffer): void => {
      this.#pass(bytes)
    }
    this.#framer = new MessageFramer({
      parse: parseRequestHead,
      partial: () => this.#isWhole,
      head: (head, bytes, isWhole) => {
        this.#delivery = this.#isWhole || !isWhole ? plain : this.#choose(head)
        if (this.#delivery.kind !== 'answered') this.#line.add(head, false)
        pass(bytes)
      },
      body: pass,
      end: () => {
        this.#end()
      },
      raw: pass,
      malformed,
    })
  }

  // hot
  write(chunk: Buffer): void {
    this.#isWhole = this.#delivery.kind === 'plain' && !this.#framer.isHolding && this.#connection.toxics().length === 0
    if (this.#isWhole) {
      this.#framer.push(chunk)
      this.#connection.up.write(chunk)
    } else
      this.#out.during(() => {
        this.#framer.push(chunk)
      })
  }

  end(): void {
    this.#isWhole = false
    this.#framer.finish()
    this.#out.end()
  }

  /** The connection speaks something else from here on. */
  becomeRaw(): void {
    this.#framer.becomeRaw()
  }

  #choose(head: RequestHead): Delivery {
    const toxics = this.#connection.toxics().filter(({ spec }) => isMeant(spec, head))
    for (const toxic of toxics) {
      const { action } = toxic.spec
      if (action.kind !== 'status' || !toxic.meets()) continue
      const call = this.#line.add(head, true)
      call.status = action.status
      if (head.waits) this.#line.send(call, goOn)
      return { kind: 'answered', call, action, toxic }
    }
    const copying = toxics.filter(({ spec }) => spec.action.kind === 'duplicate-delivery')
    if (copying.length === 0) return plain
    return { kind: 'copied', method: head.method, copy: new RequestCopy(), toxics: copying }
  }

  #pass(bytes: Buffer): void {
    if (this.#isWhole || this.#delivery.kind === 'answered') return
    if (this.#delivery.kind === 'copied') this.#delivery.copy.add(bytes)
    this.#out.write(bytes)
  }

  #end(): void {
    const delivery = this.#delivery
    this.#delivery = plain
    if (delivery.kind === 'answered') {
      const { call, action, toxic } = delivery
      this.#line.send(call, statusAnswer(action, toxic, call.request))
      if (call.request.closes) this.#line.send(call, 'close')
      this.#line.finish(call)
    } else if (delivery.kind === 'copied' && delivery.copy.isWhole) {
      const here = this.#connection.toxics()
      for (const toxic of delivery.toxics)
        if (here.includes(toxic) && toxic.meets()) delivery.copy.deliver(this.#connection.dial(), delivery.method)
    }
  }
}
