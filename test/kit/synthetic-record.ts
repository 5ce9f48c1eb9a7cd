import type { RunData } from '../../src/analysis/index.ts'
import { createRunData } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import { createHistogram } from '../../src/metrics/index.ts'
import type { Stage } from '../../src/model/load-spec.ts'
import type { TestSpec } from '../../src/model/plan-spec.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { RunHeader } from '../../src/model/run-header.ts'
import { recordSchema } from '../../src/model/schema-version.ts'
import type { GeneratorWindow, HistogramData, RequestWindow, SeriesWindow, WindowLine } from '../../src/model/sample.ts'

export interface SyntheticOptions {
  readonly seed?: number
  /** Length of each test's load. */
  readonly seconds?: number
  readonly requestNames?: number
  readonly tests?: 1 | 2
}

export interface SyntheticRecord {
  readonly header: RunHeader
  readonly events: readonly RunEvent[]
  readonly windows: readonly WindowLine[]
  data(): RunData
}

/** What a hostile server might answer: markup, a script, terminal commands, a line separator, the end of our own script block. */
export const hostileText =
  'HTTP 500: <script>window.hacked=1</script> </script><img src=x onerror="window.hacked=2"> \u001b[2J\u001b]0;owned\u0007 <!-- \u2028 end'

const someNames = ['GET /products', 'GET /products/:id', 'POST /orders', 'POST /login', 'GET /files/:id']

/** A believable record of a run that never was: ramps, a warm-up, a bad minute, probes of target, host and database. */
export function syntheticRecord({
  seed = 7,
  seconds = 120,
  requestNames = 5,
  tests = 2,
}: SyntheticOptions = {}): SyntheticRecord {
  const specs = [closedTest(seconds), openTest(seconds)].slice(0, tests)
  const random = seededRandom(seed)
  const names = Array.from({ length: requestNames }, (_, i) => someNames[i] ?? `GET /reports/:id/part-${i}`)
  const events: RunEvent[] = [
    { t: 0, kind: 'run-started', schema: recordSchema, startedAt: '2026-11-21T12:00:00.000Z' },
    { t: 1.2, kind: 'service-ready', name: 'db', pid: 4242, version: 'PostgreSQL 18.0' },
    { t: 2.1, kind: 'target-ready', pid: 4243, startupSec: 0.81 },
    { t: 2.1, kind: 'probe-units', units },
    {
      t: 2.2,
      kind: 'probe-unavailable',
      probe: 'host pressure',
      reason: 'this kernel does not tell pressure (no /proc/pressure)',
    },
  ]
  const windows: WindowLine[] = []
  let begin = 3
  for (const spec of specs) {
    events.push(
      { t: begin, kind: 'test-started', test: spec.name, spec },
      { t: begin + 0.5, kind: 'load-started', test: spec.name },
    )
    const start = begin + 0.5
    let memory = 140e6
    for (let sec = 0; sec < seconds; sec++) {
      const { users, arrivals } = levelAt(spec, sec)
      const hard = spec.kind === 'arrivals' && sec > seconds * 0.55 && sec < seconds * 0.75
      const load = arrivals ?? users * 2.2
      const second = { random, names, sec, load, hard }
      const series = seriesOf(second)
      for (const one of series) windows.push({ t: start + sec, test: spec.name, ...one })
      windows.push({ t: start + sec, test: spec.name, ...generatorOf(second, users, series) })
      memory += 40e3 * random.next() + (hard ? 1e6 : 0)
      windows.push({ t: start + sec + 0.3, kind: 'probe', values: probesOf(second, memory) })
    }
    if (spec.kind === 'arrivals') {
      events.push({
        t: start + seconds * 0.7,
        kind: 'alarm',
        test: spec.name,
        condition: 'target.cpu > 95% for 10s',
        value: 0.97,
        scope: 'target',
      })
      for (const [i, failure] of (['status', 'timeout', 'reset'] as const).entries())
        events.push({
          t: start + seconds * 0.6,
          kind: 'failure-example',
          test: spec.name,
          failure,
          name: names[i % names.length] ?? '',
          message: i === 0 ? hostileText : `no answer: ${failure}`,
          user: 12 + i,
          iteration: 3,
          atSec: start + seconds * 0.6,
        })
    }
    events.push(
      { t: start + seconds, kind: 'load-ended', test: spec.name, reason: 'completed' },
      { t: start + seconds + 0.5, kind: 'test-ended', test: spec.name, reason: 'completed' },
    )
    begin = start + seconds + 2
  }
  events.push({ t: begin, kind: 'run-ended', reason: 'completed' })
  const header = headerOf(specs, seed)
  const data = () => {
    const run = createRunData(header)
    for (const event of [...events].sort((a, b) => a.t - b.t)) run.addEvent(event)
    for (const line of windows) run.addWindow(line)
    return run
  }
  return { header, events, windows, data }
}

