import { readLinkMetric } from '../model/link-metric.ts'
import type { MetricUnit, ObjectiveSpec } from '../model/objective-spec.ts'
import type { ProbePoint, Range, TestData } from '../analysis/index.ts'
import { linkSeries, theilSen } from '../analysis/index.ts'
import type { Statistic } from './metric-kind.ts'
import { parseStatistic, splitStatistic } from './metric-kind.ts'

/**
 * What one number stands for a probe over a stretch of time. Shares and rates (CPU, cache hits, transactions per second) are judged by
 * their mean: a single busy second is what they are for. Levels (memory, files, sockets, threads, connections) are judged by the one
 * second nearest to the limit: the highest for `<`, the lowest for `>`. `NAME.mean`, `NAME.max`, `NAME.p95` … ask for another.
 */
export function probeStatistic(name: string, op: ObjectiveSpec['op'], unit: string | undefined): Statistic {
  if (isShareOrRate(name, unit)) return { kind: 'mean' }
  return { kind: op === '>' || op === '>=' ? 'min' : 'max' }
}

function isShareOrRate(name: string, unit: string | undefined): boolean {
  const ofLink = readLinkMetric(name)
  if (ofLink !== undefined) return ofLink.metric !== 'open'
  if (/(^|\.)cpu(\.|$)/.test(name)) return true
  if (name === 'db.cache.hit' || unit === 'perSec' || unit === 'bytesPerSec') return true
  return unit === 'ratio' && !/memory|disk|limit|files/.test(name)
}

/** Where the values of a metric are found in the record. */
export interface ProbeReading {
  readonly probe: string
  readonly statistic: Statistic | undefined
  /** From what was recorded to what was asked for. */
  readonly convert: (recorded: number) => number
}

const same = (recorded: number): number => recorded

/** Sizes that can be asked for as a share too: `host.disk.free < 5%` beside `< 1GB`. */
const asShare: Readonly<Record<string, Omit<ProbeReading, 'statistic'>>> = {
  'host.disk.free': { probe: 'host.disk', convert: (used) => 1 - used },
  'host.memory.free': { probe: 'host.memory', convert: (used) => 1 - used },
  'generator.memory': { probe: 'generator.memory.share', convert: same },
}

/** Shares whose growth is asked for in bytes: what is no longer free. */
const growthInBytes: Readonly<Record<string, Omit<ProbeReading, 'statistic'>>> = {
  'host.disk': { probe: 'host.disk.free', convert: (free) => -free },
  'host.memory': { probe: 'host.memory.free', convert: (free) => -free },
}

/** A probe's name as it was recorded, with the statistic asked for: `target.cpu.max` is `target.cpu` unless a probe has that very name. Links are read as probes are. */
export function findProbe(name: string, names: readonly string[], unit?: MetricUnit): ProbeReading | undefined {
  const ofLink = readLinkMetric(name)
  if (ofLink !== undefined) {
    const { link, metric, statistic } = ofLink
    return {
      probe: `link.${link}.${metric}`,
      statistic: statistic === undefined ? undefined : parseStatistic(statistic),
      convert: same,
    }
  }
  const share = unit === 'ratio' ? asShare[name] : undefined
  if (share !== undefined) return names.includes(share.probe) ? { ...share, statistic: undefined } : undefined
  if (names.includes(name)) return { probe: name, statistic: undefined, convert: same }
  const split = splitStatistic(name)
  return split && names.includes(split.name) ? { probe: split.name, statistic: split.statistic, convert: same } : undefined
}

/** Of `NAME.growth`: the values whose slope it is. */
export function findGrowing(name: string, names: readonly string[], unit?: MetricUnit): ProbeReading | undefined {
  const reading = (unit === 'bytesPerSec' ? growthInBytes[name] : undefined) ?? { probe: name, convert: same }
  return names.includes(reading.probe) ? { ...reading, statistic: undefined } : undefined
}

export function readPoints(test: TestData, { probe, convert }: ProbeReading, range: Range): readonly ProbePoint[] {
  const ofLink = readLinkMetric(probe)
  const points = ofLink === undefined ? test.probe(probe, range) : linkSeries(test, ofLink, range)
  return convert === same ? points : points.map(({ t, value }) => ({ t, value: convert(value) }))
}

export function statisticOfPoints(points: readonly ProbePoint[], statistic: Statistic): number | undefined {
  if (points.length === 0) return undefined
  const values = points.map((point) => point.value)
  switch (statistic.kind) {
    case 'mean':
      return sum(values) / values.length
    case 'sum':
      return sum(values)
    case 'count':
      return values.length
    case 'last':
      return values.at(-1)
    case 'min':
      return values.reduce((a, b) => Math.min(a, b))
    case 'max':
      return values.reduce((a, b) => Math.max(a, b))
    case 'quantile':
      return quantileOf(values, statistic.q)
  }
}

/** Nearest rank. */
export function quantileOf(values: readonly number[], q: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)]
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/** Ten-second lows: what a garbage collector leaves, without its sawtooth. */
const lowSec = 10

/**
 * Growth of a probe in its unit per second: Theil-Sen slope of the lows of ten seconds, or of the values themselves where there are
 * fewer than four lows. A hint, not a leak verdict (that one needs far longer, stress.md D12).
 */
export function growthPerSec(points: readonly ProbePoint[]): number | undefined {
  const lows = lowsOf(points)
  const series = lows.length >= 4 ? lows : points
  return series.length < 4 ? undefined : theilSen(series)?.perUnit
}

export function lowsOf(points: readonly ProbePoint[]): ProbePoint[] {
  const [first] = points
  const lows = new Map<number, ProbePoint>()
  for (const point of points) {
    const block = Math.floor((point.t - (first?.t ?? 0)) / lowSec)
    const low = lows.get(block)
    if (low === undefined || point.value < low.value) lows.set(block, point)
  }
  return [...lows.values()]
}
