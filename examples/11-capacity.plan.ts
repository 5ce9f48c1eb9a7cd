import { plan, scenario } from 'proofload'

const visit = scenario(async ({ http }) => {
  await http.get('/products')
})

// What differs between machines (loads, thresholds, limits) is in stress-test-config.yml and stress-test-config.ci.yml:
// `--config examples/stress-test-config.yml --config examples/stress-test-config.ci.yml`
export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit },
  // What a trial must hold for the service to bear its load.
  objectives: ['p95 < 100ms', 'errors < 1%'],
  tests: {
    capacity: {
      suite: 'stress',
      capacity: { from: '100/s', to: '20000/s', within: '5%' },
      // What happens beyond it, in multiples of what was found.
      overload: [1.25, 1.5, 2, 3],
      // The greatest load that is expected: gives the headroom.
      peak: '400/s',
      // The last two are about the answer of the whole search.
      objectives: { extend: ['headroom > 30%', 'degradation >= 0.8'] },
      quick: { capacity: { quick: true, minTrial: '2s', to: '2000/s' }, overload: [2] },
    },
    steady: { suite: 'stress', arrivals: '300/s', for: '2m', warmup: '10s' },
  },
})