const units = {
  'target.cpu': 'ratio',
  'target.cpu.core': 'ratio',
  'target.memory': 'bytes',
  'target.files': 'count',
  'target.threads': 'count',
  'target.sockets': 'count',
  'host.cpu': 'ratio',
  'host.memory': 'ratio',
  'host.load': 'count',
  'host.net.loopback': 'bytesPerSec',
  'db.connections.active': 'count',
  'db.connections.idle': 'count',
  'db.connections.total': 'count',
  'db.connections.limit': 'count',
  'db.transactions': 'perSec',
  'db.cache.hit': 'ratio',
  'db.locks.waiting': 'count',
  'page.nodejs_eventloop_lag_seconds': 'sec',
}

interface Second {
  readonly random: { next(): number }
  readonly names: readonly string[]
  readonly sec: number
  /** Requests wanted in this second. */
  readonly load: number
  /** The target has trouble. */
  readonly hard: boolean
}

function histogram(values: readonly number[]): HistogramData {
  const h = createHistogram()
  for (const value of values) h.record(value)
  const data = h.take()
  h.destroy()
  return data
}

function seriesOf({ random, names, load, hard, sec }: Second): SeriesWindow[] {
  const stretch = (sec < 10 ? 1.8 : 1) * (1 + (load / 500) ** 2) * (hard ? 9 : 1)
  const requests = names.map((name, i): RequestWindow => {
    const count = Math.max(1, Math.round((load / names.length) * (0.85 + 0.3 * random.next())))
    const failed = hard ? Math.round(count * 0.12) : random.next() < 0.05 ? 1 : 0
    const service = Array.from(
      { length: count - Math.ceil(failed / 2) },
      () => 2000 * (1 + (i % 7)) * stretch * (0.4 - Math.log(1 - random.next())),
    )
    const response = service.map((value) => value + (hard ? 20_000 * random.next() : 60 * random.next()))
    const answered = service.length
    const timeouts = count - answered
    return {
      kind: 'request',
      name,
      count,
      failed,
      bytesIn: answered * 2300,
      bytesOut: count * 260,
      response: histogram(response),
      service: histogram(service),
      censored: histogram(Array.from({ length: timeouts }, () => 5e6)),
      failures: failed === 0 ? {} : { status: failed - timeouts, timeout: timeouts },
      statuses: { '200': answered - (failed - timeouts), '500': failed - timeouts },
      parts: { firstByte: { sum: service.reduce((a, b) => a + b, 0) * 0.9, count: answered }, connect: { sum: 300, count: 1 } },
    }
  })
  const total = requests.reduce((sum, r) => sum + r.count, 0)
  const some = (n: number, scale: number) =>
    histogram(Array.from({ length: n }, () => scale * stretch * (0.5 - Math.log(1 - random.next()))))
  return [
    ...requests,
    { kind: 'step', name: 'checkout', count: 8, failed: hard ? 1 : 0, response: some(8, 15_000) },
    {
      kind: 'scenario',
      name: 'buy',
      count: Math.ceil(total / 12),
      failed: hard ? 1 : 0,
      interrupted: 0,
      response: some(Math.ceil(total / 12), 900_000),
      slip: some(Math.ceil(total / 12), 40),
    },
    {
      kind: 'scenario',
      name: 'browse',
      count: Math.ceil(total / 6),
      failed: 0,
      interrupted: 0,
      response: some(Math.ceil(total / 6), 500_000),
      slip: some(Math.ceil(total / 6), 40),
    },
    { kind: 'check', name: 'products are listed', passed: total - (hard ? 3 : 0), failed: hard ? 3 : 0 },
    { kind: 'check', name: 'order accepted', passed: 8, failed: 0 },
    { kind: 'trend', name: 'cart size', values: histogram(Array.from({ length: 5 }, () => 1000 * (1 + 9 * random.next()))) },
    { kind: 'counter', name: 'orders', sum: 8 },
    { kind: 'gauge', name: 'queue depth', last: hard ? 40 : 2, min: 0, max: hard ? 55 : 4, sum: hard ? 200 : 10, count: 5 },
  ]
}

