import { asChatError, overloaded } from './errors.ts'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface BatchOptions<Item, Result> {
  /** Gives a result for each item, in their order; all or none are written. */
  readonly write: (items: readonly Item[]) => Promise<readonly Result[]>
  /** Most items that are written at once. */
  readonly most?: number
  /** Beyond this many the next is refused. */
  readonly mostWaiting?: number
}

/** Group commit: what comes while one write is under way is written together by the next; one write at a time, in the order of arrival. */
export class Batch<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly #most: number
  readonly #mostWaiting: number
  #waiting: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined
  #writing = 0

  constructor({ write, most = 500, mostWaiting = 20_000 }: BatchOptions<Item, Result>) {
    this.#write = write
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** Not yet written, those that are being written included. */
  get waiting(): number {
    return this.#waiting.length + this.#writing
  }

  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.#mostWaiting) return Promise.reject(overloaded('Too much is waiting for the database.'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** When all that was added is written or has failed. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // What the sockets bring in the same turn of the event loop goes into the same write.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const items = this.#waiting.splice(0, this.#most)
      this.#writing = items.length
      await this.#writeAll(items)
      this.#writing = 0
    }
    this.#running = undefined
  }

  async #writeAll(items: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(items.map(({ item }) => item))
      for (const [index, { resolve }] of items.entries()) {
        const result = results[index]
        resolve(result as Result) // `write` promises one a item
      }
    } catch (error) {
      // One item that cannot be written must not take the others with it; a database that is away refuses them all.
      if (items.length > 1 && asChatError(error).code !== 'overloaded') {
        for (const item of items) await this.#writeAll([item])
        return
      }
      for (const { reject } of items) reject(error)
    }
  }
}
