import type { MetricRef, MetricUnit } from '../model/objective-spec.ts'
import type { GeneratorSecond, Range, SeriesKind, TestData } from '../analysis/index.ts'
import { minimumSamples } from '../analysis/index.ts'
import type { Distribution } from '../metrics/index.ts'
import { createTally } from '../metrics/index.ts'
import type { Statistic } from './metric-kind.ts'
import { metricKind, splitStatistic } from './metric-kind.ts'

/** What a metric of the load was in a stretch of time. */
export type Measured =
  | { readonly kind: 'value'; readonly value: number; readonly unit: MetricUnit }
  /** The percentile lies among requests that never were answered: the truth is at least this. */
  | { readonly kind: 'at-least'; readonly value: number; readonly unit: MetricUnit; readonly censored: number }
  /** It exists, but not (or not enough) in this stretch. */
  | { readonly kind: 'too-few'; readonly samples: number; readonly needed: number; readonly unit: MetricUnit }

export interface MeasureOptions {
  /** Read percentiles from however few samples there are: for stop conditions, where a late alarm costs more than a rough one. */
  readonly anySamples?: boolean
}

/** A part of a test. */
export interface Stretch {
  readonly test: TestData
  readonly range: Range
}

/**
 * The value of a load metric. Undefined when the metric is none of the load's, or when nothing of the selected name was seen (the
 * caller knows whether that is an empty second or a name that does not exist).
 */
export function measureLoad(
  { name, selector }: MetricRef,
  stretch: Stretch,
  { anySamples = false }: MeasureOptions = {},
): Measured | undefined {
  const metric = metricKind(name)
  const { test, range } = stretch
  switch (metric.kind) {
    case 'latency': {
      const times = timesOf(metric.clock, selector, stretch)
      return times && statisticOf(metric.statistic, times, { unit: 'ms', scale: 1000, anySamples })
    }
    case 'errors': {
      const counts = countsOf(selector, stretch)
      return counts && share(counts.failed, counts.count)
    }
    case 'throughput': {
      // Over seconds of load only: what ends in the graceful stop would count without its time.
      const during = { from: range.from, to: Math.min(range.to, test.judged.to) }
      const counts = countsOf(selector, { test, range: during })
      const seconds = test.secondsIn(during)
      return counts && { kind: 'value', value: seconds > 0 ? counts.count / seconds : 0, unit: 'perSec' }
    }
    case 'iterations':
      return known(test, 'scenario', selector?.name)
        ? { kind: 'value', value: test.total('scenario', { name: selector?.name, range }).count, unit: 'count' }
        : undefined
    case 'checks': {
      if (!known(test, 'check', selector?.name)) return undefined
      const { passed, failed } = test.total('check', { name: selector?.name, range })
      return share(passed, passed + failed)
    }
    case 'dropped': {
      const { planned, dropped } = arrivalsOf(test.generators(range))
      return { kind: 'value', value: planned === 0 ? 0 : dropped / planned, unit: 'ratio' }
    }
    case 'generator.cpu':
      return busiestThread(test.generators(range))
    case 'named':
      return measureCustom(metric.name, stretch, anySamples)
    case 'elsewhere':
    case 'growth':
    case 'time':
      return undefined
  }
}

function arrivalsOf(seconds: readonly GeneratorSecond[]): { readonly planned: number; readonly dropped: number } {
  let planned = 0
  let dropped = 0
  for (const { window } of seconds) {
    planned += window.planned
    dropped += window.dropped.usersCap + window.dropped.generator + window.dropped.target
  }
  return { planned, dropped }
}

/** Mean over the seconds of the busiest worker, as a share of one core; the pump's spinning is no work and is not in it. */
function busiestThread(seconds: readonly GeneratorSecond[]): Measured | undefined {
  const byWorker = new Map<number, number[]>()
  for (const { window } of seconds) {
    if (window.cpu === null) continue
    byWorker.set(window.worker, [...(byWorker.get(window.worker) ?? []), window.cpu])
  }
  if (byWorker.size === 0) return undefined
  const means = Array.from(byWorker.values(), (values) => values.reduce((a, b) => a + b, 0) / values.length)
  return { kind: 'value', value: Math.max(...means), unit: 'ratio' }
}

interface Times {
  readonly answered: Distribution
  readonly censored: Distribution | undefined
}

/** Undefined when nothing of that name was ever seen in the test. */
function timesOf(
  clock: 'response' | 'service' | 'slip',
  selector: MetricRef['selector'],
  { test, range }: Stretch,
): Times | undefined {
  if (clock === 'slip') {
    const name = selector?.kind === 'scenario' ? selector.name : undefined
    return known(test, 'scenario', name)
      ? { answered: test.total('scenario', { name, range }).slip, censored: undefined }
      : undefined
  }
  if (selector?.kind === 'step' || selector?.kind === 'scenario') {
    if (!known(test, selector.kind, selector.name)) return undefined
    return { answered: test.total(selector.kind, { name: selector.name, range }).response, censored: undefined }
  }
  if (!known(test, 'request', selector?.name)) return undefined
  const requests = test.total('request', { name: selector?.name, range })
  return { answered: clock === 'service' ? requests.service : requests.response, censored: requests.censored }
}

