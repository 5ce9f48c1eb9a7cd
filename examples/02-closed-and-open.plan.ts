import { plan, scenario } from 'proofload'

const visit = scenario(async ({ http }) => {
  await http.get('/products')
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit },
  objectives: ['errors < 1%'],
  tests: {
    // Closed: a fixed number of users. A slower service gets fewer requests, because everybody waits for answers.
    'closed model': { users: 10, for: '15s' },
    // Open: visitors arrive at this rate, whether the service keeps up or not. Latency counts from when a visitor should have begun.
    'open model': { arrivals: '100/s', for: '15s' },
    // Evenly spaced instead of independent (Poisson) arrivals: a metronome, for comparisons with other tools.
    metronome: { arrivals: { rate: '100/s', process: 'uniform' }, for: '15s' },
  },
})