function generatorOf({ load, hard, random }: Second, users: number, series: readonly SeriesWindow[]): GeneratorWindow {
  const requests = series.filter((s) => s.kind === 'request')
  const inFlightSec = requests.reduce((sum, r) => sum + (r.response.sum + r.censored.sum) / 1e6, 0)
  const started = series.reduce((sum, s) => sum + (s.kind === 'scenario' ? s.count : 0), 0)
  const count = requests.reduce((sum, r) => sum + r.count, 0)
  return {
    kind: 'generator',
    worker: 0,
    lengthSec: 1,
    usersMean: users,
    usersMax: users,
    inFlightSec,
    inFlightMax: Math.ceil(inFlightSec * 3),
    iterationsInFlightSec: users,
    thinkSec: Math.max(0, users - inFlightSec),
    planned: started + (hard ? 2 : 0),
    started,
    queued: hard ? 4 : 0,
    dropped: { usersCap: 0, generator: 0, target: hard ? 2 : 0 },
    usersCapSec: hard ? 0.4 : 0,
    socketsCapSec: 0,
    lateSends: random.next() < 0.1 ? 1 : 0,
    sends: started,
    gaps: { count: 0, sum: 0, sumSquares: 0 },
    cpu: 0.1 + load / 2000,
    runQueueWait: 0.01,
    loopBusy: 0.1 + load / 2000,
    loopDelayP99Ms: 1.1,
    loopDelayMaxMs: 2.5,
    gcMaxMs: 1.5,
    heapBytes: 40e6,
    silenceMaxMs: hard ? 180 : 12,
    clockBackwards: 0,
    requestsStarted: count,
    requestsInFlight: 0,
  }
}

function probesOf({ random, load, hard }: Second, memory: number): Record<string, number> {
  const noise = () => 0.95 + 0.1 * random.next()
  const cpu = Math.min(0.98, (load / 600) * noise() + (hard ? 0.4 : 0))
  const active = Math.min(20, Math.round((load / 40) * noise()) + (hard ? 12 : 0))
  return {
    'target.cpu': cpu / 2,
    'target.cpu.core': cpu,
    'target.memory': memory,
    'target.files': 40 + Math.round(load / 5),
    'target.threads': 11,
    'target.sockets': Math.round(load / 5),
    'host.cpu': Math.min(1, cpu * 0.7 + 0.2),
    'host.memory': 0.43 * noise(),
    'host.load': 1 + cpu,
    'host.net.loopback': load * 2600 * noise(),
    'db.connections.active': active,
    'db.connections.idle': 20 - active,
    'db.connections.total': 20,
    'db.connections.limit': 50,
    'db.transactions': load * 0.8 * noise(),
    'db.cache.hit': 0.985 + 0.014 * random.next(),
    'db.locks.waiting': hard ? 3 : 0,
    'page.nodejs_eventloop_lag_seconds': (hard ? 0.09 : 0.002) * noise(),
  }
}

function levelAt(spec: TestSpec, sec: number): { users: number; arrivals?: number } {
  const load = spec.loads[0]?.load
  let left = sec
  for (const stage of load?.model === 'closed' || load?.model === 'open' ? load.stages : []) {
    if (left < stage.durationSec) {
      const level = stage.from + ((stage.to - stage.from) * left) / stage.durationSec
      return load?.model === 'open' ? { users: level / 8, arrivals: level } : { users: level }
    }
    left -= stage.durationSec
  }
  return { users: 0, arrivals: 0 }
}

