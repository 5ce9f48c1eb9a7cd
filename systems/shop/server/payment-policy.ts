import { setMaxListeners } from 'node:events'
import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConstantBackoff,
  ExponentialBackoff,
  handleWhen,
  noop,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
  BrokenCircuitError,
  BulkheadRejectedError,
} from 'cockatiel'

/** How the shop protects itself from a payment service that is slow or away; the planted defects leave parts of it out. */
export interface PaymentProtection {
  /** Longest wait for one answer; Infinity: as long as it takes. */
  readonly timeoutMs: number
  /** Tries after the first; Infinity: until it works. */
  readonly retries: number
  /** Without it a try follows the one before at once. */
  readonly isBackingOff: boolean
  readonly hasBreaker: boolean
  /** How long the breaker stays open before one payment may try. */
  readonly openMs: number
  /** Orders that wait for a payment at once: fewer than there are database connections, so that the catalogue always has some. */
  readonly mostAtOnce: number
}

export interface PaymentPolicy {
  execute<Result>(call: (context: { readonly signal: AbortSignal }) => Promise<Result>): Promise<Result>
  readonly breaker: 'closed' | 'half-open' | 'open'
  /** Gives up whatever still waits. */
  close(): void
}

/** Half of the calls of five seconds, and at least ten of them. */
const trip = { threshold: 0.5, duration: 5_000, minimumRps: 2 }

/** A refused or failed try that a later one may mend; an open breaker is no reason to try again. */
const isPassing = (error: Error): boolean => !isShed(error)

/** Never sent: the breaker is open, or too many wait already. */
export const isShed = (error: unknown): boolean => error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError

/** From the outside in: not too many at once, a second try after a while, the breaker, and for each try a limit of time. */
export function createPaymentPolicy(protection: PaymentProtection): PaymentPolicy {
  const { timeoutMs, retries, isBackingOff, hasBreaker, openMs, mostAtOnce } = protection
  const breaker = circuitBreaker(handleWhen(isPassing), { halfOpenAfter: openMs, breaker: new SamplingBreaker(trip) })
  const policy = wrap(
    Number.isFinite(mostAtOnce) ? bulkhead(mostAtOnce, 0) : noop,
    retry(handleWhen(isPassing), {
      maxAttempts: retries,
      // Decorrelated jitter, the library's default.
      backoff: isBackingOff ? new ExponentialBackoff({ initialDelay: 50, maxDelay: 250 }) : new ConstantBackoff(0),
    }),
    hasBreaker ? breaker : noop,
    Number.isFinite(timeoutMs) ? timeout(timeoutMs, TimeoutStrategy.Aggressive) : noop,
  )
  const life = new AbortController()
  // Every order that waits listens to it, and more than ten may.
  setMaxListeners(0, life.signal)
  return {
    async execute(call) {
      // Somebody tries already: to wait for the outcome would make the others as slow as the service may be.
      if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError()
      return policy.execute(call, life.signal)
    },
    close: () => life.abort(),
    get breaker() {
      if (breaker.state === CircuitState.Closed) return 'closed'
      return breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open'
    },
  }
}
