import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { CacheFigures } from './cache.ts'
import type { PoolFigures } from './database.ts'

export interface MetricsSources {
  readonly pool: () => PoolFigures
  readonly caches: readonly CacheFigures[]
}

export interface Metrics {
  readonly contentType: string
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>
  readonly orders: Counter
  readonly failedOrders: Counter<'reason'>
  page(): Promise<string>
}

export function createMetrics({ pool, caches }: MetricsSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  cacheCounter(
    'product_cache_hits',
    'Product reads answered from the cache.',
    () => sum(caches.map(({ hits }) => hits)),
    registry,
  )
  cacheCounter(
    'product_cache_misses',
    'Product reads that went to the database.',
    () => sum(caches.map(({ misses }) => misses)),
    registry,
  )
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

/** The caches count by themselves; the page only reads them. */
function cacheCounter(name: string, help: string, read: () => number, registry: Registry): void {
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
