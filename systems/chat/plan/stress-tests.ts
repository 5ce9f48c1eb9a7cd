import { fault, type TestOptions } from 'proofload'
import { nothingIsLost, people } from './load-tests.ts'

/** A stress test is there to fill the CPU of its target; what must not come to harm is the machine. */
export const protectTheMachine = ['host.memory > 90%', 'target.memory > 1GB']

const kept = ['recovery < 30s', 'lost = 0', 'duplicates = 0', 'phantoms = 0']

const broken = (what: ReturnType<typeof fault.down>, length = '5s') => ({
  suite: 'stress',
  users: 40,
  for: '90s',
  mix: { keep: 1 },
  faults: [{ at: '30s', for: length, fault: what }],
  objectives: kept,
  stopWhen: protectTheMachine,
  quick: { for: '35s', faults: [{ at: '8s', for: length, fault: what }], objectives: ['recovery < 20s', ...kept.slice(1)] },
})

export const stressTests = {
  staircase: {
    suite: 'stress',
    steps: { users: [100, 200, 300, 500, 1_000, 2_000], each: '30s' },
    mix: people,
    objectives: ['p95 < 100ms during 100 users', 'errors < 1%'],
    stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
    quick: { steps: { users: [100, 200, 300, 500], each: '5s' } },
  },
  // Two members of the room read nothing. All others hear everything as ever, and the two are sent away.
  'slow readers': {
    suite: 'stress',
    load: { talkLoudly: { users: 8 }, doze: { users: 2 } },
    for: '60s',
    warmup: '20s',
    objectives: ['throughput(delivered over ws) > 700/s', 'p95(delivered over ws) < 250ms', ...nothingIsLost, 'errors < 1%'],
    stopWhen: protectTheMachine,
    quick: { for: '20s', warmup: '12s' },
  },
  // Half of what is asked fails by the server's fault: its own alert has to come and to go.
  alarm: {
    suite: 'stress',
    arrivals: { rate: '15/s', process: 'uniform' },
    for: '2m',
    mix: { browse: 1 },
    faults: [{ at: '30s', for: '20s', fault: fault.down('db') }],
    objectives: ['alerts = ok', 'recovery < 30s'],
    stopWhen: protectTheMachine,
    quick: { for: '45s', faults: [{ at: '8s', for: '12s', fault: fault.down('db') }] },
  },
  restarted: broken(fault.restart('target'), '2s'),
  killed: broken(fault.kill('target'), '2s'),
  'network cut': broken(fault.cut('target')),
  'database outage': broken(fault.down('db')),
} satisfies Readonly<Record<string, TestOptions>>
