import type { MetricUnit, ObjectiveSpec } from '../model/objective-spec.ts'
import type { ObjectiveResult } from '../model/run-result.ts'
import type { ProbePoint, Range, RunData, TestData } from '../analysis/index.ts'
import { auditValue } from './audit/index.ts'
import { formatValue } from './format-value.ts'
import { holds } from './holds.ts'
import type { Measured } from './measure.ts'
import { measureLoad } from './measure.ts'
import type { MetricKind } from './metric-kind.ts'
import { metricKind, parseStatistic } from './metric-kind.ts'
import { judgedPart } from './phases.ts'
import { findGrowing, findProbe, growthPerSec, probeStatistic, readPoints, statisticOfPoints } from './probe-value.ts'

/**
 * Judges one objective of a test. `pass` and `fail` go by the value itself; that its interval crosses the limit is said by the validity
 * check `precision` (a warning with advice), because a short run would else hardly ever have a verdict. `unknown` is kept for what
 * cannot be answered at all: too few samples for the percentile, a metric or a name that never appeared, a phase that was not run.
 */
export function judgeObjective(objective: ObjectiveSpec, data: RunData, test: TestData): ObjectiveResult {
  const audited = auditValue(objective, data, test)
  if (typeof audited === 'string') return unknown(objective, audited, 'count')
  if (audited !== undefined) return verdictOn(objective, { kind: 'value', value: audited.value, unit: 'count' }, audited.where)
  const metric = metricKind(objective.metric.name)
  if (metric.kind === 'elsewhere')
    return unknown(objective, `${objective.metric.name} needs ${metric.needs}, which is not in this run.`)
  if (metric.kind === 'errors' && objective.metric.selector === undefined && test.total('request').count === 0) {
    const [step] = test.series('step')
    const [scenario] = test.series('scenario')
    const name = step !== undefined ? `step:${step}` : scenario !== undefined ? `scenario:${scenario}` : undefined
    if (name !== undefined)
      return unknown(objective, `errors counts requests, and none was made: say what is to be counted, such as errors(${name}).`)
  }
  const range = rangeOf(objective, test)
  if (typeof range === 'string') return unknown(objective, range)
  const measure = measurer(objective, metric, data, test)
  if (typeof measure === 'string') return unknown(objective, measure)
  if (objective.overSec === undefined) return verdictOn(objective, measure(range))
  return judgeWindows(objective, range, objective.overSec, measure)
}

type Measure = (range: Range) => Measured

/** The judged time, or the part of it that the objective names; a sentence when there is none. The tail after the load belongs to it: what was asked for in time and answered late must count. */
function rangeOf({ during, overSec }: ObjectiveSpec, test: TestData): Range | string {
  const { judged } = test
  if (during !== undefined) {
    const phase = test.spec.phases.find(({ name }) => name === during)
    if (phase === undefined)
      return `There is no phase "${during}"; ${listed(
        'phases',
        test.spec.phases.map(({ name }) => name),
      )}`
    return judgedPart(phase, test) ?? `The phase "${during}" has no second in the judged time.`
  }
  if (judged.to <= judged.from) return 'The load had no second to judge.'
  return overSec === undefined ? { from: judged.from, to: Infinity } : judged
}

/** How this objective is measured in any stretch of time, or why it cannot be. */
function measurer(objective: ObjectiveSpec, metric: MetricKind, data: RunData, test: TestData): Measure | string {
  const { name, selector } = objective.metric
  if (metric.kind === 'time')
    return () => ({ kind: 'value', value: metric.of === 'test' ? test.loadSec : data.lastSec, unit: 'sec' })
  if (metric.kind !== 'named' && metric.kind !== 'growth') {
    const kind = selector?.kind
    if (
      kind !== undefined &&
      kind !== 'fault' &&
      kind !== 'limiter' &&
      kind !== 'link' &&
      kind !== 'attack' &&
      !test.series(kind).includes(selector?.name ?? '')
    ) {
      return `There is no ${kind} "${selector?.name ?? ''}"; ${listed(`${kind}s`, test.series(kind))}`
    }
    return (range) => measureLoad(objective.metric, { test, range }) ?? { kind: 'too-few', samples: 0, needed: 1, unit: 'count' }
  }
  const custom = measureLoad(objective.metric, { test, range: { from: test.judged.from, to: Infinity } })
  if (custom !== undefined) return (range) => measureLoad(objective.metric, { test, range }) ?? custom
  if (metric.kind === 'growth') return growthMeasurer(objective, metric.probe, data, test)
  const found = findProbe(name, data.probeNames, objective.unit)
  if (found === undefined) return noSuchMetric(name, data, test)
  const unit = unitOf(data.probeUnits[found.probe], objective.unit)
  const overall = found.statistic ?? probeStatistic(found.probe, objective.op, unit)
  const statistic = objective.overSec === undefined ? overall : (found.statistic ?? parseStatistic('mean') ?? overall)
  return (range) => ofPoints(readPoints(test, found, inLoad(range, test)), unit, (points) => statisticOfPoints(points, statistic))
}

function growthMeasurer(objective: ObjectiveSpec, probe: string, data: RunData, test: TestData): Measure | string {
  const growing = findGrowing(probe, data.probeNames, objective.unit)
  if (growing === undefined) return noSuchMetric(probe, data, test)
  const isRatio = objective.unit === 'ratio'
  return (range) =>
    ofPoints(readPoints(test, growing, inLoad(range, test)), objective.unit ?? 'bytesPerSec', (points) => {
      const slope = growthPerSec(points)
      const [first] = points
      const last = points.at(-1)
      if (slope === undefined || !isRatio) return slope
      return first && last && first.value > 0 ? (slope * (last.t - first.t)) / first.value : undefined
    })
}

