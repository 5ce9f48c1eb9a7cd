import type { PlanSpec } from '../../src/model/plan-spec.ts'
import type { SyntheticSearch } from './synthetic-search.ts'
import { syntheticSearch } from './synthetic-search.ts'
import { judgeSaturation } from '../../src/verdicts/saturation/index.ts'

/** A service on 4 cores of which one resource is full at a known load. */
export interface LimitedFigures {
  /** Smallest load that is not borne; the resource is just about full there, and not at the load below. */
  readonly edge: number
  /** Factor of each reading, drawn anew for each. */
  readonly noise: () => number
}

const loadsOf = (edge: number): readonly number[] => [0.2, 0.4, 0.8, 1.6, 1.2, 1].map((factor) => Math.round(factor * edge))

/** What a service needs that is nowhere near a limit. */
export function calm(load: number, { edge, noise }: LimitedFigures): Readonly<Record<string, number>> {
  const share = (load / edge) * 0.25 * noise()
  return {
    'target.cpu': share / 4,
    'target.cpu.core': share,
    'target.cpu.core.wait': 0.01 * noise(),
    'target.cpu.wanted': share,
    'target.cores': 4,
    'target.memory': (80e6 + 1e7 * share) * noise(),
    'target.files': 30 + 100 * share,
    'target.files.share': (30 + 100 * share) / 1024,
    'target.files.limit': 1024,
    'target.sockets': 100 * share,
    'target.sockets.time_wait': 0,
    'host.ports': 28_232,
    'host.disk.busy': 0.05 * noise(),
    'host.disk': 0.4,
    'host.net.in': 1e6 * share,
    'host.net.out': 5e6 * share,
    'host.net.limit': 125e6,
    'app.db_pool_waiting': 0,
    'app.db_pool_size': 10,
    'db.cpu': share / 4,
    'db.cpu.wanted': share,
    'db.connections.total': 10,
    'db.connections.active': 10 * share,
    'db.connections.limit': 50,
    'db.locks.waiting': 0,
  }
}

type Figures = Pick<Partial<SyntheticSearch>, 'probes' | 'generator' | 'request'>

/** Each resource of the registry with the readings of a service that it limits. */
export function limitedBy({ edge, noise }: LimitedFigures): Readonly<Record<string, Figures>> {
  // Reaches 1 a little beyond the edge: full there and not at the load below it.
  const towards = (load: number): number => Math.min(1, (load / (edge * 1.04)) * noise())
  const isFull = (load: number): boolean => load >= edge
  return {
    generator: { generator: (load) => ({ cpu: towards(load) }) },
    memory: { probes: (load) => ({ 'target.memory.limit': 200e6, 'target.memory': 200e6 * towards(load) }) },
    'db-cpu': { probes: (load) => ({ 'db.cpu': towards(load) * 0.5, 'db.cpu.wanted': 4.2 * towards(load) }) },
    disk: { probes: (load) => ({ 'host.disk.busy': towards(load) }) },
    network: { probes: (load) => ({ 'host.net.out': 125e6 * towards(load) }) },
    locks: { probes: (load) => ({ 'db.locks.waiting': isFull(load) ? 6 : 0, 'db.connections.active': 8 }) },
    'event-loop': {
      probes: (load) => ({ 'target.cpu.core': load / (3 * edge) }),
      // Where answers are few, only longer silences are no chance.
      generator: () => ({ silenceMaxMs: 61 * Math.max(1, 130 / edge) * noise(), loopDelayMaxMs: 1 }),
    },
    cpu: { probes: (load) => ({ 'target.cpu': towards(load), 'target.cpu.core': towards(load) }) },
    'cpu-core': { probes: (load) => ({ 'target.cpu.core': towards(load), 'target.cpu': towards(load) / 4 }) },
    'db-connections': { probes: (load) => ({ 'db.connections.total': Math.round(50 * towards(load)) }) },
    'connection-pool': { probes: (load) => ({ 'app.db_pool_waiting': isFull(load) ? 7 * noise() : 0 }) },
    files: { probes: (load) => ({ 'target.files.share': towards(load) }) },
    sockets: { probes: (load) => ({ 'target.sockets.time_wait': 28_000 * towards(load) }) },
    'rate-limit': {
      request: (load, { count }) =>
        isFull(load) ? { statuses: { 200: count - Math.round(count / 5), 429: Math.round(count / 5) } } : {},
    },
    machine: { probes: (load) => ({ 'target.cpu.core': 0.2, 'target.cpu.core.wait': isFull(load) ? 0.6 * noise() : 0.1 }) },
  }
}

const plan: Partial<PlanSpec> = { probes: [{ kind: 'process' }, { kind: 'host' }, { kind: 'postgres', service: 'db' }] }

/** What is said to limit a service of these figures. */
export function judgeFigures(figures: Figures, known: LimitedFigures): ReturnType<typeof judgeSaturation> {
  const { probes = () => ({}), ...more } = figures
  const made = syntheticSearch({
    loads: loadsOf(known.edge),
    edge: known.edge,
    ...more,
    probes: (load) => ({ ...calm(load, known), ...probes(load) }),
    record: { plan },
  })
  return judgeSaturation(made.data, made.loads)
}
