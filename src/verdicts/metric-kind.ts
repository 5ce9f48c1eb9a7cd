/** What a metric of the objective grammar asks for. Everything that is none of the built-in words is a probe's value or a metric of the plan. */
export type MetricKind =
  | { readonly kind: 'latency'; readonly clock: 'response' | 'service' | 'slip'; readonly statistic: Statistic }
  | { readonly kind: 'errors' | 'throughput' | 'checks' | 'dropped' | 'iterations' | 'generator.cpu' }
  /** Needs faults or an audit of data. */
  | { readonly kind: 'elsewhere'; readonly needs: string }
  | { readonly kind: 'growth'; readonly probe: string }
  /** Seconds since the load of the test, or the run, began. */
  | { readonly kind: 'time'; readonly of: 'test' | 'run' }
  | { readonly kind: 'named'; readonly name: string }

export type Statistic =
  { readonly kind: 'quantile'; readonly q: number } | { readonly kind: 'mean' | 'min' | 'max' | 'sum' | 'count' | 'last' }

const counts = new Set(['errors', 'throughput', 'checks', 'dropped', 'iterations', 'generator.cpu'] as const)

const elsewhere: Readonly<Record<string, string>> = {
  recovery: 'a fault to recover from',
  impact: 'a fault',
  lostWork: 'a fault',
  metastable: 'a fault to recover from',
  blockedWithin: 'an attack',
  sourcesBlocked: 'an attack',
  legitimateBlocked: 'an attack',
  goodput: 'an attack',
  denied: 'an attack',
  connectionHeld: 'an attack that holds connections',
  enumeration: 'an attack `userEnumeration`',
  audited: 'an attack with an `auditCount`',
  breaker: 'a test of that circuit breaker',
  pool: 'a test of that connection pool',
  limiter: 'a test of that rate limiter',
  lost: 'an audit of the data',
  duplicates: 'an audit of the data',
  phantoms: 'an audit of the data',
  stale: 'an audit of the data',
  mixed: 'an audit of the data',
  torn: 'an audit of the data',
  invariants: 'an audit of the data',
  counters: 'an audit of the data',
  monitor: 'a `monitor` of the target',
  'monitor.counts': 'a `monitor` of the target',
  'monitor.latency': 'a `monitor` of the target',
  alerts: 'alerts of the target',
  capacity: 'a capacity search',
  headroom: 'a capacity search with a `peak`',
  degradation: 'a capacity search with an `overload`',
}

export function metricKind(name: string): MetricKind {
  for (const word of counts) if (word === name) return { kind: word }
  const needs = elsewhere[name]
  if (needs !== undefined) return { kind: 'elsewhere', needs }
  if (name === 'test.time') return { kind: 'time', of: 'test' }
  if (name === 'run.time') return { kind: 'time', of: 'run' }
  const latency = /^(?:(service|slip)\.)?([^.]+(?:\.\d+)?)$/.exec(name)
  const statistic = latency?.[2] === undefined ? undefined : parseStatistic(latency[2])
  if (statistic !== undefined && statistic.kind !== 'sum' && statistic.kind !== 'count' && statistic.kind !== 'last') {
    return {
      kind: 'latency',
      clock: latency?.[1] === 'service' ? 'service' : latency?.[1] === 'slip' ? 'slip' : 'response',
      statistic,
    }
  }
  const growth = /^(.+)\.growth$/.exec(name)
  if (growth?.[1] !== undefined) return { kind: 'growth', probe: growth[1] }
  return { kind: 'named', name }
}

/** `p99.9` → the quantile 0.999; also the plain words. */
export function parseStatistic(word: string): Statistic | undefined {
  if (word === 'mean' || word === 'min' || word === 'max' || word === 'sum' || word === 'count' || word === 'last')
    return { kind: word }
  const percentile = /^p(\d{1,2}(?:\.\d+)?)$/.exec(word)?.[1]
  // Decimal arithmetic by text: 99.9 / 100 is 0.9990000000000001 in doubles, and the rank would be one too high.
  return percentile === undefined ? undefined : { kind: 'quantile', q: Number(`${percentile}e-2`) }
}

/** `cart.p95` → the metric `cart` and its statistic, where the last part is one. */
export function splitStatistic(name: string): { readonly name: string; readonly statistic: Statistic } | undefined {
  const split = /^(.+?)\.(p\d{1,2}(?:\.\d+)?|mean|min|max|sum|count|last)$/.exec(name)
  const statistic = split?.[2] === undefined ? undefined : parseStatistic(split[2])
  return split?.[1] === undefined || statistic === undefined ? undefined : { name: split[1], statistic }
}
