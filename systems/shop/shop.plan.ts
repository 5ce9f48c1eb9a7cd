import { env, plan, service } from 'proofload'
import { readTheBooks } from './plan/books.ts'
import { faultTests } from './plan/fault-tests.ts'
import { loadTests } from './plan/load-tests.ts'
import {
  account,
  browse,
  buy,
  buyKept,
  buyRemembered,
  logIn,
  remembered,
  sale,
  search,
  upload,
  visits,
} from './plan/scenarios.ts'
import type { Shared } from './plan/scenarios.ts'
import { stressTests } from './plan/stress-tests.ts'

/** Two runs at once need two ports: `SHOP_PORT=18081 npx proofload run …`. */
const port = env('SHOP_PORT', { default: '18080', secret: false })

export default plan({
  services: {
    db: service.postgres({ maxConnections: 50 }),
    // Not the shop's own: it can be slow, down or overloaded. 32 at once for 40 ms each are 800 payments a second.
    payments: service.process({ start: 'node dist/systems/shop/payments/main.js', ready: '/health' }),
  },
  target: {
    url: `http://127.0.0.1:${port}`,
    start: 'node dist/systems/shop/main.js',
    // With one secret for all its starts, a log-in outlives a restart: each stress test has a fresh target, and a search starts one that died again.
    env: ({ db, payments }) => ({
      DATABASE_URL: db.url,
      PAYMENTS_URL: payments.url,
      PORT: port,
      SHOP_TOKEN_SECRET: 'tokens of this secret open a shop on loopback only',
    }),
    ready: '/health',
    metrics: '/metrics',
  },
  async setup({ http }): Promise<Shared> {
    return { tokens: await Promise.all(remembered.map((customer) => logIn(http, customer))) }
  },
  audit: readTheBooks,
  scenarios: { browse, search, buy, account, buyRemembered, buyKept, sale, upload },
  mix: { browse: 60, search: 20, buy: 12, account: 8, buyRemembered: 0, buyKept: 0, sale: 0, upload: 0 },
  objectives: ['p95 < 100ms', 'errors < 1%', 'target.cpu < 70%', 'target.memory < 400MB'],
  stopWhen: ['target.memory > 1GB', 'target.cpu > 95% for 10s', 'errors > 50% for 5s', 'host.memory > 90%'],
  tests: {
    ...loadTests,
    ...stressTests,
    ...faultTests,
    // Half an hour of a load that it must bear for months: a leak is told from a cache that fills up.
    soak: {
      suite: 'soak',
      arrivals: '100/s',
      for: '30m',
      warmup: '1m',
      mix: visits,
      objectives: ['p95 < 100ms', 'errors < 1%'],
      quick: { arrivals: '300/s', for: '75s', warmup: '5s' },
    },
  },
})