function ofPoints(
  points: readonly ProbePoint[],
  unit: MetricUnit,
  read: (points: readonly ProbePoint[]) => number | undefined,
): Measured {
  const value = read(points)
  return value === undefined
    ? { kind: 'too-few', samples: points.length, needed: points.length + 1, unit }
    : { kind: 'value', value, unit }
}

/** Probes are judged while the load runs: what comes after it is another state. */
function inLoad({ from, to }: Range, test: TestData): Range {
  return { from, to: Math.min(to, test.judged.to) }
}

/** Probes say their units in words of their own; what is none of the grammar's is a plain count. */
function unitOf(probe: string | undefined, asked: MetricUnit | undefined): MetricUnit {
  const known: readonly MetricUnit[] = ['ms', 'ratio', 'bytes', 'perSec', 'sec', 'bytesPerSec', 'count']
  return known.find((unit) => unit === probe) ?? asked ?? 'count'
}

function noSuchMetric(name: string, data: RunData, test: TestData): string {
  const why = data.events.flatMap((event) => (event.kind === 'probe-unavailable' ? [`${event.probe}: ${event.reason}`] : []))
  const hint = why.length > 0 ? ` Probes that did not work here: ${why.join('; ')}.` : ''
  const own = [...test.series('trend'), ...test.series('counter'), ...test.series('gauge'), ...data.probeNames]
  return `There was no value of ${name} in this run.${hint} ${capital(listed('metrics', own))}`
}

function verdictOn(objective: ObjectiveSpec, measured: Measured, where = ''): ObjectiveResult {
  const { unit } = measured
  const name = shown(objective)
  const limit = formatValue(objective.value, unit)
  if (measured.kind === 'too-few') {
    if (measured.samples === 0) return unknown(objective, `${name}: nothing was measured${where}.`, unit)
    return unknown(
      objective,
      `${name} needs at least ${measured.needed} samples, there were ${measured.samples}${where}; run it for longer.`,
      unit,
    )
  }
  const value = formatValue(measured.value, unit)
  if (measured.kind === 'at-least') {
    // A time-out is "at least": it can prove that a limit was passed, never that it was kept (measurement.md section 13).
    const proves = (objective.op === '>' || objective.op === '>=') && measured.value > objective.value
    const reason = `${name} ≥ ${value} (time-outs)${where}: ${measured.censored} requests were never answered; the limit is ${limit}.`
    return result(objective, proves ? 'pass' : 'fail', { actual: null, unit, reason })
  }
  const good = holds(measured.value, objective)
  const reason = `${name} ${plural.has(objective.metric.name) ? 'were' : 'was'} ${value}${where}; ${good ? 'the objective' : 'it should be'} ${good ? 'is ' : ''}${objective.op} ${limit}.`
  return result(objective, good ? 'pass' : 'fail', { actual: measured.value, unit, reason })
}

/** Every window of `lengthSec` wholly inside the range, sliding by a second; the worst one is reported. */
function judgeWindows(objective: ObjectiveSpec, range: Range, lengthSec: number, measure: Measure): ObjectiveResult {
  if (range.to - range.from < lengthSec) {
    return unknown(
      objective,
      `The judged time of ${range.to - range.from} s is shorter than one window of ${lengthSec} s; run it for longer.`,
    )
  }
  let worst: { measured: Measured; from: number } | undefined
  let tooFew: Measured | undefined
  for (let from = range.from; from + lengthSec <= range.to; from++) {
    const measured = measure({ from, to: from + lengthSec })
    // A window without (enough) of what is judged has nothing to fail by; only if all are so, the objective is unknown.
    if (measured.kind === 'too-few') tooFew = measured
    else if (worst === undefined || isWorse(measured, worst.measured, objective)) worst = { measured, from }
  }
  if (worst === undefined)
    return verdictOn(objective, tooFew ?? { kind: 'too-few', samples: 0, needed: 1, unit: 'count' }, ' in any window')
  return verdictOn(objective, worst.measured, ` in the worst window (${worst.from}-${worst.from + lengthSec} s)`)
}

function isWorse(a: Exclude<Measured, { kind: 'too-few' }>, b: Measured, { op, value }: ObjectiveSpec): boolean {
  if (b.kind === 'too-few') return true
  if (a.kind !== b.kind) return a.kind === 'at-least'
  if (op === '<' || op === '<=') return a.value > b.value
  if (op === '>' || op === '>=') return a.value < b.value
  return op === '=' ? Math.abs(a.value - value) > Math.abs(b.value - value) : a.value === value
}

/** `p95(POST /orders)`. */
function shown({ metric: { name, selector } }: ObjectiveSpec): string {
  if (selector === undefined) return name
  return `${name}(${selector.kind === 'request' || selector.kind === 'check' ? '' : `${selector.kind}:`}${selector.name})`
}

const plural = new Set([
  'errors',
  'checks',
  'iterations',
  'duplicates',
  'phantoms',
  'invariants',
  'counters',
  'target.files',
  'target.sockets',
  'target.threads',
])

const mostNames = 12

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `no ${what} were seen.`
  return `the ${what} were: ${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ` and ${names.length - mostNames} more` : ''}.`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function unknown(objective: ObjectiveSpec, reason: string, unit: MetricUnit = objective.unit ?? 'count'): ObjectiveResult {
  return result(objective, 'unknown', { actual: null, unit, reason })
}

function result(
  { text, value }: ObjectiveSpec,
  verdict: ObjectiveResult['verdict'],
  rest: Pick<ObjectiveResult, 'actual' | 'unit' | 'reason'>,
): ObjectiveResult {
  return { text, verdict, limit: value, ...rest }
}
