import { messageMetric } from '../model/message-metric.ts'
import type { GroupResult, MetricResult, ProbeResult, RequestResult, TestResult, Totals } from '../model/run-result.ts'
import type { Range, RunData, TestData } from '../analysis/index.ts'
import { judgeAlertObjective, judgeAlerts } from './alerts/index.ts'
import { judgeAttackObjective, judgeAttacks } from './attack/index.ts'
import { judgeAudit } from './audit/index.ts'
import { judgeBreakerObjective, judgeBreakers } from './breaker/index.ts'
import { faultsOf } from './fault-results.ts'
import { latencyOf } from './latency.ts'
import { judgeLeaks } from './leaks.ts'
import { judgeLimiterObjective, judgeLimiters } from './limiter/index.ts'
import { abortedByUs } from './measure.ts'
import { judgeMonitor, judgeMonitorObjective, withoutLateTimes } from './monitor/index.ts'
import { judgeObjective } from './objectives.ts'
import { phasesOf } from './phases.ts'
import { judgePoolObjective, judgePools } from './pool/index.ts'
import { quantileOf } from './probe-value.ts'
import { judgeRecoveryObjective, withRecovery } from './recovery/index.ts'
import { explain } from './reason.ts'
import { judgeResources, limitsOf } from './resources/index.ts'
import { judgeValidity } from './validity.ts'
import { findingsOf } from './findings.ts'
import { steadyState } from './steady.ts'
import { intervalsOf, secondsOf } from './intervals.ts'
import { crossingsOf } from './threshold-watch.ts'
import { verdictOf } from './verdict.ts'

/** Everything that is said about one test. */
export function judgeTest(data: RunData, test: TestData): TestResult {
  const range: Range = { from: test.judged.from, to: Infinity }
  const requests = test.total('request', { range })
  const iterations = test.total('scenario', { range })
  const intervals = intervalsOf(secondsOf(test), data.header.seed)
  const latencyMs = latencyOf(requests.response, intervals)
  const bareFaults = faultsOf(test)
  const faults = bareFaults && withRecovery(data, test, bareFaults)
  const attacks = judgeAttacks(data, test)
  const disturbances = [
    ...(faults ?? []).map((fault) => ({ ...fault, word: 'fault' as const })),
    ...(attacks ?? []).map((attack) => ({ ...attack, word: 'attack' as const })),
  ]
  const breakers = judgeBreakers(test)
  const pools = judgePools(data, test)
  const limiters = judgeLimiters(data, test)
  const watched = judgeMonitor(data, test)
  const alerts = judgeAlerts(data, test)
  const asSeen = test.spec.objectives.map(
    (objective) =>
      judgeRecoveryObjective(objective, disturbances) ??
      judgeAttackObjective(objective, attacks) ??
      judgeBreakerObjective(objective, breakers) ??
      judgePoolObjective(objective, pools) ??
      judgeLimiterObjective(objective, limiters) ??
      judgeMonitorObjective(objective, watched) ??
      judgeAlertObjective(objective, alerts) ??
      judgeObjective(objective, data, test),
  )
  const steady = steadyState(test)
  const leaks = judgeLeaks(data, test)
  const validity = judgeValidity({ data, test, objectives: asSeen, latencyMs, steady, leaks })
  const monitor = watched && withoutLateTimes(watched, validity.checks)
  const objectives = asSeen.map((result, i) => {
    const objective = test.spec.objectives[i]
    return (objective && judgeMonitorObjective(objective, monitor)) ?? result
  })
  const ended = test.end ?? data.end
  const verdict = verdictOf({
    ended: test.end === undefined && ended === 'completed' ? undefined : ended,
    validity: validity.verdict,
    objectives,
  })
  const probes = probesOf(data, test)
  const resources = judgeResources(data, test)
  const limits = limitsOf(data, test)
  const audit = judgeAudit(data, test.name)
  const crossings = crossingsOf(data, test)
  return {
    name: test.name,
    suite: test.spec.suite,
    kind: test.spec.kind,
    verdict,
    reason: explain({ verdict, data, test, validity, objectives }),
    durationSec: test.loadSec,
    startSec: test.loadStartSec ?? test.startSec,
    validity,
    totals: totalsOf(test, undefined, range),
    latencyMs,
    serviceMs: latencyOf(requests.service),
    slipMs: latencyOf(iterations.slip),
    requests: test.series('request').map((name) => requestResult(test, name, range)),
    steps: test.series('step').map((name) => groupResult(test, 'step', name, range)),
    scenarios: test.series('scenario').map((name) => groupResult(test, 'scenario', name, range)),
    checks: test.series('check').map((name) => ({ name, ...test.total('check', { name, range }) })),
    metrics: metricsOf(data, test, range),
    errors: errorsOf(test, range),
    phases: phasesOf(test),
    warmup: {
      sec: test.spec.warmupSec,
      trimmedShare: test.loadSec > 0 ? Math.min(1, test.judged.from / test.loadSec) : 0,
      steadyFromSec: steady.fromSec,
    },
    objectives,
    probes,
    findings: findingsOf({
      data,
      test,
      probes,
      validity,
      leaks: leaks ?? [],
      resources: resources ?? [],
      faults: faults ?? [],
      attacks: attacks ?? [],
      breakers: breakers ?? [],
      pools: pools ?? [],
      limiters: limiters ?? [],
      monitor,
      alerts,
      range,
    }),
    ...(crossings === undefined ? {} : { crossings }),
    ...(limits === undefined ? {} : { limits }),
    ...(faults === undefined ? {} : { faults }),
    ...(attacks === undefined ? {} : { attacks }),
    ...(breakers === undefined ? {} : { breakers }),
    ...(pools === undefined ? {} : { pools }),
    ...(limiters === undefined ? {} : { limiters }),
    ...(audit === undefined ? {} : { audit }),
    ...(monitor === undefined ? {} : { monitor }),
    ...(alerts === undefined ? {} : { alerts }),
    ...(resources === undefined ? {} : { resources }),
    ...(leaks === undefined ? {} : { leaks: leaks.map(({ result }) => result) }),
    dropped: droppedOf(test, range),
  }
}

