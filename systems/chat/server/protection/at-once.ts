import { ChatError } from '../errors.ts'
import { addressKey } from './address-key.ts'

/** Expensive work that one address may have under way at the same moment: what is beyond it is refused for nothing, and others are not kept waiting behind it. */
export class AtOnce {
  readonly #most: number
  readonly #running = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  async run<Result>(address: string, work: () => Promise<Result>): Promise<Result> {
    const key = addressKey(address)
    const running = this.#running.get(key) ?? 0
    if (running >= this.#most) throw new ChatError('rate-limited', 'Too many at once from this address.', { retryAfterSec: 1 })
    this.#running.set(key, running + 1)
    try {
      return await work()
    } finally {
      const left = (this.#running.get(key) ?? 1) - 1
      if (left > 0) this.#running.set(key, left)
      else this.#running.delete(key)
    }
  }
}
