// @ts-nocheck: this is how users write, with plain `strict`; the project's own flags ask for more. Checked by src/compile/design-plan.test.ts.
// shop.plan.ts
import { csv, fault, plan, scenario, service } from 'proofload'

const accounts = csv('accounts.csv')                      // one row per virtual user, never shared by two

const buy = scenario({
  // once per virtual user (closed model) or per arrival (open model); its value is `vu.state`
  async start({ http, vu }) {
    const login = await http.post('/login', { json: vu.row(accounts) })
    return login.json<{ token: string }>()
  },
  // one iteration
  async run({ http, vu, check, think, step }) {
    const list = await http.get('/products')
    check('products are listed', list.status === 200)
    await think('500ms', '2s')                              // uniform; think('1s') is exact

    const [product] = list.json<{ id: number }[]>()
    await step('checkout', async () => {                    // a timed group of requests
      await http.get(`/products/${product.id}`, { name: 'one product' })
      const headers = { authorization: `Bearer ${vu.state.token}` }
      const order = await http.post('/orders', { json: { productId: product.id }, headers })
      check('order accepted', order.status === 201)
    })
  },
})

// a scenario with nothing to start is just a function
const browse = scenario(async ({ http, think }) => { await http.get('/products'); await think('1s', '3s') })

export default plan({
  services: { db: service.postgres({ maxConnections: 50 }) },      // a real PostgreSQL, from an npm package, nothing to install
  target: {
    url: 'http://127.0.0.1:8080',
    start: 'node dist/systems/shop/main.js',                       // proofload starts it, watches its process tree, stops it
    env: ({ db }) => ({ DATABASE_URL: db.url }),
    ready: '/health',
  },
  scenarios: { buy, browse },
  mix: { buy: 20, browse: 80 },                                    // shares of the users or arrivals; equal when absent
  objectives: ['p95 < 100ms', 'errors < 1%', 'p99(POST /orders) < 250ms', 'errors < 5% over 10s'],
  stopWhen: ['target.memory > 1GB', 'target.cpu > 95% for 10s', 'errors > 50% for 5s', 'host.memory > 90%'],
  tests: {
    'normal load': { suite: 'load', users: 100, for: '3m', quick: { for: '10s', objectives: ['p95 < 100ms', 'errors < 1%'] } },
    'peak':        { suite: 'load', arrivals: [{ to: '400/s', over: '30s' }, { hold: '2m' }] },
    'staircase':   { suite: 'stress', steps: { users: [100, 200, 300, 500], each: '30s' } },
    'capacity':    { suite: 'stress', capacity: { from: '50/s', to: '20000/s', within: '5%' } },
    'database outage': {
      suite: 'stress', arrivals: '200/s', for: '60s',
      faults: [{ at: '20s', for: '10s', fault: fault.down('db') }],
      objectives: ['recovery < 30s', 'lost = 0'], stopWhen: ['host.memory > 90%'],   // a test's own lists replace the plan's
    },
  },
})
