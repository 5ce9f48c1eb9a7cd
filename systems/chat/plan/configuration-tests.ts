import type { TestOptions } from 'proofload'
import { protectTheMachine } from './stress-tests.ts'

const without = (...parts: readonly string[]) => ({ env: { CHAT_WITHOUT: parts.join(',') } })

const oneByOne = {
  'with all': {},
  'without metrics': without('metrics'),
  'without audit': without('audit'),
  'without validation': without('validation'),
  'without limiter': without('limiter'),
  'without patterns': without('patterns'),
}

const allAtOnce = { 'with all': {}, 'without any': without('metrics', 'audit', 'validation', 'limiter', 'patterns') }

/**
 * Users who each send ten messages a second to the five of their room. A tenth of a core has the target: with more, on a machine that it shares with
 * the generator, that one is full before it, and nothing is compared. Its quota comes in tenths of a second, and so does the time of who has to wait for it.
 */
const byMessages = {
  suite: 'stress',
  limits: { cpus: 0.1 },
  capacity: { from: 80, to: 400, within: '10%', minTrial: '20s', maxTrial: '40s', settle: '5s' },
  mix: { stream: 1 },
  objectives: ['p95 < 150ms', 'errors < 1%'],
  stopWhen: protectTheMachine,
}
/** A search takes minutes: in a hurry the variants are only started, and bear a load. */
const quickly = { users: 20, for: '3s', warmup: '1500ms', repeat: 1, limits: { cpus: 1 } }

/** What each protection costs, and which settings are best. */
export const configurationTests = {
  // By processor time of a load that all of them bear.
  'what protections cost': {
    suite: 'stress',
    users: 50,
    for: '25s',
    warmup: '5s',
    mix: { stream: 1 },
    objectives: ['errors < 1%'],
    stopWhen: protectTheMachine,
    variants: oneByOne,
    repeat: 3,
    quick: { users: 30, for: '5s', warmup: '2s', variants: allAtOnce, repeat: 1 },
  },
  'capacity without protections': {
    ...byMessages,
    variants: oneByOne,
    repeat: 2,
    quick: { ...quickly, variants: allAtOnce },
  },
  'pool size': {
    ...byMessages,
    variants: {
      'pool of 20': { env: { CHAT_POOL_MAX: 20 } },
      'pool of 5': { env: { CHAT_POOL_MAX: 5 } },
      'pool of 40': { env: { CHAT_POOL_MAX: 40 } },
    },
    repeat: 2,
    quick: { ...quickly, variants: { 'pool of 20': {}, 'pool of 5': { env: { CHAT_POOL_MAX: 5 } } } },
  },
} satisfies Readonly<Record<string, TestOptions>>
