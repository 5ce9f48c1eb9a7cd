import { env, plan, scenario } from 'proofload'

/** What is compared with other tools: each user has a WebSocket, sends a message and waits for it to come back. */
const talk = scenario({
  start: ({ ws }) => ws.connect('/ws'),
  async run({ vu, check }) {
    const answer = await vu.state.request('{"type":"say","text":"hello"}')
    check('it came back', answer.ok)
  },
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { talk },
  tests: { compare: { users: Number(env('BENCH_USERS')), for: env('BENCH_FOR') } },
})
