import type { TestOptions } from 'proofload'
import { visits } from './scenarios.ts'

/** The warm-up leaves out the log-ins that all users make at once when they begin. */
export const loadTests = {
  // One user of each kind.
  smoke: {
    suite: 'load',
    users: 5,
    for: '30s',
    warmup: '2s',
    mix: { browse: 1, search: 1, buy: 1, account: 1, buyRemembered: 1 },
    quick: { for: '15s' },
  },
  '50 users': { suite: 'load', users: 50, for: '1m', warmup: '5s', quick: { for: '15s', warmup: '3s' } },
  '100 users': {
    suite: 'load',
    users: 100,
    for: '3m',
    warmup: '20s',
    // Long enough to see growth: the product cache may still fill by 10 MB or so, a leak goes on.
    objectives: { extend: ['target.memory.growth < 200kB/s'] },
    quick: { for: '20s', warmup: '4s', objectives: { extend: [] } },
  },
  // Every visit makes three requests: 334 new visitors a second are 1,000 requests a second.
  '1000 requests/s': {
    suite: 'load',
    arrivals: [{ to: '334/s', over: '5s' }, { hold: '2m' }],
    warmup: '8s',
    mix: visits,
    quick: { arrivals: [{ to: '334/s', over: '3s' }, { hold: '20s' }], warmup: '5s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
