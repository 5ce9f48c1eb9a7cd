import { setTimeout as sleep } from 'node:timers/promises'

const providerMs = 40

/**
 * The payment provider, simulated: somebody else's service, a fixed while away. It is asked inside the order's transaction, so that a
 * refused payment leaves no trace; the price is a database connection held meanwhile, which the pool must have room for.
 */
export async function authorisePayment(): Promise<void> {
  await sleep(providerMs)
}
