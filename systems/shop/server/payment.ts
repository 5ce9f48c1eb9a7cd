import { setTimeout as sleep } from 'node:timers/promises'

/** Asks for the money of an order. The same key is the same payment, however often it is asked for. */
export interface Payments {
  /** Throws a ShopError: 402 when it is declined, 503 when nobody can say. */
  authorise(key: string, amountCents: number): Promise<void>
  readonly figures: PaymentFigures
  close(): void
}

export interface PaymentFigures {
  /** Requests sent to the service, repeated ones included. */
  readonly calls: number
  readonly failures: number
  /** Orders that were not even sent: the breaker is open, or too many wait already. */
  readonly shed: number
  readonly breaker: 'closed' | 'half-open' | 'open'
}

const providerMs = 40

/** The payment service, simulated: somebody else's, a fixed while away. */
export function simulatedPayments(): Payments {
  let calls = 0
  return {
    async authorise() {
      calls += 1
      await sleep(providerMs)
    },
    get figures(): PaymentFigures {
      return { calls, failures: 0, shed: 0, breaker: 'closed' }
    },
    close: () => undefined,
  }
}
