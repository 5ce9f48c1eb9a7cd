import type { TestOptions } from 'proofload'

/** Most people have a browser, some a program of their own. */
export const people = { talk: 85, talkOverTcp: 15 }

export const nothingIsLost = ['deliveries.lost = 0', 'deliveries.doubled = 0', 'deliveries.unordered = 0']

/** What the server says of itself is true, and it raises no alarm when all is well. */
const monitored = ['monitor = truthful', 'alerts = ok']

/** One look a second is too few for a percentile. */
const administered = ['max(GET /admin/figures) < 1s', 'errors(scenario:administer) < 1%']

/** Visitors come fifty a second, then hardly any: what is left of them shows when the last of them have had the time to go. */
const visitors = (hold: string, afterwards: string) => [
  { to: '50/s', over: '2s' },
  { hold },
  { to: '1/s', over: '1s' },
  { hold: '4s' },
  { hold: afterwards, name: 'afterwards' },
]

export const loadTests = {
  '50 users': { suite: 'load', users: 50, for: '3m', warmup: '10s', mix: people, quick: { for: '8s', warmup: '2s' } },
  // And somebody who has the live page of admins open.
  '100 users': {
    suite: 'load',
    load: { talk: { users: 85 }, talkOverTcp: { users: 15 }, administer: { users: 1 } },
    for: '3m',
    warmup: '20s',
    objectives: { extend: ['target.memory.growth < 200kB/s', ...administered, ...monitored] },
    quick: { for: '11s', warmup: '3s', objectives: { extend: [...administered, ...monitored] } },
  },
  // Each message goes to the five of its room: 5,000 deliveries a second.
  '1000 messages/s': {
    suite: 'load',
    users: 110,
    for: '2m',
    warmup: '10s',
    mix: { stream: 1 },
    objectives: { extend: ['throughput(chat say) > 1000/s', 'alerts = ok'] },
    quick: { for: '8s', warmup: '3s' },
  },
  '50 connections/s': {
    suite: 'load',
    fresh: true,
    arrivals: visitors('2m', '20s'),
    mix: { visit: 1 },
    objectives: [
      'p95(ws connect /ws) < 100ms',
      'errors < 1%',
      'app.chat_sessions < 10 during afterwards',
      'app.chat_connections < 10 during afterwards',
      'target.sockets < 100 during afterwards',
    ],
    quick: { arrivals: visitors('4s', '2s') },
  },
  // Six log-ins at the same moment, each of which costs 40 ms of a core, and those who talk must not notice: one after the other on the event loop they hold it for a quarter of a second.
  'log-in': {
    suite: 'load',
    load: { logIn: { arrivals: { rate: '1/s', process: 'uniform' } }, talk: { users: 25 } },
    for: '1m',
    warmup: '5s',
    objectives: ['p95(POST /login) < 500ms', 'p95(delivered over ws) < 100ms', 'errors < 1%', ...nothingIsLost],
    quick: { for: '15s', warmup: '2s' },
  },
  files: { suite: 'load', users: 20, for: '1m', warmup: '5s', mix: { share: 1 }, objectives: ['p95 < 100ms', 'errors < 1%', 'checks > 99.9%'], quick: { for: '6s', warmup: '2s' } }, // prettier-ignore
  'REST': { suite: 'load', arrivals: '50/s', for: '1m', warmup: '5s', mix: { browse: 1 }, objectives: ['p95 < 100ms', 'errors < 1%', 'checks > 99%'], quick: { for: '6s', warmup: '2s' } }, // prettier-ignore
  // Everything that was acknowledged is in the database, once.
  integrity: {
    suite: 'load',
    users: 50,
    for: '1m',
    mix: { keep: 1 },
    objectives: ['lost = 0', 'duplicates = 0', 'phantoms = 0', 'errors < 1%', ...nothingIsLost],
    quick: { for: '6s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
