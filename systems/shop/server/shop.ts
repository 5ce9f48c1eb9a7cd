import { Cache } from './cache.ts'
import type { Database } from './database.ts'
import type { Behaviour } from './defects.ts'
import type { FileStore } from './file-store.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { OrderEvents } from './order-events.ts'
import type { Orders } from './orders.ts'
import type { Payments } from './payment.ts'
import { Visits } from './visits.ts'
import { loadList, loadProduct, type ProductList, type ProductPage } from './product-queries.ts'

/** Everything that the routes share. */
export interface Shop {
  readonly database: Database
  readonly lists: Cache<ProductList>
  readonly pages: Cache<ProductPage>
  readonly files: FileStore
  readonly events: OrderEvents
  readonly orders: Orders
  readonly metrics: Metrics
  readonly visits: Visits
  readonly adminPassword: string
}

export interface ShopOptions {
  readonly database: Database
  readonly files: FileStore
  readonly payments: Payments
  readonly orders: Orders
  readonly behaviour: Behaviour
  readonly adminPassword: string
}

export function createShop({ database, files, payments, orders, behaviour, adminPassword }: ShopOptions): Shop {
  const isOn = behaviour.isCacheOn
  const lists = new Cache({ isOn, max: 100, ttlMs: 5_000, load: (category) => loadList(database, category) })
  const pages = new Cache({ isOn, max: 5_000, ttlMs: 10_000, load: (id) => loadProduct(database, Number(id)) })
  const metrics = createMetrics({
    pool: () => database.figures,
    caches: [lists.figures, pages.figures],
    payments: () => payments.figures,
  })
  const visits = new Visits(behaviour.keptVisits)
  return { database, lists, pages, files, events: new OrderEvents(), orders, metrics, visits, adminPassword }
}