function countsOf(
  selector: MetricRef['selector'],
  { test, range }: Stretch,
): { readonly count: number; readonly failed: number } | undefined {
  const kind = selector?.kind === 'step' || selector?.kind === 'scenario' ? selector.kind : 'request'
  if (!known(test, kind, selector?.name)) return undefined
  const { count, failed } = test.total(kind, { name: selector?.name, range })
  const ours = kind === 'request' ? abortedByUs(test, selector?.name, range) : 0
  return { count: count - ours, failed: failed - ours }
}

/** Requests that our own end of the load cut off (their waiting counts as censored, but they are no errors of the target). */
export function abortedByUs(test: TestData, name: string | undefined, range: Range): number {
  const tail = { from: Math.max(range.from, test.judged.to), to: range.to }
  return tail.to > tail.from ? (test.total('request', { name, range: tail }).failures.aborted ?? 0) : 0
}

function known(test: TestData, kind: SeriesKind, name: string | undefined): boolean {
  return name === undefined || test.series(kind).includes(name)
}

interface Scale {
  readonly unit: MetricUnit
  /** Histogram units in one unit of the metric. */
  readonly scale: number
  readonly anySamples: boolean
}

function statisticOf(statistic: Statistic, { answered, censored }: Times, { unit, scale, anySamples }: Scale): Measured {
  const lost = censored?.count ?? 0
  const samples = answered.count + lost
  const tooFew = (needed: number): Measured => ({ kind: 'too-few', samples, needed, unit })
  if (samples === 0) return tooFew(1)
  const value = (number: number | null): Measured =>
    number === null ? tooFew(1) : { kind: 'value', value: number / scale, unit }
  const atLeast = (number: number | null): Measured => ({ kind: 'at-least', value: (number ?? 0) / scale, unit, censored: lost })
  switch (statistic.kind) {
    case 'quantile': {
      const needed = minimumSamples(statistic.q)
      if (samples < needed && !anySamples) return tooFew(needed)
      // Time-outs lie at or above where they were given up. Where they are 1-q or more of all, the percentile is one of them (or above):
      // the same quantile of everybody's waiting so far is then a lower bound, and no number (measurement.md section 13, "timeouts").
      if (censored !== undefined && lost > 0 && lost >= (1 - statistic.q) * samples - 1e-6)
        return atLeast(together(answered, censored).quantile(statistic.q))
      return value(answered.quantile(statistic.q))
    }
    case 'max':
      if (censored !== undefined && lost > 0 && censored.max >= answered.max) return atLeast(censored.max)
      return value(answered.count === 0 ? null : answered.max)
    case 'min':
      return value(answered.count === 0 ? null : answered.min)
    case 'mean':
      if (censored !== undefined && answered.count === 0) return atLeast(censored.sum / lost)
      return value(answered.sum / answered.count)
    case 'sum':
      return value(answered.sum)
    case 'count':
      return { kind: 'value', value: answered.count, unit: 'count' }
    case 'last':
      return tooFew(1)
  }
}

function together(answered: Distribution, censored: Distribution): Distribution {
  const tally = createTally()
  tally.addDistribution(answered)
  tally.addDistribution(censored)
  return tally
}

/** A metric of the plan: `NAME` is a trend's mean, a counter's sum, a gauge's last value; `NAME.p95`, `NAME.max` … ask for another. */
function measureCustom(name: string, stretch: Stretch, anySamples: boolean): Measured | undefined {
  const whole = customStatistic(name, undefined, stretch, anySamples)
  if (whole !== undefined) return whole
  const split = splitStatistic(name)
  return split && customStatistic(split.name, split.statistic, stretch, anySamples)
}

function customStatistic(
  name: string,
  statistic: Statistic | undefined,
  { test, range }: Stretch,
  anySamples: boolean,
): Measured | undefined {
  const unit: MetricUnit = 'count'
  const selection = { name, range }
  if (known(test, 'trend', name)) {
    const answered = test.total('trend', selection).values
    return statisticOf(statistic ?? { kind: 'mean' }, { answered, censored: undefined }, { unit, scale: 1000, anySamples })
  }
  if (known(test, 'counter', name)) return { kind: 'value', value: test.total('counter', selection).sum, unit }
  if (!known(test, 'gauge', name)) return undefined
  const gauge = test.total('gauge', selection)
  const kind = statistic?.kind ?? 'last'
  if (gauge.count === 0 || gauge.last === null || kind === 'quantile')
    return { kind: 'too-few', samples: gauge.count, needed: 1, unit }
  return { kind: 'value', value: kind === 'mean' ? gauge.sum / gauge.count : kind === 'last' ? gauge.last : gauge[kind], unit }
}

function share(part: number, of: number): Measured {
  return of === 0 ? { kind: 'too-few', samples: 0, needed: 1, unit: 'ratio' } : { kind: 'value', value: part / of, unit: 'ratio' }
}
