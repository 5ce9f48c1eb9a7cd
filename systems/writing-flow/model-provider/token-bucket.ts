export interface TokenBucketOptions {
  readonly perSec: number
  /** Tokens that a full bucket holds. */
  readonly burst: number
}

/** A rate limit that fills continuously: in any t seconds it grants at most `burst + perSec · t` tokens. */
export class TokenBucket {
  readonly #options: TokenBucketOptions
  #level: number
  #filledAtMs: number

  constructor(options: TokenBucketOptions, nowMs: number) {
    this.#options = options
    this.#level = options.burst
    this.#filledAtMs = nowMs
  }

  /** Takes the tokens and returns 0, or takes nothing and returns the milliseconds until they are there. */
  take(tokens: number, nowMs: number): number {
    const { perSec, burst } = this.#options
    // Unlimited: Infinity minus Infinity would be no number.
    if (perSec === Infinity) return 0
    this.#level = Math.min(burst, this.#level + ((nowMs - this.#filledAtMs) / 1000) * perSec)
    this.#filledAtMs = nowMs
    if (tokens <= this.#level) {
      this.#level -= tokens
      return 0
    }
    return ((tokens - this.#level) / perSec) * 1000
  }
}
