import { env, plan, scenario } from 'proofload'

/** Ten thousand people with a session each: a socket that stays open, and a cookie that goes with every request. */
const visitor = scenario({
  async start({ http }) {
    await http.get('/session')
  },
  async run({ http, check, think, vu }) {
    const answer = await http.get('/item')
    check('the item is there', answer.status === 200)
    if (vu.iteration === 0) check('the jar holds the session', http.cookies.get('session') !== undefined)
    await think('3s', '6s')
  },
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { visitor },
  tests: { crowd: { users: [{ to: 10_000, over: '8s' }, { hold: '12s' }] } },
})
