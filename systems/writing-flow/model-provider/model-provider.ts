import { ProviderError } from './provider-error.ts'
import type { Random } from './random.ts'
import { logNormal, seededRandom } from './random.ts'
import { sleep } from './sleep.ts'
import { TokenBucket } from './token-bucket.ts'

export interface ModelProviderOptions {
  /** Mean time of a call; default 100. */
  readonly meanMs?: number
  /** Spread of the log-normal time (σ of its logarithm); 0: every call takes the mean. Default 0.3. */
  readonly sigma?: number
  /** Share of calls that fail after their time; default 0.05. */
  readonly failureRate?: number
  /** Calls at once; one more is answered with a 429 at once. Default 20. */
  readonly maxConcurrent?: number
  /** Input and output tokens a second; default 400,000. */
  readonly tokensPerSec?: number
  /** Tokens that may be spent at once after a quiet time; default one second's worth. */
  readonly tokenBurst?: number
  readonly seed?: number
}

export interface ModelCall {
  readonly prompt: string
  /** Input and expected output together, as providers count them. */
  readonly tokens: number
}

export interface ProviderFigures {
  /** Everything that reached the provider, refused calls included. */
  readonly calls: number
  readonly completed: number
  readonly failed: number
  /** Answered with a 429. */
  readonly refused: number
  readonly inFlight: number
  readonly mostInFlight: number
}

/**
 * A model provider as its callers see it, in this process: it takes its time, fails now and then, and refuses what is beyond its limits.
 * Its capacity is known: at most `maxConcurrent / mean` calls and `tokensPerSec` tokens a second.
 */
export class ModelProvider {
  readonly #options: Required<ModelProviderOptions>
  readonly #random: Random
  #tokens: TokenBucket
  #failureRate: number
  #figures = { calls: 0, completed: 0, failed: 0, refused: 0, inFlight: 0, mostInFlight: 0 }

  constructor({
    meanMs = 100,
    sigma = 0.3,
    failureRate = 0.05,
    maxConcurrent = 20,
    tokensPerSec = 400_000,
    tokenBurst = tokensPerSec,
    seed = 1,
  }: ModelProviderOptions = {}) {
    this.#options = { meanMs, sigma, failureRate, maxConcurrent, tokensPerSec, tokenBurst, seed }
    this.#failureRate = failureRate
    this.#random = seededRandom(seed)
    this.#tokens = new TokenBucket({ perSec: tokensPerSec, burst: tokenBurst }, performance.now())
  }

  /** The answer's text. Rejects with a {@link ProviderError}, or with the signal's reason. */
  async call({ prompt, tokens }: ModelCall, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted()
    this.#figures.calls += 1
    this.#refuseBeyondLimits(tokens)
    const { meanMs: mean, sigma } = this.#options
    const durationMs = logNormal(this.#random, { mean, sigma })
    const isFailing = this.#random() < this.#failureRate
    this.#figures.inFlight += 1
    this.#figures.mostInFlight = Math.max(this.#figures.mostInFlight, this.#figures.inFlight)
    try {
      await sleep(durationMs, signal)
    } finally {
      this.#figures.inFlight -= 1
    }
    if (isFailing) {
      this.#figures.failed += 1
      throw new ProviderError('unavailable', 'The model is unavailable')
    }
    this.#figures.completed += 1
    return `An answer to: ${prompt}`
  }

  /** From now on every call fails after its time, until {@link recover} or {@link ration}. */
  breakDown(): void {
    this.#failureRate = 1
  }

  /** From now on it grants only so many tokens a second, as providers do when they come back from an outage, until {@link recover}. */
  ration(tokensPerSec: number): void {
    this.#failureRate = this.#options.failureRate
    this.#tokens = new TokenBucket({ perSec: tokensPerSec, burst: tokensPerSec }, performance.now())
  }

  recover(): void {
    const { failureRate, tokensPerSec: perSec, tokenBurst: burst } = this.#options
    this.#failureRate = failureRate
    this.#tokens = new TokenBucket({ perSec, burst }, performance.now())
  }

  figures(): ProviderFigures {
    return { ...this.#figures }
  }

  #refuseBeyondLimits(tokens: number): void {
    const { maxConcurrent, meanMs } = this.#options
    if (this.#figures.inFlight >= maxConcurrent) {
      this.#figures.refused += 1
      throw new ProviderError('rate-limited', `More than ${maxConcurrent} calls at once`, meanMs)
    }
    const waitMs = this.#tokens.take(tokens, performance.now())
    if (waitMs > 0) {
      this.#figures.refused += 1
      throw new ProviderError('rate-limited', 'More tokens a second than the limit', waitMs)
    }
  }
}
