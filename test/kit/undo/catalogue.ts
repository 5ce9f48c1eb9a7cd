import type { Random } from '../../../src/base/random.ts'

/** Where a fault of a drawn plan can be done. */
export interface Scene {
  readonly links: readonly string[]
  readonly http: readonly string[]
  readonly postgres: readonly string[]
  /** Started by the plan, so that they may end. */
  readonly ours: readonly string[]
  /** Also those that only may be stopped: `target`, a pid. */
  readonly stoppable: readonly string[]
  readonly databases: readonly string[]
  /** Of them those that go away with the run. */
  readonly ownDatabases: readonly string[]
  readonly preload: boolean
}

interface Entry {
  readonly places: (scene: Scene) => readonly string[]
  /** What stands in the parentheses; `on` is quoted already. */
  readonly args: (on: string, random: Random) => string
}

const onLinks = (args: Entry['args']): Entry => ({ places: ({ links }) => links, args })
const onHttp = (args: Entry['args']): Entry => ({ places: ({ http }) => http, args })
const onPostgres = (args: Entry['args']): Entry => ({ places: ({ postgres }) => postgres, args })
const onOurs = (args: Entry['args']): Entry => ({ places: ({ ours }) => ours, args })
const onDatabases = (args: Entry['args']): Entry => ({ places: ({ databases }) => databases, args })
const inside = (args: string): Entry => ({ places: ({ preload }) => (preload ? [''] : []), args: () => args })
const onMachine = (args: string): Entry => ({ places: () => [''], args: () => args })
const on = (place: string): string => place

/** Every fault that a plan can name, in sizes that a shared machine bears. */
export const catalogue: Readonly<Record<string, Entry>> = {
  down: onLinks(on),
  refuse: onLinks(on),
  reset: onLinks((place, random) => pick(random, [place, `${place}, { after: '1kB' }`, `${place}, { after: '20ms' }`])),
  acceptThenClose: onLinks(on),
  hang: onLinks(on),
  synBlackhole: onLinks(on),
  blackhole: onLinks((place, random) => `${place}, { direction: '${pick(random, ['up', 'down'])}' }`),
  cut: onLinks(on),
  latency: onLinks((place) => `${place}, '100ms', { jitter: '50ms' }`),
  bandwidth: onLinks((place) => `${place}, '20kB'`),
  slice: onLinks(on),
  limitBytes: onLinks((place) => `${place}, '2kB'`),
  corrupt: onLinks(on),
  halfClose: onLinks(on),
  slowClose: onLinks((place) => `${place}, '1s'`),
  flap: onLinks((place) => `${place}, { up: '300ms', down: '300ms' }`),
  connectionLimit: onLinks((place) => `${place}, 1`),
  status: onHttp((place) => `${place}, 503, { retryAfter: true }`),
  slowHeaders: onHttp((place) => `${place}, '2s'`),
  slowBody: onHttp((place) => `${place}, '2s'`),
  truncateBody: onHttp(on),
  loseAnswer: onHttp(on),
  duplicate: onHttp(on),
  postgresError: onPostgres((place, random) => `${place}, '${pick(random, ['53300', '57P01', '40001'])}'`),
  loseCommit: onPostgres(on),
  exhaustPool: onPostgres(on),
  pause: { places: ({ stoppable }) => stoppable, args: on },
  cpuQuota: { places: ({ stoppable }) => stoppable, args: (place) => `${place}, '30%'` },
  kill: onOurs(on),
  terminate: onOurs(on),
  restart: onOurs(on),
  crashLoop: onOurs((place) => `${place}, { every: '500ms' }`),
  exhaustConnections: onDatabases(on),
  killBackends: onDatabases((place) => `${place}, { every: '200ms' }`),
  lockTable: onDatabases((place) => `${place}, 'orders'`),
  longTransaction: onDatabases(on),
  readOnly: { places: ({ ownDatabases }) => ownDatabases, args: on },
  blockEventLoop: inside("{ block: '200ms', every: '500ms' }"),
  gcPressure: inside("{ perSec: '20MB' }"),
  openFiles: inside('{ count: 100 }'),
  slowDns: inside(''),
  failDns: inside(''),
  cpu: onMachine("{ share: '30%' }"),
  memory: onMachine("{ bytes: '40MB' }"),
  files: onMachine('{ count: 300 }'),
  disk: onMachine("{ fill: '10MB' }"),
  fsync: onMachine('{ perSec: 50 }'),
}

export interface DrawnFault {
  readonly kind: string
  /** As in a plan. */
  readonly text: string
}

/** What would stay behind if nobody undid it: drawn as often as all others together. */
const lasting = 'pause cpuQuota exhaustConnections lockTable longTransaction readOnly cpu memory files disk fsync'.split(' ')

/** Within those that would stay and within the others, each kind that can be had is as likely as every other. */
export function drawFault(scene: Scene, random: Random): DrawnFault {
  const isLasting = random.next() < 0.5
  const kinds = Object.entries(catalogue).filter(
    ([kind, { places }]) => lasting.includes(kind) === isLasting && places(scene).length > 0,
  )
  const [kind, { places, args }] = pick(random, kinds)
  const place = pick(random, places(scene))
  const quoted = /^\d+$/.test(place) ? place : `'${place}'`
  return { kind, text: `fault.${kind}(${args(quoted, random)})` }
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random.next() * from.length)]
  if (chosen === undefined) throw new Error('there is nothing to choose from')
  return chosen
}
