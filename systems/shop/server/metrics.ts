import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { CacheFigures } from './cache.ts'
import type { PoolFigures } from './database.ts'
import type { PaymentFigures } from './payment.ts'

export interface MetricsSources {
  readonly pool: () => PoolFigures
  readonly caches: readonly CacheFigures[]
  readonly payments: () => PaymentFigures
}

export interface Metrics {
  readonly contentType: string
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
  readonly orders: Counter
  readonly failedOrders: Counter<'reason'>
  page(): Promise<string>
}

export function createMetrics({ pool, caches, payments }: MetricsSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  counterOf('product_cache_hits', 'Product reads answered from the cache.', () => sum(caches.map(({ hits }) => hits)), registry)
  counterOf(
    'product_cache_misses',
    'Product reads that went to the database.',
    () => sum(caches.map(({ misses }) => misses)),
    registry,
  )
  counterOf('shop_payment_calls', 'Requests sent to the payment service.', () => payments().calls, registry)
  counterOf('shop_payment_failures', 'Requests to the payment service that failed.', () => payments().failures, registry)
  counterOf('shop_payments_shed', 'Orders refused before the payment service was asked.', () => payments().shed, registry)
  new Gauge({
    name: 'shop_payment_breaker',
    help: 'Circuit breaker before the payment service: 0 closed, 1 half open, 2 open.',
    registers,
    collect() {
      this.set(['closed', 'half-open', 'open'].indexOf(payments().breaker))
    },
  })
  new Gauge({
    name: 'shop_pool_connections',
    help: 'Database connections by state; max is the limit.',
    labelNames: ['state'],
    registers,
    collect() {
      const { total, idle, active, max } = pool()
      for (const [state, count] of Object.entries({ total, idle, active, max })) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'shop_pool_waiting',
    help: 'Requests that wait for a database connection.',
    registers,
    collect() {
      this.set(pool().waiting)
    },
  })
  return {
    contentType: registry.contentType,
    requestSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to answer by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    orders: new Counter({ name: 'shop_orders_total', help: 'Orders accepted.', registers }),
    failedOrders: new Counter({ name: 'shop_orders_refused_total', help: 'Orders refused.', labelNames: ['reason'], registers }),
    page: () => registry.metrics(),
  }
}

/** The caches and the payments count by themselves; the page only reads them. */
function counterOf(name: string, help: string, read: () => number, registry: Registry): void {
  new Counter({
    name: `${name}_total`,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
