import { metric, plan, scenario } from 'proofload'

const listSize = metric.trend('list.size', { unit: 'bytes' }) // a distribution
const ordered = metric.counter('ordered') // a sum
const cheapest = metric.gauge('cheapest') // the last value

const visit = scenario(async ({ http, metric: metrics, vu, think }) => {
  const list = await http.get('/products')
  if (list.ok) {
    metrics.add(listSize, list.bytes.length)
    metrics.add(cheapest, Math.min(...list.json<{ price: number }[]>().map(({ price }) => price)))
  }
  if (vu.random() < 0.1) {
    const order = await http.post('/orders', { json: { productId: 1 }, headers: { authorization: 'Bearer demo' } })
    if (order.ok) metrics.add(ordered, 1)
  }
  await think('100ms')
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit },
  objectives: ['list.size.p95 < 4kB', 'ordered > 10', 'cheapest = 100'],
  tests: { visitors: { users: 10, for: '15s' } },
})
