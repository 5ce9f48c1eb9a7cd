import type { RunData } from '../../src/analysis/index.ts'
import { createRunData } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import { createHistogram } from '../../src/metrics/index.ts'
import type { LoadSpec } from '../../src/model/load-spec.ts'
import type { ObjectiveSpec } from '../../src/model/objective-spec.ts'
import type { PlanSpec, TestSpec } from '../../src/model/plan-spec.ts'
import type { EndReason, RunEvent } from '../../src/model/run-event.ts'
import type { MachineSpec } from '../../src/model/run-result.ts'
import type { GeneratorWindow, HistogramData, RequestWindow, ScenarioWindow, SeriesWindow } from '../../src/model/sample.ts'
import { recordSchema } from '../../src/model/schema-version.ts'

/** Loads of a healthy run, made to the second: each iteration is one request. */
export interface HealthyOptions {
  readonly seconds?: number
  readonly perSec?: number
  readonly load?: LoadSpec
  readonly spec?: Partial<TestSpec>
  readonly plan?: Partial<PlanSpec>
  readonly machine?: Partial<MachineSpec>
  readonly objectives?: readonly ObjectiveSpec[]
  /** Response times in ms of one second; default: exponential around 10 ms, never above 80. */
  readonly times?: (sec: number, random: () => number) => readonly number[]
  /** Changes of what the record would hold by itself. */
  readonly request?: (sec: number, window: RequestWindow) => Partial<RequestWindow>
  readonly generator?: (sec: number, window: GeneratorWindow) => Partial<GeneratorWindow>
  readonly scenario?: (sec: number, window: ScenarioWindow) => Partial<ScenarioWindow>
  readonly series?: (sec: number) => readonly SeriesWindow[]
  readonly probes?: (sec: number) => Readonly<Record<string, number>>
  readonly units?: Readonly<Record<string, string>>
  /** Between the end of the load and the end of the test. */
  readonly facts?: readonly { readonly probe: string; readonly fact: string; readonly value: unknown }[]
  readonly events?: readonly RunEvent[]
  /** `killed`: the record breaks off in the middle of the load. */
  readonly end?: EndReason | 'killed'
}

const loadStart = 2

export function healthyRecord(options: HealthyOptions = {}): RunData {
  const { seconds = 30, perSec = 200, end = 'completed' } = options
  const load = options.load ?? openLoad(perSec, seconds)
  const spec = testSpec(load, seconds, options)
  const made = header(spec, options.plan ?? {})
  const data = createRunData({ ...made, machine: { ...made.machine, ...options.machine } })
  data.addEvent({ t: 0, kind: 'run-started', schema: recordSchema, startedAt: '2026-11-21T12:00:00.000Z' })
  data.addEvent({ t: 1, kind: 'probe-units', units: options.units ?? {} })
  data.addEvent({ t: 1, kind: 'test-started', test: spec.name, spec })
  data.addEvent({ t: loadStart, kind: 'load-started', test: spec.name })
  const source = seededRandom(11)
  const random = () => source.next()
  const lasts = end === 'killed' ? Math.floor(seconds / 2) : seconds
  for (let sec = 0; sec < lasts; sec++) addSecond(data, sec, { options, load, random, perSec })
  for (const event of options.events ?? []) data.addEvent(event)
  if (end === 'killed') return data
  data.addEvent({ t: loadStart + seconds, kind: 'load-ended', test: spec.name, reason: end })
  for (const fact of options.facts ?? []) data.addEvent({ t: loadStart + seconds + 0.2, kind: 'probe-fact', ...fact })
  data.addEvent({ t: loadStart + seconds + 0.5, kind: 'test-ended', test: spec.name, reason: end })
  data.addEvent({ t: loadStart + seconds + 1, kind: 'run-ended', reason: end })
  return data
}

export function openLoad(perSec: number, seconds: number): LoadSpec {
  return { model: 'open', process: 'poisson', stages: [{ from: perSec, to: perSec, durationSec: seconds }], maxUsers: 1000 }
}

export function closedLoad(users: number, seconds: number): LoadSpec {
  return { model: 'closed', stages: [{ from: users, to: users, durationSec: seconds }] }
}

interface Making {
  readonly options: HealthyOptions
  readonly load: LoadSpec
  readonly random: () => number
  readonly perSec: number
}

