import { nearest } from '../base/check.ts'
import type { LinkMetricName } from '../model/link-metric.ts'
import { readLinkMetric } from '../model/link-metric.ts'
import { messageMetric } from '../model/message-metric.ts'
import type { MetricRef, MetricUnit } from '../model/objective-spec.ts'
import type { MetricSpec } from '../model/plan-spec.ts'

export type SelectorKind = NonNullable<MetricRef['selector']>['kind']

export interface MetricInfo {
  /** Absent: only the measurement will tell (a page of metrics, a database probe). */
  readonly unit?: MetricUnit
  /** Known only when the test is over: it cannot stop one. */
  readonly afterwards?: boolean
  /** What may stand in parentheses. */
  readonly selectors: readonly SelectorKind[]
  /** The name in parentheses may not be left out. */
  readonly named?: true
  /** The metric is one of these words, and not a number. */
  readonly values?: readonly string[]
  /** Where the unit alone does not say what may be written. */
  readonly expected?: { readonly words: string; readonly units?: readonly MetricUnit[]; readonly most?: number }
}

/** What an objective can name besides the built-in metrics. */
export interface MetricScope {
  readonly metrics: readonly MetricSpec[]
  /** Names of services and of pages of metrics: what follows `db.` is known only when it is measured. */
  readonly prefixes: readonly string[]
}

const groups = ['request', 'step', 'scenario'] as const

const ratio: MetricInfo = { unit: 'ratio', selectors: [] }
const bytes: MetricInfo = { unit: 'bytes', selectors: [] }
/** A size, or its share of all there is. */
const size: MetricInfo = {
  selectors: [],
  expected: { words: 'a size such as `1GB` or a percentage such as `5%`', units: ['bytes', 'ratio'] },
}
const count: MetricInfo = { unit: 'count', selectors: [] }
const bytesPerSec: MetricInfo = { unit: 'bytesPerSec', selectors: [] }
const perSec: MetricInfo = { unit: 'perSec', selectors: [] }
const sec: MetricInfo = { unit: 'sec', selectors: [] }

/** What is known of each fault when the test is over; without a name: the worst. */
const ofFault = { afterwards: true, selectors: ['fault'] } as const
/** The verdicts of a breaker as they are written in objectives. */
const breakerWords = [
  'ok',
  'absent',
  'leaky',
  'slow-fail',
  'premature',
  'never-opens',
  'stuck-open',
  'stuck-half-open',
  'stampede',
  'flapping',
  'stale-window',
  'not-isolated',
  'misclassifies',
] as const

/** What is known of each attack when the test is over; without a name: the worst. */
const ofAttack = { afterwards: true, selectors: ['attack'] } as const

/** And those of a connection pool. */
const poolWords = ['ok', 'hangs', 'slow-fail', 'no-limit', 'not-recovered', 'leaks'] as const

/** And those of the target's page of metrics, and of its alerts. */
const monitorWords = ['truthful', 'blind', 'lies'] as const
const alertWords = ['ok', 'missing', 'false', 'stuck', 'late'] as const

/** And those of a rate limiter. */
const limiterWords = [
  'enforced',
  'not-present',
  'bypassable',
  'racy',
  'over-admits',
  'not-isolated',
  'under-admits',
  'lying-headers',
] as const

const fixed: Readonly<Record<string, MetricInfo>> = {
  errors: { unit: 'ratio', selectors: groups },
  throughput: { unit: 'perSec', selectors: groups },
  checks: { unit: 'ratio', selectors: ['check'] },
  dropped: ratio,
  iterations: { unit: 'count', selectors: ['scenario'] },
  recovery: { ...sec, ...ofFault },
  impact: { ...ratio, ...ofFault },
  lostWork: { ...count, ...ofFault },
  metastable: { values: ['no', 'yes', 'slow-recovery'], ...ofFault },
  blockedWithin: { ...sec, ...ofAttack },
  sourcesBlocked: { ...ratio, ...ofAttack },
  legitimateBlocked: { ...ratio, ...ofAttack },
  goodput: { ...ratio, ...ofAttack },
  denied: { values: ['no', 'yes'], ...ofAttack },
  connectionHeld: { ...sec, ...ofAttack },
  enumeration: { values: ['no', 'yes'], ...ofAttack },
  audited: { ...ratio, ...ofAttack },
  breaker: { values: breakerWords, afterwards: true, selectors: ['link'], named: true },
  pool: { values: poolWords, afterwards: true, selectors: ['link'], named: true },
  monitor: { values: monitorWords, afterwards: true, selectors: [] },
  'monitor.counts': { ...ratio, afterwards: true },
  'monitor.latency': { ...ratio, afterwards: true },
  'monitor.up': count,
  'monitor.time': sec,
  alerts: { values: alertWords, afterwards: true, selectors: [] },
  limiter: { values: limiterWords, afterwards: true, selectors: ['limiter'], named: true },
  // Defects that the audit of the data counts.
  lost: { ...count, afterwards: true },
  duplicates: { ...count, afterwards: true },
  phantoms: { ...count, afterwards: true },
  stale: { ...count, afterwards: true },
  mixed: { ...count, afterwards: true },
  torn: { ...count, afterwards: true },
  invariants: { ...count, afterwards: true },
  counters: { ...count, afterwards: true },
  // The search tells whether it counts arrivals or users.
  capacity: {
    afterwards: true,
    selectors: [],
    expected: { words: 'a rate such as `300/s`, or a number of users', units: ['count', 'perSec'] },
  },
  headroom: { ...ratio, afterwards: true },
  degradation: { ...count, afterwards: true, expected: { words: 'a score from 0 to 1 such as `0.9`', most: 1 } },
  'test.time': sec,
  'run.time': sec,
  'target.cpu': ratio,
  'target.cpu.core': ratio,
  'target.cpu.wait': ratio,
  'target.cpu.core.wait': ratio,
  'target.cpu.wanted': count,
  'target.cpu.throttled': ratio,
  'target.memory': bytes,
  'target.memory.growth': bytesPerSec,
  'target.files': count,
  'target.files.growth': perSec,
  'target.files.share': ratio,
  'target.sockets': count,
  'target.sockets.growth': perSec,
  'target.threads': count,
  'target.threads.growth': perSec,
  'target.processes': count,
  'target.processes.growth': perSec,
  'target.ready': count,
  'host.cpu': ratio,
  'host.memory': ratio,
  'host.memory.free': size,
  'host.memory.growth': bytesPerSec,
  'host.disk': ratio,
  'host.disk.free': size,
  'host.disk.growth': bytesPerSec,
  'host.disk.read': bytesPerSec,
  'host.disk.write': bytesPerSec,
  'host.disk.busy': count,
  'host.net.in': bytesPerSec,
  'host.net.out': bytesPerSec,
  'host.net.loopback': bytesPerSec,
  'host.load': count,
  'host.pressure.cpu': ratio,
  'host.pressure.memory': ratio,
  'host.pressure.io': ratio,
  'generator.cpu': ratio,
  'generator.memory': size,
  'generator.memory.growth': bytesPerSec,
}

