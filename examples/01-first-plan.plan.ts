import { plan, scenario } from 'proofload'

// What one visitor does, again and again.
const visit = scenario(async ({ http, check, think }) => {
  const list = await http.get('/products')
  check('twenty products', list.ok && list.json<unknown[]>().length === 20)
  await think('100ms', '300ms')
})

export default plan({
  // proofload starts the service, waits until it answers, watches it and stops it.
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit },
  objectives: ['p95 < 100ms', 'errors < 1%'],
  tests: { 'ten visitors': { users: 10, for: '20s' } },
})
