import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MetricContext } from 'proofload'
import { env, fault, metric, plan, scenario } from 'proofload'
import type { WritingFlow } from './flow/index.ts'
import { FlowError, createWritingFlow, parseDefects } from './flow/index.ts'

/** `WRITING_FLOW_DEFECT=leak npx proofload run …` tests the flow with something wrong. */
const defects = parseDefects(env('WRITING_FLOW_DEFECT', { secret: false, default: '' }))

// Flows of this process: run it with one worker, or each worker has flows and a provider of its own.
// 256 KiB of each text that stay are told as a leak before the guards of memory end the run.
const flow = createWritingFlow({ defects, maxQueued: 10, draftBytes: 2 ** 18 })
const savingFlow = createWritingFlow({ defects, maxQueued: 10, draftBytes: 2 ** 18, saveTo: join(tmpdir(), 'writing-flow') })

const topics = ['tides', 'sourdough', 'lighthouses', 'bicycles', 'archives', 'glaciers'] as const

const shed = metric.counter('texts.shed')
const waiting = metric.gauge('texts.waiting')
const atOnce = metric.gauge('texts.at.once')
const memory = metric.gauge('drafts.megabytes')
const calls = metric.counter('provider.calls')
const completed = metric.counter('provider.completed')
const failed = metric.counter('provider.failed')
const refused = metric.counter('provider.refused')

/** What the flow tells of itself goes into the record: gauges as they are, counters by what was added since. */
function reporterOf(tested: WritingFlow): (metrics: MetricContext) => void {
  let last = tested.figures()
  return (metrics) => {
    const now = tested.figures()
    metrics.add(waiting, now.queued)
    metrics.add(atOnce, now.running + now.queued)
    metrics.add(memory, now.draftBytes / 1e6)
    metrics.add(shed, now.shed - last.shed)
    metrics.add(calls, now.provider.calls - last.provider.calls)
    metrics.add(completed, now.provider.completed - last.provider.completed)
    metrics.add(failed, now.provider.failed - last.provider.failed)
    metrics.add(refused, now.provider.refused - last.provider.refused)
    last = now
  }
}

/** One user asks for one text after the other. `before` may change the flow's surroundings. */
function writerOf(tested: WritingFlow, report: ReturnType<typeof reporterOf>, before: () => void = () => undefined) {
  return scenario(async ({ vu, check, step, metric: metrics, signal }) => {
    before()
    const topic = topics[Math.floor(topics.length * vu.random())] ?? topics[0]
    let isWritten = false
    try {
      const { text } = await step('flow', () => tested.write(topic, { signal }))
      isWritten = text.includes(topic)
    } catch (error) {
      // Anything else is a mistake, or the end of the load.
      if (!(error instanceof FlowError)) throw error
    }
    check('the text is written', isWritten)
    report(metrics)
  })
}

/** Seconds of the test `recovery`: what happens to the flow and to its provider, in this order. */
const course = { before: 3, overload: 8, outage: 8, ration: 5 } as const

/** The provider of the test `recovery`: down after the overload, then back with a sixteenth of its tokens, then well. Begins with the first text. */
function trouble(): void {
  startedAt ??= performance.now()
  const sec = (performance.now() - startedAt) / 1000 - course.before - course.overload
  const state = sec < 0 ? 'well' : sec < course.outage ? 'down' : sec < course.outage + course.ration ? 'rationed' : 'well again'
  if (state === providerState) return
  providerState = state
  if (state === 'down') flow.provider.breakDown()
  else if (state === 'rationed') flow.provider.ration(25_000)
  else flow.provider.recover()
}
let startedAt: number | undefined
let providerState = 'well'

const report = reporterOf(flow)
const write = writerOf(flow, report)
const writeInTrouble = writerOf(flow, report, trouble)
const writeToDisk = writerOf(savingFlow, reporterOf(savingFlow))