/** Of `link.NAME.…`. */
const ofLink: Readonly<Record<LinkMetricName, MetricInfo>> = { calls: perSec, failed: ratio, broken: perSec, open: count }

/** Names that people try, and what they are called here. */
const otherNames: Readonly<Record<string, string>> = { 'target.time': 'test.time', time: 'test.time', duration: 'test.time' }

const statistic = /^(p\d{1,2}(\.\d+)?|mean|min|max)$/
const examples = ['p50', 'p95', 'p99', 'p99.9', 'mean', 'max', 'min', 'service.p95', 'slip.p99']

/** What is known of a metric's name, or the nearest names when nothing is. */
export function findMetric(name: string, scope: MetricScope): MetricInfo | { readonly near: readonly string[] } {
  const builtIn = Object.hasOwn(fixed, name) ? fixed[name] : undefined
  if (builtIn) return builtIn
  if (statistic.test(name)) return { unit: 'ms', selectors: groups }
  const [family, rest] = splitAt(name, '.')
  if (rest !== undefined) {
    if (family === 'service' && statistic.test(rest)) return { unit: 'ms', selectors: ['request'] }
    if (family === 'slip' && statistic.test(rest)) return { unit: 'ms', selectors: ['scenario'] }
  }
  if (family === 'link') {
    const read = readLinkMetric(name)
    return read === undefined ? { near: Object.keys(ofLink).map((metric) => `link.NAME.${metric}`) } : ofLink[read.metric]
  }
  const ofMessages = messageMetric(name)
  const custom = customMetric(name, ofMessages === undefined ? scope.metrics : [ofMessages])
  if (custom) return custom
  const otherName = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined
  if (otherName !== undefined) return { near: [otherName] }
  const near = nearNames(name, scope)
  const isProbe =
    rest !== undefined && rest !== '' && (family === 'target' || family === 'host' || scope.prefixes.includes(family))
  return isProbe && near.length === 0 ? { selectors: [] } : { near }
}

/** A bare name is a trend's mean, a counter's sum, a gauge's last value; `render.p95` asks for another statistic. */
function customMetric(name: string, metrics: readonly MetricSpec[]): MetricInfo | undefined {
  for (const metric of metrics) {
    if (name === metric.name) return { unit: metric.unit, selectors: [] }
    if (!name.startsWith(`${metric.name}.`)) continue
    const rest = name.slice(metric.name.length + 1)
    if (rest === 'count') return { unit: 'count', selectors: [] }
    const fits =
      metric.kind === 'trend'
        ? statistic.test(rest) || rest === 'sum'
        : metric.kind === 'gauge'
          ? /^(min|max|mean|last)$/.test(rest)
          : rest === 'sum'
    if (fits) return { unit: metric.unit, selectors: [] }
  }
  return undefined
}

/** Close spellings: of anything for a plain word, only of a typing slip (one or two letters) below `target.` and `host.`. */
function nearNames(name: string, scope: MetricScope): readonly string[] {
  const custom = scope.metrics.map((metric) => (metric.kind === 'trend' ? `${metric.name}.p95` : metric.name))
  const all = [...examples, ...Object.keys(fixed), ...custom]
  const family = splitAt(name, '.')[0]
  if (family === 'target' || family === 'host') {
    const known = all.filter((word) => word.startsWith(`${family}.`))
    const near = nearest(name, known)
    return near !== undefined && Math.abs(near.length - name.length) <= 2 && sharesMost(near, name) ? [near] : []
  }
  if (scope.prefixes.includes(family)) return []
  const near = nearest(name, all)
  return near === undefined ? [] : [near]
}

function sharesMost(a: string, b: string): boolean {
  return nearest(a.slice(a.indexOf('.') + 1), [b.slice(b.indexOf('.') + 1)]) !== undefined
}

function splitAt(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
