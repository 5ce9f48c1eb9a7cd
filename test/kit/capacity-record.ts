import { createRunData } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import { createHistogram } from '../../src/metrics/index.ts'
import type { CapacityResult, TrialResult } from '../../src/model/capacity-result.ts'
import type { TestSpec } from '../../src/model/plan-spec.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { GeneratorWindow, HistogramData, RequestWindow, WindowLine } from '../../src/model/sample.ts'
import { syntheticRecord } from './synthetic-record.ts'
import type { SyntheticRecord } from './synthetic-record.ts'

/** The record of a search that has this result: seconds, trials and a memory that grows by 1,024 bytes a request. */
export function capacityRecord(capacity: CapacityResult, seed = 7): SyntheticRecord {
  const spec = specOf(capacity)
  const header = syntheticRecord({ seconds: 1, tests: 1, requestNames: 1 }).header
  const random = seededRandom(seed)
  const start = 3
  const test = spec.name
  const events: RunEvent[] = [
    { t: 0, kind: 'run-started', schema: header.schema, startedAt: header.startedAt },
    { t: 2, kind: 'probe-units', units: { 'target.cpu': 'ratio', 'target.memory': 'bytes', 'target.files': 'count' } },
    { t: start - 0.5, kind: 'test-started', test, spec },
    { t: start, kind: 'load-started', test },
  ]
  const windows: WindowLine[] = []
  let requests = 0
  const last = capacity.trials.at(-1)
  const seconds = last ? Math.ceil(last.toSec + (last.settle?.sec ?? 0)) : 1
  for (let sec = 0; sec < seconds; sec++) {
    const trial = capacity.trials.find(({ fromSec, toSec }) => sec >= fromSec && sec < toSec)
    const t = start + sec
    const request = requestWindow(trial, random)
    requests += request.count
    if (request.count > 0) windows.push({ t, test, ...request })
    windows.push({ t, test, ...generatorWindow(trial, request) })
    const sawtooth = 3e6 * ((requests % 2000) / 2000)
    const values = {
      'target.cpu': trial ? Math.min(0.5, trial.completedPerSec / 700) : 0.01,
      'target.memory': 90e6 + 1024 * requests + sawtooth,
      'target.files': 34 + (trial ? Math.round(6 * random.next()) : 0),
    }
    windows.push({ t: t + 0.3, kind: 'probe', values })
  }
  for (const trial of capacity.trials) events.push(...trialEvents(trial, start, test))
  events.push(
    { t: start + seconds, kind: 'load-ended', test, reason: 'completed' },
    { t: start + seconds + 0.5, kind: 'test-ended', test, reason: 'completed' },
    { t: start + seconds + 1, kind: 'run-ended', reason: 'completed' },
  )
  const full = { ...header, plan: { ...header.plan, tests: [spec] } }
  const data = () => {
    const run = createRunData(full)
    for (const event of [...events].sort((a, b) => a.t - b.t)) run.addEvent(event)
    for (const line of windows) run.addWindow(line)
    return run
  }
  return { header: full, events, windows, data }
}

function trialEvents(trial: TrialResult, start: number, test: string): RunEvent[] {
  const { trial: number, purpose, load, factor, plannedSec, settle, end } = trial
  return [
    {
      t: start + trial.fromSec,
      kind: 'trial-started',
      test,
      trial: number,
      purpose,
      load,
      durationSec: plannedSec,
      ...(factor === null ? {} : { factor }),
    },
    { t: start + trial.toSec, kind: 'trial-ended', test, trial: number, reason: end === 'unknown' ? 'interrupted' : end },
    ...(settle === null
      ? []
      : [{ t: start + trial.toSec + settle.sec, kind: 'settled' as const, test, afterTrial: number, ...settle }]),
  ]
}

/** Counts and exponential latencies with the trial's median. */
function requestWindow(trial: TrialResult | undefined, random: { next(): number }): RequestWindow {
  const count = trial ? Math.max(0, Math.round(trial.completedPerSec * (0.95 + 0.1 * random.next()))) : 0
  const failed = trial ? Math.round(count * trial.errorRate) : 0
  const meanUs = (1000 * (trial?.p50 ?? 1)) / Math.log(2)
  const response = Array.from({ length: count }, () => Math.min(3e9, 300 - meanUs * Math.log(1 - random.next())))
  return {
    kind: 'request',
    name: 'GET /products',
    count,
    failed,
    bytesIn: count * 900,
    bytesOut: count * 200,
    response: histogram(response),
    service: histogram(response),
    censored: histogram([]),
    failures: failed > 0 ? { status: failed } : {},
    statuses: { '200': count - failed, '503': failed },
    parts: {},
  }
}

function histogram(values: readonly number[]): HistogramData {
  const h = createHistogram()
  for (const value of values) h.record(value)
  const data = h.take()
  h.destroy()
  return data
}

function generatorWindow(trial: TrialResult | undefined, { count, response }: RequestWindow): GeneratorWindow {
  const load = trial?.load ?? 0
  const inFlight = response.sum / 1e6
  return {
    kind: 'generator',
    worker: 0,
    lengthSec: 1,
    usersMean: inFlight,
    usersMax: Math.ceil(inFlight * 1.5),
    inFlightSec: inFlight,
    inFlightMax: Math.ceil(inFlight * 2),
    iterationsInFlightSec: inFlight,
    thinkSec: 0,
    planned: Math.round(load),
    started: Math.round(load),
    queued: 0,
    dropped: { usersCap: 0, generator: 0, target: 0 },
    usersCapSec: 0,
    socketsCapSec: 0,
    lateSends: 0,
    sends: Math.round(load),
    gaps: { count: 0, sum: 0, sumSquares: 0 },
    cpu: 0.1 + load / 4000,
    runQueueWait: 0.01,
    loopBusy: 0.1,
    loopDelayP99Ms: 1.1,
    loopDelayMaxMs: 2.5,
    gcMaxMs: 1.5,
    heapBytes: 40e6,
    silenceMaxMs: 12,
    clockBackwards: 0,
    requestsStarted: count,
    requestsInFlight: 0,
  }
}

function specOf({ unit, trials, within, quick, headroom }: CapacityResult): TestSpec {
  const loads = trials.map(({ load }) => load)
  return {
    name: 'capacity',
    suite: 'stress',
    kind: 'capacity',
    loads: [],
    capacity: {
      unit,
      from: Math.min(...loads),
      to: Math.max(...loads),
      within,
      mix: { browse: 100 },
      process: 'poisson',
      maxUsers: 2000,
      minTrialSec: 10,
      maxTrialSec: 120,
      quick,
      settleLimitSec: 30,
      overload: [],
      overloadSec: 15,
      ...(headroom === null ? {} : { peak: headroom.peak }),
    },
    durationSec: 0,
    warmupSec: 0,
    gracefulStopSec: 5,
    phases: [],
    objectives: [{ text: 'p95 < 100ms', metric: { name: 'p95' }, op: '<', value: 100, unit: 'ms' }],
    stopWhen: [],
    fresh: true,
  }
}
