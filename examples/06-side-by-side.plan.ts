import { plan, scenario } from 'proofload'

const browse = scenario(async ({ http, think }) => {
  await http.get('/products')
  await think('100ms', '300ms')
})

// A partner's system that asks at a fixed rate.
const partner = scenario(async ({ http }) => {
  await http.get('/products/1', { name: 'partner feed' })
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { browse, partner },
  objectives: ['errors < 1%', 'p95(scenario:partner) < 100ms'],
  tests: {
    // Each scenario with a load of its own, at the same time.
    together: { load: { browse: { users: 10 }, partner: { arrivals: '20/s' } }, for: '15s' },
    // One load, its users shared out: three browse for one partner.
    mixed: { users: 8, for: '15s', mix: { browse: 3, partner: 1 } },
  },
})
