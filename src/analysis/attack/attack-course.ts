import { median } from '../median.ts'
import type { AttackPoint } from './attack-log.ts'

/** Everything that an attack did, added up. */
export interface AttackCourse {
  readonly sent: number
  readonly passed: number
  readonly blocked: number
  readonly dropped: number
  readonly silent: number
  readonly capped: number
  readonly opened: number
  readonly ended: number
  readonly bytesOut: number
  readonly statuses: Readonly<Record<string, number>>
  /** Most connections open at the end of a second, and the age of the oldest one that was open at the end of the attack; 0: none was. */
  readonly mostOpen: number
  readonly lastOldestSec: number
  /** How long the target held connections before it ended them. */
  readonly held: { readonly minSec: number; readonly meanSec: number; readonly maxSec: number } | null
  readonly sources: readonly AttackSource[]
  /** Answer times in microseconds. */
  readonly known: readonly number[]
  readonly unknown: readonly number[]
  /** How many of them said what. */
  readonly said: { readonly known: Counts; readonly unknown: Counts }
}

type Counts = Readonly<Record<string, number>>

export interface AttackSource {
  readonly source: string
  readonly sent: number
  /** From its first try to its first block; null: it was never blocked. */
  readonly blockedAfterSec: number | null
  readonly triesBefore: number | null
  /** Of the tries in the seconds after that of its first block: how many were served. */
  readonly after: { readonly passed: number; readonly blocked: number }
}

export function attackCourse(points: readonly AttackPoint[]): AttackCourse {
  const sum = (of: (point: AttackPoint) => number): number => points.reduce((total, point) => total + of(point), 0)
  const openBySec = new Map<number, number>()
  for (const { t, open } of points) openBySec.set(t, (openBySec.get(t) ?? 0) + open)
  const held = points.flatMap((point) => point.held ?? [])
  const ended = sum((point) => point.ended)
  const lastSec = Math.max(...points.map(({ t }) => t))
  return {
    sent: sum((point) => point.sent),
    passed: sum((point) => point.passed),
    blocked: sum((point) => point.blocked),
    dropped: sum((point) => point.dropped),
    silent: sum((point) => point.silent),
    capped: sum((point) => point.capped),
    opened: sum((point) => point.opened),
    ended,
    bytesOut: sum((point) => point.bytesOut),
    statuses: added(points.map(({ statuses }) => statuses)),
    mostOpen: Math.max(0, ...openBySec.values()),
    lastOldestSec: Math.max(0, ...points.filter(({ t }) => t === lastSec).map(({ oldestSec }) => oldestSec ?? 0)),
    held:
      ended === 0 || held.length === 0
        ? null
        : {
            minSec: Math.min(...held.map(({ minSec }) => minSec)),
            meanSec: held.reduce((total, { sumSec }) => total + sumSec, 0) / ended,
            maxSec: Math.max(...held.map(({ maxSec }) => maxSec)),
          },
    sources: sourcesOf(points),
    known: points.flatMap(({ timed }) => timed?.known ?? []),
    unknown: points.flatMap(({ timed }) => timed?.unknown ?? []),
    said: {
      known: added(points.map(({ said }) => said?.known ?? {})),
      unknown: added(points.map(({ said }) => said?.unknown ?? {})),
    },
  }
}

function added(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {}
  for (const counts of all) for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count
  return sums
}

function sourcesOf(points: readonly AttackPoint[]): readonly AttackSource[] {
  const bySource = new Map<string, AttackPoint[]>()
  for (const point of points) {
    const own = bySource.get(point.source)
    if (own === undefined) bySource.set(point.source, [point])
    else own.push(point)
  }
  return [...bySource].map(([source, own]): AttackSource => {
    const first = own.find(({ firstBlock }) => firstBlock !== undefined)
    const later = first === undefined ? [] : own.filter(({ t }) => t > first.t)
    return {
      source,
      sent: own.reduce((total, { sent }) => total + sent, 0),
      blockedAfterSec: first?.firstBlock?.afterSec ?? null,
      triesBefore: first?.firstBlock?.afterTries ?? null,
      after: {
        passed: later.reduce((total, { passed }) => total + passed, 0),
        blocked: later.reduce((total, { blocked }) => total + blocked, 0),
      },
    }
  })
}

/** Of all sources: a source that was never blocked is later than any other; null where that is the median one. */
export function medianBlockedSec(sources: readonly AttackSource[]): number | null {
  const middle = median(sources.map(({ blockedAfterSec }) => blockedAfterSec ?? Infinity))
  return Number.isFinite(middle) ? middle : null
}
