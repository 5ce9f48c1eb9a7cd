import { env, plan, scenario } from 'proofload'

/** What is compared with other tools: one small request and one check, as often as fifty users can. */
const get = scenario(async ({ http, check }) => {
  const answer = await http.get('/item')
  check('the item is there', answer.status === 200)
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { get },
  tests: { compare: { users: Number(env('BENCH_USERS')), for: env('BENCH_FOR') } },
})
