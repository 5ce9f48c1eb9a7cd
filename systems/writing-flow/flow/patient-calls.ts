import type { CircuitBreakerPolicy, FailureReason } from 'cockatiel'
import { BrokenCircuitError, CircuitState, CountBreaker, DelegateBackoff, circuitBreaker, handleWhen, retry } from 'cockatiel'
import type { ModelCall, ModelProvider, Random } from '../model-provider/index.ts'
import { ProviderError } from '../model-provider/index.ts'
import { FlowError } from './flow-error.ts'

export interface BackoffOptions {
  /** Upper end of the first wait. */
  readonly baseMs: number
  /** Upper end of every wait. */
  readonly maxMs: number
}

export interface BreakerOptions {
  /** It opens when at least this share of the last `size` calls failed. */
  readonly threshold: number
  readonly size: number
  /** Time until one call may try again. */
  readonly halfOpenAfterMs: number
}

export interface PatientCallsOptions {
  readonly retries: number
  /** Undefined: repeat at once, whatever the provider asks for. */
  readonly backoff: BackoffOptions | undefined
  /** Undefined: no breaker. */
  readonly breaker: BreakerOptions | undefined
  readonly random: Random
}

export type BreakerState = 'closed' | 'open' | 'half-open' | 'absent'

/** The wait before retry `attempt` (from 1): "full jitter" (Brooker, AWS Architecture Blog 2015), uniform in [0, min(max, base · 2^(attempt − 1))). */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffOptions, random: Random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1))
}

/** Calls of a provider that is sometimes slow, failing or full: retries around a circuit breaker, so that an open circuit ends the retries. */
export class PatientCalls {
  readonly #provider: ModelProvider
  readonly #breaker: CircuitBreakerPolicy | undefined
  readonly #retry: ReturnType<typeof retry>
  #retries = 0

  constructor(provider: ModelProvider, { retries, backoff, breaker, random }: PatientCallsOptions) {
    this.#provider = provider
    // A refusal is no sign of a broken provider: it is answered with patience, not with an open circuit.
    const isOutage = handleWhen((error) => error instanceof ProviderError && error.kind === 'unavailable')
    this.#breaker =
      breaker && circuitBreaker(isOutage, { halfOpenAfter: breaker.halfOpenAfterMs, breaker: new CountBreaker(breaker) })
    this.#retry = retry(
      handleWhen((error) => error instanceof ProviderError),
      {
        maxAttempts: retries,
        backoff: new DelegateBackoff(({ attempt, result }) =>
          backoff ? askedForMs(result) + backoffMs(attempt, backoff, random) : 0,
        ),
      },
    )
    this.#retry.onRetry(() => (this.#retries += 1))
  }

  get retries(): number {
    return this.#retries
  }

  get breakerState(): BreakerState {
    switch (this.#breaker?.state) {
      case undefined:
        return 'absent'
      case CircuitState.Closed:
        return 'closed'
      case CircuitState.HalfOpen:
        return 'half-open'
      case CircuitState.Open:
      case CircuitState.Isolated:
        return 'open'
    }
  }

  /** Rejects with a {@link FlowError}, or with the signal's reason. */
  async ask(call: ModelCall, signal: AbortSignal): Promise<string> {
    const once = () => this.#provider.call(call, signal)
    try {
      return await this.#retry.execute(() => (this.#breaker ? this.#breaker.execute(once, signal) : once()), signal)
    } catch (error) {
      if (error instanceof ProviderError) throw new FlowError(error.kind, error.message, error)
      if (error instanceof BrokenCircuitError) throw new FlowError('circuit-open', 'The provider is down; it is not asked', error)
      throw error
    }
  }
}

function askedForMs(result: FailureReason<unknown>): number {
  return 'error' in result && result.error instanceof ProviderError ? result.error.retryAfterMs : 0
}
