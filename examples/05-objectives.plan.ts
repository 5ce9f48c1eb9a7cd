import { plan, scenario } from 'proofload'

const buy = scenario(async ({ http, check, step, think }) => {
  await http.get('/products')
  await think('100ms')
  // Two requests that the visitor sees as one.
  await step('checkout', async () => {
    await http.get('/products/7')
    const order = await http.post('/orders', { json: { productId: 7 }, headers: { authorization: 'Bearer demo' } })
    check('order accepted', order.status === 201)
  })
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { buy },
  objectives: [
    'p95 < 100ms', // all requests
    'p95(GET /products/:id) < 60ms', // one request by its name
    'p95(step:checkout) < 120ms', // one step
    'errors < 5% over 5s', // every window of five seconds
    'checks(order accepted) > 99%',
    'target.cpu < 80%', // the service's processes, share of all cores
    'target.memory < 300MB',
  ],
  stopWhen: ['errors > 50% for 5s', 'host.memory > 90%'],
  tests: { buyers: { users: 10, for: '20s', warmup: '2s' } },
})
