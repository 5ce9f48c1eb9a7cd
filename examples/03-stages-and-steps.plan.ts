import { plan, scenario } from 'proofload'

const visit = scenario(async ({ http, think }) => {
  await http.get('/products')
  await think('100ms')
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit },
  objectives: ['errors < 1%'],
  tests: {
    // A morning: people come, stay and leave. Each stage is a phase of the report; `name` renames it.
    morning: {
      users: [
        { to: 20, over: '5s' },
        { hold: '10s', name: 'busy' },
        { to: 0, over: '5s' },
      ],
      objectives: ['p95 < 100ms during busy'],
    },
    // A staircase, in suite stress: the service is started afresh for it.
    staircase: { suite: 'stress', steps: { users: [5, 10, 20], each: '5s' } },
    'staircase of rates': { suite: 'stress', steps: { arrivals: ['50/s', '100/s', '200/s'], each: '5s' } },
  },
})
