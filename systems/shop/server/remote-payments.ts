import { Agent, request } from 'node:http'
import { overloaded, ShopError } from './errors.ts'
import { createPaymentPolicy, isShed, type PaymentProtection } from './payment-policy.ts'
import type { PaymentFigures, Payments } from './payment.ts'

/** An answer that says nothing about the payment: the next try may get a better one. */
class PaymentFailure extends Error {}

/** The payment service at `url`, behind time-outs, retries, a circuit breaker and a limit on how many wait for it. */
export class RemotePayments implements Payments {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #policy
  #calls = 0
  #failures = 0
  #shed = 0

  constructor(url: string, protection: PaymentProtection) {
    this.#url = new URL('payments', url.endsWith('/') ? url : `${url}/`)
    this.#policy = createPaymentPolicy(protection)
  }

  get figures(): PaymentFigures {
    return { calls: this.#calls, failures: this.#failures, shed: this.#shed, breaker: this.#policy.breaker }
  }

  async authorise(key: string, amountCents: number): Promise<void> {
    let status: number
    try {
      status = await this.#policy.execute(({ signal }) => this.#ask(key, amountCents, signal))
    } catch (error) {
      if (isShed(error)) this.#shed += 1
      throw overloaded('Payments are not possible at the moment.', error)
    }
    if (status === 402) throw new ShopError(402, 'payment_declined', 'The payment was declined.')
    if (status >= 300) throw new Error(`the payment service answered ${status}`)
  }

  close(): void {
    this.#policy.close()
    this.#agent.destroy()
  }

  /** The status of an answer that decides something. */
  async #ask(key: string, amountCents: number, signal: AbortSignal): Promise<number> {
    this.#calls += 1
    try {
      const status = await this.#send(key, JSON.stringify({ amountCents }), signal)
      if (status >= 500 || status === 429) throw new PaymentFailure(`the payment service answered ${status}`)
      return status
    } catch (error) {
      this.#failures += 1
      throw error
    }
  }

  #send(key: string, body: string, signal: AbortSignal): Promise<number> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'idempotency-key': key }
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers, signal }, (answer) => {
        answer.on('error', reject)
        answer.on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('aborted', () => reject(new PaymentFailure('the answer was cut off')))
        answer.resume()
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
