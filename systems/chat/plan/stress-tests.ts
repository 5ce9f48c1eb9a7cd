import { fault, type Fault, type TestOptions } from 'proofload'
import { nothingIsLost, people } from './load-tests.ts'

/** A stress test is there to fill the CPU of its target; what must not come to harm is the machine. */
export const protectTheMachine = ['host.memory > 90%', 'target.memory > 1GB']

const nothingKeptIsLost = ['lost = 0', 'duplicates = 0', 'phantoms = 0']

/** In a hurry there is no more to compare with than five seconds, and no longer to come back than the seven that are left. */
const broken = (what: Fault, length = '5s') => ({
  suite: 'stress',
  users: 40,
  for: '90s',
  mix: { keep: 1 },
  faults: [{ at: '30s', for: length, fault: what }],
  objectives: ['recovery < 30s', ...nothingKeptIsLost],
  stopWhen: protectTheMachine,
  quick: { for: '14s', faults: [{ at: '5s', for: '2s', fault: what }], objectives: ['recovery < 6s', ...nothingKeptIsLost] },
})

const taken = fault.exhaustConnections('db')
const narrow = fault.bandwidth('target', '20kB', { shared: true })
const throttled = fault.cpuQuota('target', '10%')

/** Only what is lost is asked, and not how long it takes to be as before. */
const soonOver = { for: '10s', objectives: nothingKeptIsLost }

/** Twenty users, then too many, then twenty again: what was too much must not be felt afterwards. */
const tooMany = (most: number, { hold, afterwards }: { readonly hold: string; readonly afterwards: string }) => [
  { to: 20, over: '1s' },
  { hold },
  { to: most, over: '1s' },
  { hold },
  { to: 20, over: '1s' },
  { hold: afterwards, name: 'afterwards' },
]

/** What the target has too little of. */
const short = (limits: NonNullable<TestOptions['limits']>, most: number) => ({
  suite: 'stress',
  limits,
  users: tooMany(most, { hold: '20s', afterwards: '30s' }),
  mix: people,
  objectives: ['errors < 1% during afterwards'],
  stopWhen: protectTheMachine,
  quick: { users: tooMany(most, { hold: '2s', afterwards: '4s' }) },
})

/** A search that holds twice what it begins with tells that much and no more. */
const inAHurry = { quick: true, within: '30%', minTrial: '3s', maxTrial: '6s', settle: '3s' }

const searched = {
  suite: 'stress',
  objectives: ['p95 < 100ms', 'errors < 1%'],
  stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
}

export const stressTests = {
  staircase: {
    suite: 'stress',
    steps: { users: [100, 200, 300, 500, 1_000, 2_000], each: '30s' },
    mix: people,
    objectives: ['p95 < 100ms during 100 users', 'errors < 1%'],
    stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
    quick: { steps: { users: [100, 200, 300, 500], each: '3s' } },
  },
  // How many people at a human pace; where there are more than accounts, they share them.
  'capacity by users': {
    ...searched,
    capacity: { from: 100, to: 4_000, within: '10%' },
    peak: 500,
    mix: people,
    quick: { capacity: { ...inAHurry, to: 200 }, peak: 100 },
  },
  // Users who each say ten a second, which five hear: 40 of them are 400 messages a second and 2,000 deliveries.
  'capacity by messages': {
    ...searched,
    capacity: { from: 40, to: 800, within: '10%' },
    peak: 100,
    mix: { stream: 1 },
    quick: { capacity: { ...inAHurry, to: 80 }, peak: 40 },
  },
  // Two members of the room read nothing. All others hear everything as ever, and the two are sent away.
  'slow readers': {
    suite: 'stress',
    load: { talkLoudly: { users: 8 }, doze: { users: 2 } },
    for: '60s',
    warmup: '20s',
    objectives: ['throughput(delivered over ws) > 700/s', 'p95(delivered over ws) < 250ms', ...nothingIsLost, 'errors < 1%'],
    stopWhen: protectTheMachine,
    quick: { for: '15s', warmup: '11s' },
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
    quick: {
      for: '22s',
      faults: [{ at: '5s', for: '6s', fault: fault.down('db') }],
      objectives: ['alerts = ok', 'recovery < 10s'],
    },
  },
  restarted: broken(fault.restart('target'), '2s'),
  killed: broken(fault.kill('target'), '2s'),
  'network cut': broken(fault.cut('target')),
  'database outage': broken(fault.down('db')),
  // Others have taken all that the database allows: what the pool has goes on, and it gets no more.
  'no database connections': {
    ...broken(taken),
    quick: { ...soonOver, faults: [{ at: '5s', for: '3s', fault: taken }] },
  },
  // Far less than they need, for all of them together.
  'narrow link': {
    ...broken(narrow),
    quick: { ...soonOver, faults: [{ at: '5s', for: '3s', fault: narrow }] },
  },
  // A tenth of a core: what is said waits, and nothing of it is lost.
  'little CPU': {
    ...broken(throttled),
    quick: { ...soonOver, faults: [{ at: '5s', for: '3s', fault: throttled }] },
  },
  'few files': short({ files: 100 }, 150),
  'little memory': short({ memory: '128MiB' }, 300),
  // A disk that takes no file of more than 64 kB (RLIMIT_FSIZE): a larger upload is refused, and a smaller one is kept.
  'full disk': {
    suite: 'stress',
    limits: { fileSize: '64kB' },
    users: 10,
    for: '30s',
    mix: { fill: 1 },
    objectives: ['errors < 1%', 'checks > 99.9%'],
    stopWhen: protectTheMachine,
    quick: { for: '6s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
