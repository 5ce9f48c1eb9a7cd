import { setTimeout as sleep } from 'node:timers/promises'
import { rowsOf, type Statement } from './database.ts'
import { ShopError } from './errors.ts'
import { findByKey, findOrder, offerFor, writeOrder, type Order, type OrderRequest } from './order-queries.ts'
import type { Orders, OrdersOptions, Placed } from './orders.ts'
import type { PaymentFigures } from './payment.ts'

const nextId: Statement = { name: 'next-order-id', text: `SELECT nextval(pg_get_serial_sequence('orders', 'id'))::integer AS id` }

const flushEveryMs = 1_000

interface Pending {
  readonly request: OrderRequest
  readonly order: Order
}

/** The `lost-on-restart` defect: orders are acknowledged from memory and written once a second. What was not written when the process ends is lost. */
export class OrdersLater implements Orders {
  readonly #options: OrdersOptions
  readonly #pending = new Map<number, Pending>()
  readonly #ended = new AbortController()

  constructor(options: OrdersOptions) {
    this.#options = options
    void this.#flushAgainAndAgain()
  }

  get payments(): PaymentFigures {
    return this.#options.payments.figures
  }

  async place(request: OrderRequest): Promise<Placed> {
    const { database, payments } = this.#options
    const { customer, key, productId, quantity } = request
    return database.withClient(async (client) => {
      const known = this.#pendingOf(customer, key) ?? (await findByKey(client, customer, key))
      if (known) return { order: known, isNew: false }
      const { totalCents } = await offerFor(client, request)
      await payments.authorise(`${customer}:${key}`, totalCents)
      const [next] = await rowsOf<{ id: number }>(client, nextId)
      const order = { id: next?.id ?? 0, productId, quantity, totalCents, createdAt: new Date() }
      this.#pending.set(order.id, { request, order })
      return { order, isNew: true }
    })
  }

  async find(customer: number, id: number): Promise<Order> {
    const pending = this.#pending.get(id)
    if (pending?.request.customer === customer) return pending.order
    return findOrder(this.#options.database, customer, id)
  }

  close(): void {
    this.#ended.abort()
  }

  #pendingOf(customer: number, key: string): Order | undefined {
    for (const { request, order } of this.#pending.values())
      if (request.customer === customer && request.key === key) return order
    return undefined
  }

  async #flushAgainAndAgain(): Promise<void> {
    const { signal } = this.#ended
    for (;;) {
      await sleep(flushEveryMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      for (const pending of [...this.#pending.values()]) {
        if (await this.#write(pending)) this.#pending.delete(pending.order.id)
        else break
      }
    }
  }

  /** False: it may work later. */
  async #write({ request, order }: Pending): Promise<boolean> {
    try {
      await this.#options.database.transaction((client) => writeOrder(client, request, order))
      return true
    } catch (error) {
      return error instanceof ShopError && error.statusCode < 500
    }
  }
}
