import { csv, plan, scenario } from 'proofload'

// One row for each user, never shared by two; relative to this file.
const people = csv<{ email: string; password: string }>('people.csv')

const buy = scenario({
  // Once for each user. What it returns is `vu.state`.
  async start({ http, vu }) {
    const login = await http.post('/login', { json: vu.row(people) })
    return login.json<{ token: string }>()
  },
  async run({ http, vu, check, think }) {
    const headers = { authorization: `Bearer ${vu.state.token}` }
    const order = await http.post('/orders', { json: { productId: 1 + Math.floor(50 * vu.random()) }, headers })
    check('order accepted', order.status === 201)
    await think('100ms', '300ms')
  },
})

export default plan({
  target: { url: 'http://127.0.0.1:18100', start: 'node server.js 18100', cwd: '.', ready: '/health' },
  scenarios: { buy },
  objectives: ['errors < 1%', 'checks > 99%'],
  tests: { 'eight buyers': { users: 8, for: '15s' } },
})
