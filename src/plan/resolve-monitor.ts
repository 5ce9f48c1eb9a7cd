import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import { messageMetric } from '../model/message-metric.ts'
import type { Counted, MonitorSpec, SeriesSelector } from '../model/monitor-spec.ts'
import type { MetricSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { readSelector, selectorExamples } from './series-selector.ts'

/** Prometheus gives a page ten seconds (`scrape_timeout`); what comes later is lost. */
const defaultWithinMs = 10_000

interface Scope {
  readonly metrics: readonly MetricSpec[]
  /** `target.metrics` is there. */
  readonly hasPage: boolean
}

/** What the target's page of metrics is held to. */
export function resolveMonitor(problems: Problems, value: unknown, { metrics, hasPage }: Scope): MonitorSpec | undefined {
  if (value === undefined) return undefined
  const path: Path = ['target', 'monitor']
  const fields = new Fields(problems, path, value, ['requests', 'counts', 'latency', 'within'])
  if (!hasPage) problems.addText(path, 'a `target.metrics`, whose page it is about', 'none')
  const requests = pairs(problems, fields.at('requests'), fields.raw('requests'))
  const counts = pairs(problems, fields.at('counts'), fields.raw('counts'))
  const latencies = pairs(problems, fields.at('latency'), fields.raw('latency'))
  if (isRecord(value) && requests.length + counts.length + latencies.length === 0 && !fields.has('within'))
    problems.addText(path, 'some of `requests`, `counts` and `latency` to compare', 'none')
  return {
    counts: [...requests, ...counts].map(({ path: at, series, what }) => ({ series, of: counted(problems, at, what, metrics) })),
    latencies: latencies.map(({ series, what }) => ({
      series,
      of: { kind: 'requests', names: namesOf(what) },
      // Prometheus' convention is seconds; who does not keep to it says so in the name.
      msPerUnit: /_(ms|milliseconds)$/.test(series.metric) ? 1 : 1000,
    })),
    withinSec: (fields.durationMs('within') ?? defaultWithinMs) / 1000,
  }
}

interface Pair {
  readonly path: Path
  readonly series: SeriesSelector
  readonly what: readonly string[]
}

const all = ['requests']

/** `SERIES` of all requests, or `{ SERIES: WHAT }`. */
function pairs(problems: Problems, path: Path, value: unknown): readonly Pair[] {
  if (value === undefined) return []
  const entries = typeof value === 'string' ? [[value, 'requests'] as const] : isRecord(value) ? Object.entries(value) : undefined
  if (entries === undefined) {
    problems.add(path, `${selectorExamples}, or an object of such`, value)
    return []
  }
  return entries.flatMap(([text, what]): Pair[] => {
    const at = typeof value === 'string' ? path : [...path, text]
    const series = readSelector(text)
    const words = typeof what === 'string' ? [what] : what
    if (series === undefined) problems.addText(at, selectorExamples, `\`${text}\``)
    if (!Array.isArray(words) || words.length === 0 || !words.every((word): word is string => typeof word === 'string')) {
      problems.add(at, "what is compared with it: 'requests', names of requests such as 'GET *', or a counter", what)
      return []
    }
    return series === undefined ? [] : [{ path: at, series, what: words }]
  })
}

/** A counter of messages or of the plan by its name; anything else is the name of a request. */
function counted(problems: Problems, path: Path, what: readonly string[], metrics: readonly MetricSpec[]): Counted {
  const [only = '', ...more] = what
  const metric = metrics.find(({ name }) => name === only) ?? messageMetric(only)
  if (metric === undefined || more.length > 0) return { kind: 'requests', names: namesOf(what) }
  if (metric.kind !== 'counter') problems.addText(path, 'a counter to compare with', `the ${metric.kind} \`${only}\``)
  return { kind: 'metric', name: only }
}

function namesOf(what: readonly string[]): readonly string[] {
  return what.join() === all.join() ? [] : what
}
