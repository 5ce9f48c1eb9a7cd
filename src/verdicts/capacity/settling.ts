import type { RunData } from '../../analysis/index.ts'
import { median } from '../../analysis/index.ts'

/** What the target used before any load, by probe. */
export interface Baseline {
  readonly values: Readonly<Record<string, number>>
}

interface Watched {
  /** The word in the record. */
  readonly what: string
  readonly probe: RegExp
  /** How far above its baseline a value may still be. */
  readonly near: (value: number, baseline: number) => boolean
}

/** A target at rest still collects garbage, writes its log and answers our probes. Our own thresholds. */
const watched: readonly Watched[] = [
  { what: 'cpu', probe: /^target\.cpu\.core$/, near: (value, base) => value <= base + 0.1 },
  // Sockets are descriptors too; the socket table itself is looked at less often than once a second.
  { what: 'connections', probe: /^target\.files$/, near: nearCount },
  { what: 'database', probe: /\.connections\.active$/, near: (value, base) => value <= base + 1 },
  { what: 'locks', probe: /\.locks\.waiting$/, near: (value, base) => value <= base },
  { what: 'queue', probe: /\..*(waiting|queue|pending|backlog|in_flight|inflight)[^.]*$/, near: nearCount },
]

/** Pools keep some connections open for the next customer. */
function nearCount(value: number, baseline: number): boolean {
  return value <= baseline * 1.5 + 20
}

const isOwn = /^(host|generator)\./

export function baselineOf(data: RunData, fromSec: number, toSec: number): Baseline {
  const values = data.probeNames.flatMap((probe) => {
    const points = data.probe(probe, fromSec, toSec).map(({ value }) => value)
    return points.length === 0 ? [] : [[probe, median(points)] as const]
  })
  return { values: Object.fromEntries(values) }
}

/** How many of the latest values must be at the baseline: one may be luck. */
const values = 2

/**
 * What of the target is not back at its baseline yet, from the values since `sinceSec`; undefined until every probe has spoken. Memory never comes
 * back whole from a runtime that keeps its heap: it is settled when it has stopped to fall.
 */
export function awayFromBaseline(data: RunData, { values: before }: Baseline, sinceSec: number): readonly string[] | undefined {
  const away = new Set<string>()
  for (const probe of data.probeNames) {
    if (isOwn.test(probe)) continue
    const latest = data.probe(probe, sinceSec).slice(-values)
    const isMemory = probe === 'target.memory'
    const found = watched.find((one) => one.probe.test(probe))
    if (!isMemory && found === undefined) continue
    if (latest.length < values) return undefined
    const base = before[probe]
    if (isMemory) {
      const [first, last] = [latest[0]?.value ?? 0, latest.at(-1)?.value ?? 0]
      if (last > 1.1 * (base ?? last) && last < 0.99 * first) away.add('memory')
    } else if (base !== undefined && found && latest.some(({ value }) => !found.near(value, base))) away.add(found.what)
  }
  return [...away]
}
