import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import { theilSen } from '../analysis/index.ts'
import { measureLoad } from './measure.ts'
import { metricKind } from './metric-kind.ts'
import type { ProbeReading } from './probe-value.ts'
import { findGrowing, findProbe, readPoints, statisticOfPoints } from './probe-value.ts'

/** The moment at which a condition is looked at. */
export interface StopMoment {
  readonly data: RunData
  readonly test: TestData
  /** Run clock. */
  readonly nowSec: number
}

/** What a stop condition is about, at one time of the load. Without a value: there was nothing to read. */
export interface StopReading {
  readonly sec: number
  readonly value: number | undefined
}

export interface NewReadings {
  /** The load before this is not looked at. */
  readonly sinceSec: number
  /** Only what came after this. */
  readonly afterSec: number
}

/** Everything that the record says of a condition and that was not read before, in order of time. */
export function readStop(condition: ObjectiveSpec, moment: StopMoment, since: NewReadings): readonly StopReading[] {
  const { data, test, nowSec } = moment
  const { metric, unit } = condition
  const kind = metricKind(metric.name)
  switch (kind.kind) {
    case 'elsewhere':
      return []
    case 'time': {
      const sec = nowSec - (test.loadStartSec ?? nowSec)
      return [{ sec, value: kind.of === 'test' ? sec : nowSec }]
    }
    case 'growth': {
      const growing = findGrowing(kind.probe, data.probeNames, unit)
      return growing === undefined ? [] : slopes(condition, test, growing, since)
    }
    case 'named': {
      const found = findProbe(metric.name, data.probeNames, unit)
      return found === undefined ? loadReadings(condition, test, since) : levels(condition, test, found, since)
    }
    default:
      return loadReadings(condition, test, since)
  }
}

/** Was there anything to judge it by, at any time of the load? Load metrics are looked at once, over the whole of it. */
export function wasRead(condition: ObjectiveSpec, moment: StopMoment): boolean {
  const { data, test } = moment
  const { metric, unit } = condition
  const { kind } = metricKind(metric.name)
  const isOfLoad =
    kind !== 'time' && kind !== 'growth' && (kind !== 'named' || findProbe(metric.name, data.probeNames, unit) === undefined)
  if (!isOfLoad) return readStop(condition, moment, { sinceSec: 0, afterSec: -Infinity }).some(({ value }) => value !== undefined)
  const measured = measureLoad(metric, { test, range: { from: 0, to: Infinity } }, { anySamples: true })
  return measured !== undefined && measured.kind !== 'too-few'
}

function loadReadings({ metric, overSec = 1 }: ObjectiveSpec, test: TestData, since: NewReadings): readonly StopReading[] {
  const news: StopReading[] = []
  // The collector writes a second when all workers have told of it, so a second that is here is whole.
  for (let sec = Math.max(0, Math.ceil(since.sinceSec - 0.05), since.afterSec + 1); sec < test.loadSec; sec++) {
    const range = { from: Math.max(0, sec + 1 - overSec), to: sec + 1 }
    if (test.generators({ from: sec, to: sec + 1 }).length === 0) continue
    const measured = measureLoad(metric, { test, range }, { anySamples: true })
    news.push({ sec, value: measured === undefined || measured.kind === 'too-few' ? undefined : measured.value })
  }
  return news
}

/** Just after: the bounds of {@link TestData.probe} include their beginning and not their end. */
const momentSec = 1e-6

function levels(
  { overSec }: ObjectiveSpec,
  test: TestData,
  reading: ProbeReading,
  { sinceSec, afterSec }: NewReadings,
): readonly StopReading[] {
  return newPoints(test, reading, { sinceSec, afterSec }).map(({ t, value }) => {
    if (overSec === undefined) return { sec: t, value }
    const window = readPoints(test, reading, { from: Math.max(sinceSec, t - overSec + momentSec), to: t + momentSec })
    return { sec: t, value: statisticOfPoints(window, { kind: 'mean' }) }
  })
}

/** The window whose slope is the growth: ten seconds are the shortest in which one collection of garbage is not all there is; a slope needs three values. Ours. */
export function growthWindowSec({ overSec = 10 }: ObjectiveSpec): number {
  return Math.max(3, overSec)
}

/** Theil-Sen slope of a sliding window at each new value; of a share (`NAME.growth > 10%`) its growth through the window. */
function slopes(
  condition: ObjectiveSpec,
  test: TestData,
  reading: ProbeReading,
  { sinceSec, afterSec }: NewReadings,
): readonly StopReading[] {
  const lengthSec = growthWindowSec(condition)
  return newPoints(test, reading, { sinceSec, afterSec }).flatMap(({ t }) => {
    const window = readPoints(test, reading, { from: Math.max(sinceSec, t - lengthSec), to: t + momentSec })
    const [first] = window
    // The values are a second apart and jitter: a window is full when no more than one of them is missing.
    if (first === undefined || t - first.t < lengthSec - 1.5) return []
    const slope = theilSen(window)?.perUnit
    if (slope === undefined || condition.unit !== 'ratio') return [{ sec: t, value: slope }]
    return [{ sec: t, value: first.value > 0 ? (slope * (t - first.t)) / first.value : undefined }]
  })
}

function newPoints(test: TestData, reading: ProbeReading, { sinceSec, afterSec }: NewReadings) {
  return readPoints(test, reading, { from: Math.max(0, sinceSec, afterSec + momentSec), to: Infinity })
}
