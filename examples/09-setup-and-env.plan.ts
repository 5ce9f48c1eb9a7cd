import { env, plan, scenario } from 'proofload'

// A secret: hidden in everything that is written. `secret: false` for what may be seen.
const password = env('SHOP_PASSWORD', { default: 'only-for-tests' })
const port = env('SHOP_PORT', { default: '18100', secret: false })

interface Shared {
  readonly token: string
}

// Every arrival is a new user. Logging in is not what is tested here, so the plan does it once.
const order = scenario<Shared>(async ({ http, vu, check }) => {
  const headers = { authorization: `Bearer ${vu.shared.token}` }
  const placed = await http.post('/orders', { json: { productId: 3 }, headers })
  check('order accepted', placed.status === 201)
})

export default plan({
  target: { url: `http://127.0.0.1:${port}`, start: `node server.js ${port}`, cwd: '.', ready: '/health' },
  async setup({ http }): Promise<Shared> {
    const login = await http.post('/login', { json: { email: 'ada@shop.example', password } })
    return login.json<Shared>()
  },
  scenarios: { order },
  objectives: ['p95 < 100ms', 'checks > 99%'],
  tests: { orders: { arrivals: '50/s', for: '15s' } },
})