function addSecond(data: RunData, sec: number, { options, load, random, perSec }: Making): void {
  const exponential = () => Math.min(80, -10 * Math.log(1 - random()))
  const times = options.times?.(sec, random) ?? Array.from({ length: perSec }, exponential)
  const micros = times.map((ms) => Math.round(ms * 1000))
  const response = histogramOf(micros)
  const request: RequestWindow = {
    kind: 'request',
    name: 'GET /a',
    count: micros.length,
    failed: 0,
    bytesIn: 1000 * micros.length,
    bytesOut: 100 * micros.length,
    response,
    service: response,
    censored: histogramOf([]),
    failures: {},
    statuses: { 200: micros.length },
    parts: {},
  }
  const scenario: ScenarioWindow = {
    kind: 'scenario',
    name: 'main',
    count: micros.length,
    failed: 0,
    interrupted: 0,
    response,
    slip: histogramOf(micros.map(() => 50)),
  }
  const busySec = response.sum / 1e6
  const users = load.model === 'closed' ? busySec : Math.ceil(busySec)
  const generator = generatorWindow({ count: micros.length, busySec, users, random })
  const at = { t: loadStart + sec, test: 'the test' }
  const shownRequest = { ...request, ...options.request?.(sec, request) }
  data.addWindow({ ...at, ...shownRequest })
  data.addWindow({ ...at, ...scenario, ...options.scenario?.(sec, scenario) })
  for (const one of options.series?.(sec) ?? []) data.addWindow({ ...at, ...one })
  data.addWindow({ ...at, ...generator, ...options.generator?.(sec, generator) })
  const values = options.probes?.(sec)
  if (values) data.addWindow({ t: loadStart + sec + 0.4, kind: 'probe', values })
}

export function generatorWindow(of: { count: number; busySec: number; users: number; random: () => number }): GeneratorWindow {
  const gaps = Array.from({ length: of.count }, () => -Math.log(1 - of.random()))
  return {
    kind: 'generator',
    worker: 0,
    lengthSec: 1,
    usersMean: of.users,
    usersMax: of.users,
    inFlightSec: of.busySec,
    inFlightMax: Math.max(1, Math.ceil(of.busySec)),
    iterationsInFlightSec: of.busySec,
    thinkSec: 0,
    planned: of.count,
    started: of.count,
    queued: 0,
    dropped: { usersCap: 0, generator: 0, target: 0 },
    usersCapSec: 0,
    socketsCapSec: 0,
    lateSends: 0,
    sends: of.count,
    gaps: { count: gaps.length, sum: gaps.reduce((a, b) => a + b, 0), sumSquares: gaps.reduce((a, b) => a + b * b, 0) },
    cpu: 0.2,
    runQueueWait: 0.01,
    loopBusy: 0.2,
    loopDelayP99Ms: 0.3,
    loopDelayMaxMs: 1,
    gcMaxMs: 0.5,
    heapBytes: 50e6,
    silenceMaxMs: 12,
    clockBackwards: 0,
    requestsStarted: of.count,
    requestsInFlight: 0,
  }
}

export function histogramOf(values: readonly number[]): HistogramData {
  const histogram = createHistogram()
  for (const value of values) histogram.record(value)
  const data = histogram.snapshot()
  histogram.destroy()
  return data
}

function testSpec(load: LoadSpec, seconds: number, { spec, objectives = [] }: HealthyOptions): TestSpec {
  return {
    name: 'the test',
    suite: 'load',
    kind: load.model === 'open' ? 'arrivals' : 'users',
    loads: [{ load, mix: { main: 1 } }],
    durationSec: seconds,
    warmupSec: 0,
    gracefulStopSec: 5,
    phases: [],
    objectives,
    stopWhen: [],
    fresh: false,
    ...spec,
  }
}

function header(test: TestSpec, plan: Partial<PlanSpec>): RunData['header'] {
  const http: PlanSpec['http'] = {
    connectTimeoutMs: 5000, firstByteTimeoutMs: 30000, timeoutMs: 60000, headers: {}, maxRedirects: 5, connections: 'auto', maxConnectionsPerUser: 6,
    maxConnections: 1000, keepAlive: true, maxHeaderBytes: 65536, maxBodyBytes: 1e9, keptBodyBytes: 1e6, localAddresses: [], tls: { rejectUnauthorized: true },
  } // prettier-ignore
  return {
    schema: recordSchema,
    plan: {
      name: 'healthy', file: '/plans/healthy.plan.ts', dir: '/plans', fingerprint: 'f', services: {}, scenarios: [{ name: 'main', hasStart: false, hasStop: false }],
      http, sql: { maxConnections: 10, connectTimeoutMs: 5000, timeoutMs: 30_000, statementTimeoutMs: 0, prepare: false },
      feeds: [], metrics: [], probes: [], tests: [test], allowHosts: [], iOwn: [], hasSetup: false, hasTeardown: false, maxSeries: 1000, ...plan,
    }, // prettier-ignore
    seed: 7,
    startedAt: '2026-11-21T12:00:00.000Z',
    workers: 1,
    machine: { hostname: 'h', platform: 'linux', cpu: 'c', cores: 4, memoryBytes: 8e9, node: 'v20', proofload: '0' },
    command: 'proofload run healthy.plan.ts',
  }
}
