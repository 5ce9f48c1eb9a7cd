import { env, plan, scenario } from 'proofload'

/** Ten thousand people who listen: a WebSocket each that stays open, and next to nothing said. */
const listener = scenario({
  start: ({ ws }) => ws.connect('/ws'),
  async run({ vu, check, think }) {
    check('it is open', vu.state.isOpen)
    await think('20s', '40s')
  },
})

export default plan({
  target: { url: env('BENCH_TARGET') },
  scenarios: { listener },
  tests: { listeners: { users: [{ to: 10_000, over: '13s' }, { hold: '12s' }], gracefulStop: '1s' } },
})
