import { describe, expect, it } from 'vitest'
import { calm as calmOf, limitedBy } from '../../../test/kit/limited-figures.ts'
import type { LimitedFigures } from '../../../test/kit/limited-figures.ts'
import { syntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { SyntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { PlanSpec } from '../../model/plan-spec.ts'
import { judgeSaturation, resources } from './index.ts'

const loads = [50, 100, 200, 400, 300, 250]
const known: LimitedFigures = { edge: 250, noise: () => 1 }
const calm = (load: number) => calmOf(load, known)
/** Reaches 1 at 260/s: full at 250/s and not at 200/s. */
const towards = (load: number): number => Math.min(1, load / 260)

const plan: Partial<PlanSpec> = { probes: [{ kind: 'process' }, { kind: 'host' }, { kind: 'postgres', service: 'db' }] }

function judge({ probes = () => ({}), ...more }: Partial<SyntheticSearch> = {}) {
  const options = { plan, ...more.record }
  const made = syntheticSearch({
    loads,
    edge: 250,
    ...more,
    probes: (load) => ({ ...calm(load), ...probes(load) }),
    record: options,
  })
  return judgeSaturation(made.data, made.loads)
}

/** Each resource, with what is said of a service that it limits. */
const evidences: Readonly<Record<string, RegExp>> = {
  generator: /97 % at 250\/s/,
  memory: /192 MB of 200 MB \(96 %\) at 250\/s/,
  'db-cpu': /db used 1\.92 of 4 cores, 4\.04 wanted/,
  disk: /busy 96 % of the time at 250\/s/,
  network: /120 MB\/s of 125 MB\/s/,
  locks: /75 % of the sessions at work in db waited for a lock at 250\/s/,
  'event-loop': /held for 5\d ms at a time, 34 % of the time\) at 250\/s/,
  cpu: /3\.85 of 4 cores/,
  'cpu-core': /78 % at 200\/s; .*97 % .*at 250\/s/,
  'db-connections': /48 of 50 connections of db at 250\/s/,
  'connection-pool': /7 waiting on average, .*10 connections\) at 250\/s/,
  files: /985 of 1,024 files \(96 %\) at 250\/s/,
  sockets: /28,232 ports/,
  'rate-limit': /refused with 429 \(20 %\) at 250\/s/,
  machine: /waited 60 % of the time, ran 20 % at 250\/s/,
}