const recovery = (afterSec: number) => [
  { to: '15/s', over: 0 },
  { hold: `${course.before}s`, name: 'before' },
  { to: '54/s', over: 0 },
  { hold: `${course.overload}s`, name: 'overload' },
  { to: '15/s', over: 0 },
  { hold: `${course.outage}s`, name: 'outage' },
  { hold: `${course.ration}s`, name: 'ration' },
  { hold: '2s', name: 'coming back' },
  { hold: `${afterSec}s`, name: 'after' },
]

export default plan({
  scenarios: { write, writeInTrouble, writeToDisk },
  mix: { write: 1, writeInTrouble: 0, writeToDisk: 0 },
  // 20 calls at once of 0.1 s: 200 calls a second; five calls a text, one in twenty repeated after a wait: 36 texts a second.
  objectives: ['checks > 70%', 'p95(step:flow) < 2s'],
  stopWhen: [
    'generator.memory > 1GB',
    'generator.memory.growth > 10MB/s for 20s',
    'generator.cpu > 90% for 10s',
    'test.time > 300s',
    'texts.at.once > 50 for 12s',
  ],
  tests: {
    'concurrent load': {
      suite: 'stress',
      steps: { users: [5, 10, 15, 20, 30], each: '6s' },
      objectives: [
        'checks > 70% during 15 users',
        'checks > 70% during 20 users',
        'checks > 70% during 30 users',
        'p95(step:flow) < 3s',
      ],
      quick: { steps: { users: [15, 20, 30], each: '2s' } },
    },
    // Drafts of 20 users while something else on the machine takes memory.
    'memory pressure': {
      suite: 'stress',
      users: 20,
      for: '30s',
      faults: [{ at: '2s', for: '22s', fault: fault.memory({ bytes: '400MB', over: '3s' }) }],
      objectives: ['checks > 50% during memory', 'generator.memory < 1GB', 'drafts.megabytes.max < 100', 'p95(step:flow) < 3s'],
      quick: { for: '16s', faults: [{ at: '0s', for: '16s', fault: fault.memory({ bytes: '200MB', over: '1s' }) }] },
    },
    'CPU saturation': {
      suite: 'stress',
      users: 15,
      for: '22s',
      faults: [{ at: '5s', for: '9s', fault: fault.cpu({ cores: availableParallelism() }) }],
      objectives: ['checks > 60% during cpu', 'p95(step:flow) < 3s during after'],
      quick: { for: '8s', faults: [{ at: '2s', for: '3s', fault: fault.cpu({ cores: availableParallelism() }) }] },
    },
    'capacity limits': {
      suite: 'stress',
      capacity: { from: '30/s', to: '60/s', within: '10%', minTrial: '5s', maxTrial: '15s', settle: '5s', process: 'uniform' },
      overload: [1.5, 2, 3],
      overloadFor: '6s',
      objectives: ['checks > 99%', 'p95(step:flow) < 1200ms', 'capacity >= 30/s'],
      quick: { capacity: { quick: true, within: '15%', minTrial: '2s', maxTrial: '5s' }, overload: [] },
    },
    recovery: {
      suite: 'stress',
      mix: { writeInTrouble: 1, write: 0, writeToDisk: 0 },
      arrivals: { stages: recovery(34), process: 'uniform' },
      objectives: [
        'checks > 75% during after',
        'p95(step:flow) < 2s during after',
        'drafts.megabytes.max < 100 during after',
        'generator.memory < 1GB',
      ],
      quick: { arrivals: { stages: recovery(6), process: 'uniform' } },
    },
    'I/O stress': {
      suite: 'stress-io',
      mix: { writeToDisk: 1, write: 0, writeInTrouble: 0 },
      users: 10,
      for: '30s',
      faults: [
        { at: '5s', for: '15s', fault: fault.fsync() },
        { at: '5s', for: '15s', fault: fault.disk({ fill: '200MB' }) },
      ],
      objectives: ['checks > 70%', 'p95(step:flow) < 5s', 'checks > 90% during after'],
      quick: {
        for: '14s',
        faults: [
          { at: '3s', for: '6s', fault: fault.fsync() },
          { at: '3s', for: '6s', fault: fault.disk({ fill: '100MB' }) },
        ],
      },
    },
  },
})
