import { env, plan, scenario } from 'proofload'

const lines = env('BENCH_LINES', { secret: false })

/** Each user has a TCP connection, sends a line and waits for it to come back. */
const talk = scenario({
  start: ({ tcp }) => tcp.connect(`:${lines}`),
  async run({ vu, check }) {
    const answer = await vu.state.request('SAY hello everybody in the room')
    check('it came back', answer.ok)
  },
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { talk },
  tests: { compare: { users: Number(env('BENCH_USERS')), for: env('BENCH_FOR') } },
})
