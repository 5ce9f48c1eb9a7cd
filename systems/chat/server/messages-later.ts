import type { MessageLog, Publish, Spoken } from './message-log.ts'
import type { MessageStore } from './store.ts'

const everyMs = 1_000

/** A planted defect: messages are acknowledged and published at once and written a second later, and a drain forgets those that wait. */
export class MessagesLater implements MessageLog {
  readonly #store: MessageStore
  readonly #publish: Publish
  readonly #timer: NodeJS.Timeout
  readonly #lastNumber = new Map<number, Promise<{ number: number }>>()
  #waiting: Spoken[] = []

  constructor(store: MessageStore, publish: Publish) {
    this.#store = store
    this.#publish = publish
    this.#timer = setInterval(() => void this.#write(), everyMs)
  }

  get waiting(): number {
    return this.#waiting.length
  }

  async add(spoken: Spoken): Promise<number> {
    const { room, from, text, at } = spoken
    let last = this.#lastNumber.get(room.id)
    if (last === undefined) {
      last = this.#store.messages(room.id, { limit: 1 }).then(([newest]) => ({ number: newest?.seq ?? 0 }))
      this.#lastNumber.set(room.id, last)
    }
    const counted = await last
    counted.number += 1
    this.#waiting.push(spoken)
    this.#publish(room, [{ seq: counted.number, from, text, at }])
    return counted.number
  }

  settle(): Promise<void> {
    clearInterval(this.#timer)
    this.#waiting = []
    return Promise.resolve()
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    // Nobody waits for it any more, and nobody is told.
    if (waiting.length > 0) await this.#store.addMessages(waiting).catch(() => undefined)
  }
}
