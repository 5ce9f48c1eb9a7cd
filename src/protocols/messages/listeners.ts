import { ToolError } from '../../base/errors.ts'
import type { Closing } from '../../model/message-context.ts'
import type { ProtocolOwner } from '../protocol.ts'
import type { Received } from './received.ts'

type Call = (value: unknown) => void

/** What the plan wants to be told of a connection. What it throws is its user's: nobody waits for it. */
export class Listeners {
  readonly #owner: ProtocolOwner
  readonly #calls: { readonly message: Call[]; readonly close: Call[] } = { message: [], close: [] }

  constructor(owner: ProtocolOwner) {
    this.#owner = owner
  }

  /** Returns what ends it. Throws ToolError for an event that there is not. */
  add(event: string, call: Call): () => void {
    if (event !== 'message' && event !== 'close')
      throw new ToolError('PLAN_INVALID', `Expected \`on\` to be given 'message' or 'close', got '${event}'.`)
    const list = this.#calls[event]
    list.push(call)
    return () => {
      const at = list.indexOf(call)
      if (at !== -1) list.splice(at, 1)
    }
  }

  /** hot */
  received(received: Received): void {
    if (this.#calls.message.length > 0) this.#tell(this.#calls.message, received.value)
  }

  closed(closing: Closing): void {
    this.#tell(this.#calls.close, closing)
  }

  // hot
  #tell(calls: readonly Call[], value: unknown): void {
    const owner = this.#owner
    // One of them may end itself.
    for (const call of [...calls]) {
      owner.resumes(true)
      try {
        call(value)
      } catch (error) {
        owner.threw(error)
      }
    }
  }
}
