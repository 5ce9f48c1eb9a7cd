import { randomUUID } from 'node:crypto'
import { plan, scenario } from 'proofload'

const headers = { authorization: 'Bearer example' }

const order = scenario(async ({ http, audit, think }) => {
  const reference = randomUUID()
  const json = { productId: 3, reference }
  // Noted before the request is sent: an order whose answer is lost may be there or not, and is no loss by itself.
  const place = () => audit.write(reference, () => http.post('/orders', { json, headers }))
  // One piece less in stock for each of them.
  const placed = await audit.add('stock', -1, place)
  // The same reference again is another attempt of the same order: it must not be there twice.
  if (placed.failure === 'timeout') await place()
  await think('20ms')
})

interface Stock {
  readonly left: number
}

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { order },
  // After each test, when its load is over: what is there?
  async audit({ http, audit }) {
    await audit.read((await http.get('/orders')).json<string[]>())
    const { left } = (await http.get('/stock')).json<Stock>()
    audit.total('stock', left, 1_000_000)
    audit.invariant('the stock is not negative', left >= 0, left)
  },
  objectives: ['lost = 0', 'duplicates = 0', 'phantoms = 0', 'counters = 0', 'invariants = 0'],
  tests: { orders: { arrivals: '50/s', for: '10s' } },
})
