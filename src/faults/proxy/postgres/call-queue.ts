import type { CallCounts } from '../protocol.ts'
import { COMMAND_COMPLETE, COPY_IN, EMPTY_QUERY, ERROR_RESPONSE, PORTAL_SUSPENDED, READY } from './messages.ts'

/** What a client waits for: a simple query is over when the server is ready again, an execution when it is complete, and a batch of them at its Sync. */
type Waiting = { readonly kind: 'query'; hasFailed: boolean } | { readonly kind: 'execute' } | { readonly kind: 'sync' }

/** Counts the statements of a connection, and knows which of them the server is at. */
export class CallQueue {
  readonly #counts: CallCounts
  readonly #waiting: Waiting[] = []
  #isCopying = false

  constructor(counts: CallCounts) {
    this.#counts = counts
  }

  /** Nothing was asked that is not answered. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  query(): void {
    this.#counts.called()
    this.#waiting.push({ kind: 'query', hasFailed: false })
  }

  execute(): void {
    this.#counts.called()
    this.#waiting.push({ kind: 'execute' })
  }

  /** A server that is waiting for rows to copy takes no notice of it. */
  sync(): void {
    if (!this.#isCopying) this.#waiting.push({ kind: 'sync' })
  }

  copied(): void {
    this.#isCopying = false
  }

  /** The server has said something. */
  heard(type: number): void {
    if (type === READY) this.#ready()
    else if (type === ERROR_RESPONSE) this.#fail()
    else if (type === COPY_IN) this.#copy()
    else if (type === COMMAND_COMPLETE || type === EMPTY_QUERY || type === PORTAL_SUSPENDED) {
      if (this.#waiting[0]?.kind !== 'execute') return
      this.#waiting.shift()
      this.#counts.answered()
    }
  }

  /** The connection is gone. */
  over(): void {
    for (const { kind } of this.#waiting.splice(0)) if (kind !== 'sync') this.#counts.failed()
  }

  #ready(): void {
    this.#isCopying = false
    for (let first = this.#waiting.shift(); first !== undefined; first = this.#waiting.shift()) {
      if (first.kind === 'sync') return
      if (first.kind === 'execute') this.#counts.failed()
      else {
        if (first.hasFailed) this.#counts.failed()
        else this.#counts.answered()
        return
      }
    }
  }

  /** After an error in a batch the server skips to its Sync. */
  #fail(): void {
    this.#isCopying = false
    const [first] = this.#waiting
    if (first?.kind === 'query') first.hasFailed = true
    while (this.#waiting[0]?.kind === 'execute') {
      this.#waiting.shift()
      this.#counts.failed()
    }
  }

  /** Those Syncs that were sent before the client knew that it is to copy are lost. */
  #copy(): void {
    this.#isCopying = true
    const others = this.#waiting.filter(({ kind }) => kind !== 'sync')
    this.#waiting.splice(0, Infinity, ...others)
  }
}