describe('what limits a target', () => {
  it.each(Object.entries(evidences))('is %s where that is full at the load that is not borne', (resource, evidence) => {
    const { limitedBy: found, saturation, reason } = judge(limitedBy(known)[resource])
    expect(found, reason).toBe(resource)
    const use = saturation.find((each) => each.resource === resource)
    expect(use?.evidence).toMatch(evidence)
    expect(use?.saturatedAt).toBe(250)
    expect(use?.use.map(({ offered }) => offered)).toEqual([50, 100, 200, 250, 300, 400])
  })

  it('knows a case for each of its resources', () => {
    expect(Object.keys(limitedBy(known)).toSorted()).toEqual(resources.map(({ id }) => id).toSorted())
  })

  it('is unknown where nothing is full, with what was not watched', () => {
    const { limitedBy, reason } = judge()
    expect(limitedBy).toBeNull()
    expect(reason).toBe('Unknown: nothing that was watched was full at 250/s, which was not borne.')
    const blind = syntheticSearch({ loads, edge: 250, probes: () => ({}) })
    const unseen = judgeSaturation(blind.data, blind.loads)
    expect(unseen.limitedBy).toBeNull()
    expect(unseen.reason).toMatch(/^Unknown: .* Not watched: .*a database.*pools/)
    expect(unseen.saturation.find(({ resource }) => resource === 'files')).toMatchObject({
      saturatedAt: null,
      evidence: 'Not watched: the target’s open files (it must run as the same user).',
    })
  })

  it('is nothing where all loads were borne, whatever was full', () => {
    expect(judge({ edge: 1000, probes: (load) => ({ 'target.cpu.core': towards(load) }) })).toMatchObject({
      limitedBy: null,
      reason: 'Nothing limited it: every load that was tried was borne.',
    })
  })

  it('is not what was full at half of a load that was borne: a pool that opens all its connections at once', () => {
    const { limitedBy, saturation } = judge({ probes: () => ({ 'db.connections.total': 50 }) })
    expect(limitedBy).toBeNull()
    expect(saturation.find(({ resource }) => resource === 'db-connections')?.evidence).toMatch(/so it is not what limits\.$/)
  })

  it('is the CPU of the database and not the pool that waits for it, even where the pool was full first', () => {
    const probes = (load: number) => ({ 'app.db_pool_waiting': load >= 200 ? 9 : 0, 'db.cpu': towards(load) })
    expect(judge({ probes }).limitedBy).toBe('db-cpu')
    expect(judge({ probes: (load) => ({ 'app.db_pool_waiting': load >= 200 ? 9 : 0 }) }).limitedBy).toBe('connection-pool')
  })

  it('is what was full first: memory that fills with the backlog of a busy core is not the cause', () => {
    const probes = (load: number) => ({
      'target.cpu.core': load >= 250 ? 0.97 : 0.5,
      'target.memory.limit': 200e6,
      'target.memory': load >= 300 ? 195e6 : 80e6,
    })
    expect(judge({ probes }).limitedBy).toBe('cpu-core')
  })

  it('is a core and not the loop where a full thread answers one after the other', () => {
    // Its lag is long under overload, its silences are not.
    const probes = (load: number) => ({
      'target.cpu.core': towards(load),
      'app.nodejs_eventloop_lag_max_seconds': 0.1 + 0.05 * Math.sin(load),
    })
    expect(judge({ probes, generator: () => ({ silenceMaxMs: 8 }) }).limitedBy).toBe('cpu-core')
  })

  it('is no event loop where an idle thread is silent because something else is slow', () => {
    const probes = () => ({ 'target.cpu.core': 0.04 })
    expect(judge({ probes, generator: () => ({ silenceMaxMs: 400 }) }).limitedBy).toBeNull()
  })

  it('is one core on a crowded machine too: what a thread waited for a core it could not have run', () => {
    const probes = (load: number) => ({ 'target.cpu.core': 0.4 * towards(load), 'target.cpu.core.wait': 0.6 * towards(load) })
    expect(judge({ probes }).limitedBy).toBe('cpu-core')
    // The healthy twin waits as long, and rests in between.
    const rests = () => ({ 'target.cpu.core': 0.1, 'target.cpu.core.wait': 0.09 })
    expect(judge({ probes: rests }).limitedBy).toBeNull()
  })

  it('is the quota of its own and no neighbour where its control group holds it back', () => {
    // Half a core: what it waits for once that is used is nobody else's doing.
    const held = (load: number) => ({
      ...{ 'target.cores': 0.5, 'target.cpu': 0.125 * towards(load), 'target.cpu.core': 0.5 * towards(load) },
      ...{ 'target.cpu.core.wait': 0.45 * towards(load), 'target.cpu.wanted': 0.9 * towards(load) },
    })
    const own = judge({ probes: (load) => ({ ...held(load), 'target.cpu.throttled': 0.44 * towards(load) }) })
    expect(own.limitedBy).toBe('cpu')
    expect(own.saturation.find(({ resource }) => resource === 'cpu')?.evidence).toMatch(
      /0\.481 of 0\.5 cores, 0\.865 wanted\) at 250/,
    )
    expect(own.saturation.find(({ resource }) => resource === 'machine')?.evidence).toMatch(
      /waited 1 % of the time, and 42 % for its own quota/,
    )
    // A record that does not tell how long it was held back takes all of it for the quota's; without a quota it is a core that never rests.
    const limits = { spec: { limits: { cpus: 0.5 } } }
    const old = (load: number) => ({ ...held(load), 'target.cores': 4 })
    expect(judge({ probes: (load) => ({ ...old(load), 'target.cpu.core.wait': 0.52 * towards(load) }) }).limitedBy).toBe(
      'cpu-core',
    )
    const laid = (set: boolean) => ({
      ...{ t: 1.9, kind: 'limits-set' as const, test: 'the test' },
      limits: [{ name: 'cpus', asked: 0.5, set, how: 'a control group' }],
    })
    expect(judge({ probes: old, record: limits, events: [laid(true)] }).limitedBy).toBe('cpu')
    // Nor is what this machine could not set a limit.
    expect(judge({ probes: old, record: limits, events: [laid(false)] }).limitedBy).toBeNull()
    // The twin has as much of a quota, and a neighbour that takes the core.
    const crowd = (load: number) => ({
      ...{ 'target.cores': 0.5, 'target.cpu': 0.02, 'target.cpu.core': 0.1 * towards(load) },
      ...{ 'target.cpu.core.wait': 0.7 * towards(load), 'target.cpu.wanted': 0.3, 'target.cpu.throttled': 0.02 },
    })
    expect(judge({ probes: crowd }).limitedBy).toBe('machine')
  })

  it('is memory where the target died of it, although its last reading was harmless', () => {
    const died = {
      t: 2 + 58,
      kind: 'target-ended' as const,
      code: 134,
      signal: 'SIGABRT',
      lastLines: ['FATAL ERROR: JavaScript heap out of memory'],
    }
    const { limitedBy, saturation } = judge({ events: [died] })
    expect(limitedBy).toBe('memory')
    expect(saturation.find(({ resource }) => resource === 'memory')?.evidence).toMatch(
      /it died out of memory, last seen at .* at 250\/s/,
    )
  })

  it('reads the heap of a limited Node.js from what its memory grew by, or from its page', () => {
    const grows = (load: number) => ({ 'target.heap.limit': 64e6, 'target.memory': 50e6 + 64e6 * towards(load) ** 4 })
    expect(judge({ probes: grows }).limitedBy).toBeNull()
    const fills = (load: number) => ({ 'target.heap.limit': 64e6, 'app.nodejs_heap_size_used_bytes': 64e6 * towards(load) })
    expect(judge({ probes: fills }).limitedBy).toBe('memory')
  })
})

it('tells the loads of a search by users in users', () => {
  const { data } = syntheticSearch({ loads, edge: 250, probes: calm })
  const capacity = data.tests[0]?.spec.capacity
  if (capacity === undefined) throw new Error('no search')
  const users = judge({ record: { spec: { capacity: { ...capacity, unit: 'users' } } } })
  expect(users.reason).toContain('at 250 users')
  expect(users.saturation[0]?.evidence).toContain('at 50 users; ')
  expect(judge().reason).toContain('at 250/s')
})