function closedTest(seconds: number): TestSpec {
  const each = seconds / 3
  const stages: Stage[] = [50, 100, 150].map((users) => ({ from: users, to: users, durationSec: each, phase: `${users} users` }))
  return {
    name: 'staircase',
    suite: 'load',
    kind: 'steps',
    loads: [{ load: { model: 'closed', stages }, mix: { buy: 20, browse: 80 } }],
    durationSec: seconds,
    warmupSec: Math.min(10, seconds / 6),
    gracefulStopSec: 5,
    phases: stages.map((stage, i) => ({ name: stage.phase ?? '', fromSec: i * each, toSec: (i + 1) * each })),
    objectives: [
      objective('p95 < 100ms', 'p95', 100, 'ms'),
      objective('errors < 1%', 'errors', 0.01, 'ratio'),
      objective('target.cpu < 70%', 'target.cpu', 0.7, 'ratio'),
    ],
    stopWhen: [],
    fresh: false,
  }
}

function openTest(seconds: number): TestSpec {
  const stages: Stage[] = [
    { from: 0, to: 400, durationSec: seconds / 4, phase: 'ramp to 400/s' },
    { from: 400, to: 400, durationSec: (seconds * 3) / 4, phase: 'hold 400/s' },
  ]
  return {
    name: 'peak',
    suite: 'load',
    kind: 'arrivals',
    loads: [{ load: { model: 'open', process: 'poisson', stages, maxUsers: 1000 }, mix: { buy: 20, browse: 80 } }],
    durationSec: seconds,
    warmupSec: 0,
    gracefulStopSec: 5,
    phases: [
      { name: 'ramp to 400/s', fromSec: 0, toSec: seconds / 4 },
      { name: 'hold 400/s', fromSec: seconds / 4, toSec: seconds },
    ],
    objectives: [objective('p95 < 60ms', 'p95', 60, 'ms'), objective('errors < 1%', 'errors', 0.01, 'ratio')],
    stopWhen: [],
    fresh: false,
  }
}

function objective(text: string, name: string, value: number, unit: 'ms' | 'ratio'): TestSpec['objectives'][number] {
  return { text, metric: { name }, op: '<', value, unit }
}

function headerOf(tests: readonly TestSpec[], seed: number): RunHeader {
  return {
    schema: recordSchema,
    seed,
    startedAt: '2026-11-21T12:00:00.000Z',
    workers: 1,
    command: `proofload run shop.plan.ts --seed ${seed}`,
    machine: {
      hostname: 'bench-1',
      platform: 'linux x64',
      cpu: 'Xeon 2.1 GHz',
      cores: 2,
      memoryBytes: 8e9,
      node: '20.20.0',
      proofload: '0.1.0',
    },
    plan: {
      name: 'shop',
      file: '/srv/shop/shop.plan.ts',
      dir: '/srv/shop',
      fingerprint: '3f1c9a0d5e7b42861f0a9c3d',
      services: { db: { kind: 'postgres', maxConnections: 50, settings: {} } },
      target: {
        url: 'http://127.0.0.1:8080',
        start: ['node', 'dist/systems/shop/main.js'],
        cwd: '/srv/shop',
        ready: '/health',
        readyTimeoutSec: 30,
        stopTimeoutSec: 5,
      },
      scenarios: [
        { name: 'buy', hasStart: true, hasStop: false },
        { name: 'browse', hasStart: false, hasStop: false },
      ],
      http: {
        connectTimeoutMs: 5000,
        firstByteTimeoutMs: 30000,
        timeoutMs: 60000,
        headers: {},
        maxRedirects: 5,
        connections: 'auto',
        maxConnectionsPerUser: 6,
        maxConnections: 1000,
        keepAlive: true,
        maxHeaderBytes: 65536,
        maxBodyBytes: 1e9,
        keptBodyBytes: 1e6,
        localAddresses: [],
        tls: { rejectUnauthorized: true },
      },
      sql: { maxConnections: 10, connectTimeoutMs: 5000, timeoutMs: 30_000, statementTimeoutMs: 0, prepare: false },
      feeds: [],
      metrics: [
        { name: 'cart size', kind: 'trend', unit: 'count' },
        { name: 'orders', kind: 'counter', unit: 'count' },
        { name: 'queue depth', kind: 'gauge', unit: 'count' },
      ],
      probes: [{ kind: 'process' }, { kind: 'host' }, { kind: 'postgres', service: 'db' }],
      tests,
      allowHosts: [],
      iOwn: [],
      hasSetup: false,
      hasTeardown: false,
      maxSeries: 500,
    },
  }
}
