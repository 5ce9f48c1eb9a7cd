import { env, plan, scenario } from 'proofload'

/** Connections opened and closed, as often as the users can. */
const visit = scenario(async ({ ws, check }) => {
  const room = await ws.connect('/ws')
  check('it is open', room.ok)
  await room.close()
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { visit },
  tests: { compare: { users: Number(env('BENCH_USERS')), for: env('BENCH_FOR') } },
})
