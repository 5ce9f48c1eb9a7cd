import { fault, type TestOptions } from 'proofload'
import { visits } from './scenarios.ts'

/** A stress test is there to fill the CPU of its target; what must not come to harm is the machine. */
export const protectTheMachine = ['host.memory > 90%', 'target.memory > 1GB']

/** Thirty users, then three hundred, then thirty again: what was too much must not be felt afterwards. */
const tooMany = ({ hold, afterwards }: { hold: string; afterwards: string }) => [
  { to: 30, over: '2s' },
  { hold },
  { to: 300, over: '1s' },
  { hold },
  { to: 30, over: '3s' },
  { hold: afterwards, name: 'afterwards' },
]
const wellAgain = ['errors < 1% during afterwards', 'p95 < 100ms during afterwards']

export const stressTests = {
  // Up the stairs until it breaks. What 100 users are promised holds; what more of them get is to be slow, but no errors.
  staircase: {
    suite: 'stress',
    steps: { users: [100, 200, 300, 500, 750, 1_000], each: '30s' },
    mix: visits,
    objectives: ['p95 < 100ms during 100 users', 'errors < 1%'],
    stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
    quick: { steps: { users: [100, 200, 300, 500], each: '4s' } },
  },
  // How many visits a second one core carries, and what happens beyond that. PostgreSQL and the generator have the other cores.
  capacity: {
    suite: 'stress',
    limits: { cpus: 1 },
    capacity: { from: '50/s', to: '2000/s' },
    overload: [1.25, 1.5, 2, 3, 5],
    peak: '100/s',
    mix: visits,
    objectives: ['p95 < 100ms', 'errors < 1%', 'headroom > 30%'],
    stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
    quick: { capacity: { quick: true, minTrial: '2s', settle: '3s', within: '12%' }, overload: [3], overloadFor: '2s' },
  },
  // The same in people who wait for their answers before they go on.
  'capacity by users': {
    suite: 'stress',
    limits: { cpus: 1 },
    capacity: { from: 25, to: 2_000 },
    peak: 50,
    mix: visits,
    objectives: ['p95 < 100ms', 'errors < 1%', 'headroom > 30%'],
    stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
    quick: { capacity: { quick: true, from: 50, minTrial: '2s', settle: '3s', within: '15%' } },
  },
  // Too many connections for the files that it may open, and then few again.
  'few files': {
    suite: 'stress',
    limits: { files: 150 },
    users: tooMany({ hold: '30s', afterwards: '40s' }),
    mix: visits,
    objectives: wellAgain,
    stopWhen: protectTheMachine,
    quick: { users: tooMany({ hold: '3s', afterwards: '6s' }) },
  },
  // The same with as little memory as a small container has.
  'little memory': {
    suite: 'stress',
    limits: { memory: '256MiB' },
    users: tooMany({ hold: '30s', afterwards: '40s' }),
    mix: visits,
    objectives: [...wellAgain, 'target.memory < 240MB'],
    stopWhen: protectTheMachine,
    quick: { users: tooMany({ hold: '3s', afterwards: '6s' }) },
  },
  // Neighbours that take the processor for a while.
  'busy machine': {
    suite: 'stress',
    arrivals: '40/s',
    for: '90s',
    faults: [{ at: '20s', for: '30s', fault: fault.cpu({ cores: 2, share: '80%' }) }],
    mix: visits,
    objectives: ['errors < 1%', 'p95 < 100ms during after'],
    stopWhen: protectTheMachine,
    quick: { for: '19s', faults: [{ at: '5s', for: '4s', fault: fault.cpu({ cores: 2, share: '80%' }) }] },
  },
} satisfies Readonly<Record<string, TestOptions>>
