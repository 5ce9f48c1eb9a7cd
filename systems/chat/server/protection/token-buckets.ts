export interface BucketLimits {
  readonly ratePerSec: number
  readonly burst: number
}

export interface BucketsOptions extends BucketLimits {
  /** Monotonic. */
  readonly nowMs?: () => number
  /** Beyond so many keys the one that has been quiet for longest is forgotten: an attacker with a million addresses costs no more memory than this. */
  readonly most?: number
}

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/** A token bucket a key. A full bucket is no news and is forgotten. */
export class TokenBuckets {
  readonly burst: number
  readonly ratePerSec: number
  readonly #nowMs: () => number
  readonly #most: number
  /** The key that has been quiet for longest comes first. */
  readonly #buckets = new Map<string, Bucket>()

  constructor({ ratePerSec, burst, nowMs = () => performance.now(), most = 100_000 }: BucketsOptions) {
    this.ratePerSec = ratePerSec
    this.burst = burst
    this.#nowMs = nowMs
    this.#most = most
  }

  get size(): number {
    return this.#buckets.size
  }

  tokens(key: string): number {
    const bucket = this.#buckets.get(key)
    return bucket === undefined ? this.burst : this.#refilled(bucket)
  }

  set(key: string, tokens: number): void {
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens, atMs: this.#nowMs() })
    this.#forget()
  }

  secondsUntil(key: string, tokens: number): number {
    return Math.max(0, (tokens - this.tokens(key)) / this.ratePerSec)
  }

  #refilled({ tokens, atMs }: Bucket): number {
    return Math.min(this.burst, tokens + ((this.#nowMs() - atMs) / 1_000) * this.ratePerSec)
  }

  /** Two looks a write: what becomes idle is forgotten faster than anything new can come, without a timer. */
  #forget(): void {
    let looks = 0
    for (const [key, bucket] of this.#buckets) {
      const isSuperfluous = this.#buckets.size > this.#most || this.#refilled(bucket) >= this.burst
      if (!isSuperfluous) return
      this.#buckets.delete(key)
      looks += 1
      if (looks === 2) return
    }
  }
}
