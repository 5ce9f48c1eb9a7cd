import { fault, type Fault, type TestOptions } from 'proofload'
import { protectTheMachine } from './stress-tests.ts'

/** What runs while something is broken: more of what needs the payment service. */
const kept = { browse: 60, search: 15, buyKept: 25 }

/** Arrives evenly, so that a second with fewer good answers than the others is the fault's doing. */
const steadily = { rate: '30/s', process: 'uniform' } as const

/** When nobody can pay, whoever only looks must not notice, and whoever wants to pay is told soon. */
const othersAreFine = [
  'errors(GET /products) < 1%',
  'errors(GET /products/:id) < 1%',
  'errors(GET /products/search) < 1%',
  'max(POST /orders) < 5s',
]

const nothingIsLost = ['lost = 0', 'duplicates = 0', 'counters = 0', 'invariants = 0']

interface BrokenOptions {
  readonly length?: string
  readonly objectives?: readonly string[]
}

/** The same load before, while and after something is broken: all must be as before within half a minute, and nothing that was acknowledged may be gone. */
const broken = (what: Fault, { length = '10s', objectives = [] }: BrokenOptions = {}) => ({
  suite: 'faults',
  arrivals: steadily,
  mix: kept,
  for: '90s',
  faults: [{ at: '30s', for: length, fault: what }],
  objectives: ['recovery < 30s', ...nothingIsLost, ...objectives],
  stopWhen: protectTheMachine,
  // Not recovered by the end is "longer than the rest of the test", so the limit is shorter than that rest.
  quick: {
    for: '42s',
    faults: [{ at: '10s', for: length, fault: what }],
    objectives: ['recovery < 20s', ...nothingIsLost, ...objectives],
  },
})

export const faultTests = {
  'database outage': broken(fault.down('db')),
  'database slow': broken(fault.latency('db', '200ms', { direction: 'down' })),
  'pool exhausted': broken(fault.exhaustPool('db')),
  // The pool of 20 filled by the shop's own requests: 503 after three seconds, the cached pages as ever, and every connection back.
  pool: {
    suite: 'faults',
    arrivals: { rate: '40/s', process: 'uniform' },
    mix: kept,
    for: '2m',
    // Until the caches are full, requests hold their connections for longer than later.
    warmup: '10s',
    objectives: ['pool(db) = ok', ...nothingIsLost],
    stopWhen: protectTheMachine,
    quick: { for: '60s', warmup: '5s' },
  },
  'payments down': broken(fault.down('payments'), { objectives: othersAreFine }),
  // As seen on the way to it: who is asked again and again, and how often?
  'payments failing': broken(fault.status('payments', 500), { objectives: othersAreFine }),
  'payments slow': broken(fault.latency('payments', '2s'), { objectives: othersAreFine }),
  // Its answers vanish, and nothing is closed: who has no limit of time waits for ever.
  'payments silent': broken(fault.blackhole('payments', { direction: 'down' }), { objectives: othersAreFine }),
  'payment breaker': {
    suite: 'faults',
    arrivals: { rate: '40/s', process: 'uniform' },
    mix: { buyKept: 1 },
    for: '3m',
    objectives: ['breaker(payments) = ok', ...nothingIsLost],
    stopWhen: protectTheMachine,
    quick: { for: '75s' },
  },
  // Whoever starts it again needs two seconds to notice.
  killed: broken(fault.kill('target'), { length: '2s' }),
  restarted: broken(fault.restart('target')),
  'network cut': broken(fault.cut('target'), { length: '5s' }),
  'network flapping': broken(fault.flap('target', { up: '1500ms', down: '500ms' })),
  // A disk that takes no file of more than 64 kB (RLIMIT_FSIZE): a larger upload is refused and leaves nothing, a smaller one is kept.
  'no room for files': {
    suite: 'faults',
    limits: { fileSize: '64kB' },
    arrivals: '5/s',
    for: '30s',
    mix: { upload: 1 },
    objectives: ['errors < 1%', 'checks > 99.9%'],
    stopWhen: protectTheMachine,
    quick: { for: '8s' },
  },
  // Everybody buys the same at the same moment, and the stock must add up.
  sale: {
    suite: 'faults',
    arrivals: '25/s',
    for: '30s',
    mix: { sale: 1 },
    objectives: ['errors < 1%', ...nothingIsLost],
    stopWhen: protectTheMachine,
    quick: { for: '8s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
