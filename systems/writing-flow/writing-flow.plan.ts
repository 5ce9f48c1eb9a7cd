import { env, metric, plan, scenario } from 'proofload'
import { FlowError, createWritingFlow, parseDefects } from './flow/index.ts'

/** `WRITING_FLOW_DEFECT=leak npx proofload run …` tests the flow with something wrong. */
const defects = parseDefects(env('WRITING_FLOW_DEFECT', { secret: false, default: '' }))

/** One flow a worker: what is tested is this process, and two workers are two instances with a provider each. */
const flow = createWritingFlow({ defects })

const topics = ['tides', 'sourdough', 'lighthouses', 'bicycles', 'archives', 'glaciers'] as const

const shed = metric.counter('texts.shed')
const queued = metric.gauge('texts.waiting')
const memory = metric.gauge('drafts.megabytes')

/** One user asks for one text after the other. */
const write = scenario(async ({ vu, check, step, metric, signal }) => {
  const topic = topics[Math.floor(topics.length * vu.random())] ?? topics[0]
  let isWritten = false
  try {
    const { text } = await step('flow', () => flow.write(topic, { signal }))
    isWritten = text.includes(topic)
  } catch (error) {
    // Anything else is a mistake, or the end of the load.
    if (!(error instanceof FlowError)) throw error
    if (error.code === 'queue-full') metric.add(shed, 1)
  }
  check('the text is written', isWritten)
  const figures = flow.figures()
  metric.add(queued, figures.queued)
  metric.add(memory, figures.draftBytes / 1e6)
})

export default plan({
  scenarios: { write },
  // 20 calls at once of 0.1 s: 200 calls a second; five calls a text, one in twenty repeated after a wait: 36 texts a second.
  objectives: ['checks > 70%', 'p95(step:flow) < 2s'],
  stopWhen: ['host.memory > 90%'],
  tests: {
    'concurrent load': {
      suite: 'stress',
      steps: { users: [5, 10, 15, 20, 30], each: '20s' },
      objectives: ['checks > 70% during 15 users', 'p95(step:flow) < 2s during 15 users', 'p95(step:flow) < 3s'],
      quick: { steps: { users: [5, 15, 20], each: '5s' } },
    },
    // Load, pause, load: after the pause everything must be as before.
    recovery: {
      suite: 'stress',
      users: [
        { to: 40, over: '1s' },
        { hold: '30s', name: 'stress' },
        { to: 0, over: '1s' },
        { hold: '5s', name: 'pause' },
        { to: 10, over: '1s' },
        { hold: '30s', name: 'after' },
      ],
      objectives: ['checks > 75% during after', 'p95(step:flow) < 1500ms during after'],
      quick: {
        users: [
          { to: 40, over: '1s' },
          { hold: '6s', name: 'stress' },
          { to: 0, over: '1s' },
          { hold: '3s', name: 'pause' },
          { to: 10, over: '1s' },
          { hold: '6s', name: 'after' },
        ],
      },
    },
    // Twice what the provider carries: what is accepted is still served in time, the rest is turned away at once.
    overload: {
      suite: 'stress',
      arrivals: '76/s',
      for: '30s',
      objectives: ['p95(step:flow) < 3s', 'checks > 40%'],
      quick: { for: '10s' },
    },
  },
})