function totalsOf(test: TestData, name: string | undefined, range: Range): Totals {
  const { count, failed, bytesIn, bytesOut } = test.total('request', { name, range })
  const ours = abortedByUs(test, name, range)
  const seconds = test.secondsIn(test.judged)
  const dropped = droppedOf(test, range)
  return {
    requests: count - ours,
    failed: failed - ours,
    iterations: name === undefined ? test.total('scenario', { range }).count : 0,
    dropped: name === undefined ? dropped.usersCap + dropped.generator + dropped.target : 0,
    bytesIn,
    bytesOut,
    perSec: seconds > 0 ? test.total('request', { name, range: test.judged }).count / seconds : 0,
    errorRate: count - ours > 0 ? (failed - ours) / (count - ours) : 0,
  }
}

function requestResult(test: TestData, name: string, range: Range): RequestResult {
  const { response, service, statuses, parts } = test.total('request', { name, range })
  const partsMs = Object.entries(parts).map(([part, { sum, count }]) => [part, count > 0 ? sum / count / 1000 : 0] as const)
  return {
    name,
    totals: totalsOf(test, name, range),
    latencyMs: latencyOf(response),
    serviceMs: latencyOf(service),
    statuses: { ...statuses },
    partsMs: Object.fromEntries(partsMs),
  }
}

function groupResult(test: TestData, kind: 'step' | 'scenario', name: string, range: Range): GroupResult {
  const { count, failed, response } = test.total(kind, { name, range })
  return { name, count, failed, latencyMs: latencyOf(response) }
}

function metricsOf(data: RunData, test: TestData, range: Range): MetricResult[] {
  const unitOf = (name: string) =>
    (data.header.plan.metrics.find((metric) => metric.name === name) ?? messageMetric(name))?.unit ?? 'count'
  const trends = test.series('trend').map((name): MetricResult => {
    const { values } = test.total('trend', { name, range })
    const { samples, ...shown } = latencyOf(values)
    const { p50, p95, p99, min, max, mean } = shown
    return { name, kind: 'trend', unit: unitOf(name), count: samples, sum: values.sum / 1000, min, max, mean, p50, p95, p99 }
  })
  const counters = test.series('counter').map((name): MetricResult => {
    const { sum, windows } = test.total('counter', { name, range })
    return { name, kind: 'counter', unit: unitOf(name), count: windows, sum, min: null, max: null, mean: null }
  })
  const gauges = test.series('gauge').map((name): MetricResult => {
    const { last, min, max, sum, count } = test.total('gauge', { name, range })
    const some = count > 0
    return {
      name,
      kind: 'gauge',
      unit: unitOf(name),
      count,
      sum,
      min: some ? min : null,
      max: some ? max : null,
      mean: some ? sum / count : null,
      last,
    }
  })
  return [...trends, ...counters, ...gauges]
}

function errorsOf(test: TestData, range: Range): TestResult['errors'] {
  const errors = test.series('request').flatMap((name) => {
    const { failures } = test.total('request', { name, range })
    return Object.entries(failures).map(([kind, count]) => ({
      kind,
      name,
      count,
      example: test.examples.find((example) => example.failure === kind && example.name === name)?.message ?? '',
    }))
  })
  return [...errors, ...exceptionsOf(test, range)].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
}

/** Failures that are no request's: functions of a scenario that threw. */
function exceptionsOf(test: TestData, range: Range): TestResult['errors'] {
  return test.series('scenario').map((name) => ({
    kind: 'exception',
    name,
    count: test.total('scenario', { name, range }).exceptions,
    example:
      test.examples.find((one) => one.failure === 'exception' && (one.name === name || one.name.startsWith(`${name} (`)))
        ?.message ?? '',
  }))
}

function probesOf(data: RunData, test: TestData): Readonly<Record<string, ProbeResult>> {
  const results = data.probeNames.flatMap((name) => {
    const values = test.probe(name, test.judged).map((point) => point.value)
    if (values.length === 0) return []
    const result: ProbeResult = {
      unit: data.probeUnits[name] ?? 'count',
      min: values.reduce((a, b) => Math.min(a, b)),
      mean: values.reduce((a, b) => a + b, 0) / values.length,
      max: values.reduce((a, b) => Math.max(a, b)),
      p95: quantileOf(values, 0.95) ?? 0,
    }
    return [[name, result] as const]
  })
  return Object.fromEntries(results)
}

function droppedOf(test: TestData, range: Range): TestResult['dropped'] {
  const dropped = { usersCap: 0, generator: 0, target: 0 }
  for (const { window } of test.generators(range)) {
    dropped.usersCap += window.dropped.usersCap
    dropped.generator += window.dropped.generator
    dropped.target += window.dropped.target
  }
  return dropped
}
