import { env, plan, scenario } from 'proofload'

/** Punctuality: five thousand arrivals a second, one every 200 µs. The first seconds, in which code is compiled and sockets are opened, are warm-up. */
const get = scenario(async ({ http, check }) => {
  const answer = await http.get('/item')
  check('the item is there', answer.status === 200)
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { get },
  tests: { arrivals: { arrivals: { rate: '5000/s', process: 'uniform' }, for: '10s', warmup: '2s' } },
})
