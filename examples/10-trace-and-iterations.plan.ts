import { plan, scenario } from 'proofload'

const visit = scenario(async ({ http }) => {
  await http.get('/products')
})

// Every second exactly one iteration, however long it takes.
const poll = scenario(async ({ http, pace }) => {
  pace('1s')
  // Two requests at once, as a browser would.
  await Promise.all([http.get('/products/1'), http.get('/products/2')])
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { visit, poll },
  objectives: ['errors < 1%'],
  tests: {
    // Arrivals at the times of a file, such as an access log gives.
    'a recorded morning': { trace: 'arrivals.txt', scenarios: ['visit'] },
    // A fixed amount of work, as fast as five users can do it.
    'a thousand visits': { users: 5, iterations: 1000, for: '1m', scenarios: ['visit'] },
    polling: { users: 3, for: '10s', scenarios: ['poll'] },
  },
})
