import { fault, plan, scenario, service } from 'proofload'

interface Shared {
  readonly tokens: readonly string[]
}

/** Most people only look. */
const browse = scenario(async ({ http, vu, check, think }) => {
  const list = await http.get('/products')
  check('twenty products are listed', list.ok && list.json<unknown[]>().length === 20)
  await think('200ms', '600ms')
  await http.get(`/products/${1 + Math.floor(1000 * vu.random())}`)
  await think('200ms', '600ms')
})

/** Some order, each under a key of its own: in the end it must be there, once. */
const buy = scenario<Shared>(async ({ http, vu, audit, think }) => {
  const { tokens } = vu.shared
  const headers = { authorization: `Bearer ${tokens[vu.id % tokens.length] ?? ''}` }
  const key = crypto.randomUUID()
  const json = { key, productId: 1 + Math.floor(20_000 * vu.random()), quantity: 1 }
  await audit.write(key, () => http.post('/orders', { json, headers }))
  await think('200ms', '600ms')
})

let lastOrder = 0

export default plan({
  services: {
    db: service.postgres(), // a real PostgreSQL: nothing to install
    payments: service.process({ start: 'node dist/systems/shop/payments/main.js', ready: '/health' }),
  },
  target: {
    url: 'http://127.0.0.1:18090',
    start: 'node dist/systems/shop/main.js --port 18090',
    env: ({ db, payments }) => ({ DATABASE_URL: db.url, PAYMENTS_URL: payments.url, SHOP_TOKEN_SECRET: 'only on loopback' }),
    ready: '/health',
    metrics: '/metrics',
  },
  async setup({ http }): Promise<Shared> {
    const logIn = async (customer: number): Promise<string> => {
      const json = { email: `customer${customer}@shop.example`, password: 'correct-horse' }
      return (await http.post('/login', { json })).json<{ token: string }>().token
    }
    return { tokens: await Promise.all(Array.from({ length: 20 }, (_, i) => logIn(i + 1))) }
  },
  // After each test: which orders are there?
  async audit({ http, audit }) {
    const headers = { authorization: `Basic ${btoa('admin:admin')}` }
    for (;;) {
      const page = await http.get('/admin/orders', { query: { after: lastOrder }, headers })
      if (!page.ok) throw new Error(`The orders cannot be read: status ${page.status}`)
      const orders = page.json<{ id: number; key: string }[]>()
      if (orders.length === 0) return
      await audit.read(orders.map(({ key }) => key))
      lastOrder = orders.at(-1)?.id ?? lastOrder
    }
  },
  scenarios: { browse, buy },
  mix: { browse: 75, buy: 25 },
  objectives: ['p95 < 250ms', 'errors < 1%'],
  stopWhen: ['target.memory > 1GB', 'host.memory > 90%'],
  tests: {
    'fifty users': { users: 50, for: '15s', warmup: '3s' },
    // How many orders a second, and what happens to those beyond?
    'orders a second': {
      capacity: { from: '50/s', to: '800/s', within: '20%', quick: true, minTrial: '2s', settle: '3s' },
      mix: { buy: 1 },
      objectives: { extend: ['capacity > 40/s'] },
    },
    // Ten seconds without a database: when is all as it was, and is anything lost?
    'database outage': {
      arrivals: { rate: '40/s', process: 'uniform' },
      for: '40s',
      faults: [{ at: '10s', for: '10s', fault: fault.down('db') }],
      objectives: ['recovery < 15s', 'lost = 0', 'duplicates = 0'],
    },
  },
})
