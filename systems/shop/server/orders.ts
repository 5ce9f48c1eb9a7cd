import type { Database } from './database.ts'
import type { Behaviour } from './defects.ts'
import { findByKey, findOrder, offerFor, writeOrder, type Order, type OrderRequest } from './order-queries.ts'
import type { PaymentFigures, Payments } from './payment.ts'
import { OrdersLater } from './orders-later.ts'

export interface Placed {
  readonly order: Order
  /** False: this key was ordered before, and this is that order. */
  readonly isNew: boolean
}

/** Takes orders and finds them again. */
export interface Orders {
  place(request: OrderRequest): Promise<Placed>
  find(customer: number, id: number): Promise<Order>
  readonly payments: PaymentFigures
  close(): void
}

export interface OrdersOptions {
  readonly database: Database
  readonly payments: Payments
  readonly behaviour: Pick<Behaviour, 'locksStock' | 'writesBehind'>
}

export function createOrders(options: OrdersOptions): Orders {
  return options.behaviour.writesBehind ? new OrdersLater(options) : new OrdersAtOnce(options)
}

/**
 * An order is answered when it is committed. It holds one database connection throughout, so that once the money is authorised it never
 * has to wait for one; the limit of payments at once leaves connections for everybody else. Rows are locked only after the payment. An
 * authorisation whose order fails lapses by itself.
 */
class OrdersAtOnce implements Orders {
  readonly #options: OrdersOptions

  constructor(options: OrdersOptions) {
    this.#options = options
  }

  get payments(): PaymentFigures {
    return this.#options.payments.figures
  }

  async place(request: OrderRequest): Promise<Placed> {
    const { database, payments, behaviour } = this.#options
    const { customer, key } = request
    try {
      return await database.transaction(async (client) => {
        const known = await findByKey(client, customer, key)
        if (known) return { order: known, isNew: false }
        const { totalCents, stock } = await offerFor(client, request)
        await payments.authorise(`${customer}:${key}`, totalCents)
        const terms = behaviour.locksStock ? { totalCents } : { totalCents, seenStock: stock }
        return { order: await writeOrder(client, request, terms), isNew: true }
      })
    } catch (error) {
      if (!isSameKey(error)) throw error
      const order = await database.withClient((client) => findByKey(client, customer, key))
      if (!order) throw error
      return { order, isNew: false }
    }
  }

  find(customer: number, id: number): Promise<Order> {
    return findOrder(this.#options.database, customer, id)
  }

  close(): void {
    // Nothing is left to do: what was answered is written.
  }
}

/** Two requests with the same key at the same moment: the other was faster (23505: unique_violation). */
const isSameKey = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23505'
