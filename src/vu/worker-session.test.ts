import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { FeedSpec, PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { GeneratorWindow, RequestWindow, ScenarioWindow, SeriesWindow, WorkerWindow } from '../model/sample.ts'
import type { FromWorker, WorkerInit } from '../model/worker-protocol.ts'
import type { ScenarioCode } from '../plan/index.ts'
import { createWorkerSession } from './worker-session.ts'
import type { WorkerSession } from './worker-session.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  // A TCP server's address is never a string.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const ok = (_: IncomingMessage, response: ServerResponse): void => void response.end('ok')

function planFor(url: string, scenarios: Readonly<Record<string, ScenarioCode>>, feeds: readonly FeedSpec[] = []): PlanSpec {
  return {
    name: 'test',
    file: '',
    dir: '/',
    fingerprint: '',
    target: { url, cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1 },
    services: {},
    scenarios: Object.keys(scenarios).map((name) => ({ name, hasStart: false, hasStop: false })),
    http: {
      connectTimeoutMs: 1000,
      firstByteTimeoutMs: 5000,
      timeoutMs: 5000,
      headers: {},
      maxRedirects: 5,
      connections: 'auto',
      maxConnectionsPerUser: 6,
      maxConnections: 100,
      keepAlive: true,
      maxHeaderBytes: 65_536,
      maxBodyBytes: 1e9,
      keptBodyBytes: 8e6,
      localAddresses: [],
      tls: { rejectUnauthorized: true },
    },
    feeds,
    metrics: [],
    probes: [],
    tests: [],
    allowHosts: [],
    iOwn: [],
    hasSetup: false,
    hasTeardown: false,
    maxSeries: 100,
  }
}

interface Trial {
  readonly session: WorkerSession
  readonly messages: FromWorker[]
  readonly windows: WorkerWindow[]
  done: Promise<void>
  /** Resolves at the first message that fits. */
  until(fits: (message: FromWorker) => boolean): Promise<FromWorker>
}

interface TrialOptions {
  readonly url: string
  readonly scenarios: Readonly<Record<string, ScenarioCode>>
  readonly loads: readonly LoadAssignment[]
  readonly durationSec: number
  readonly gracefulStopSec?: number
  readonly worker?: number
  readonly workers?: number
  readonly debug?: boolean
  readonly feeds?: readonly FeedSpec[]
  readonly rows?: readonly unknown[]
  readonly traceTimes?: readonly number[]
}

async function begin(options: TrialOptions): Promise<Trial> {
  const { url, scenarios, loads, durationSec, gracefulStopSec = 5, worker = 0, workers = 1, debug = false } = options
  const plan = planFor(url, scenarios, options.feeds)
  const init: WorkerInit = {
    protocol: 1,
    worker,
    workers,
    bundle: '',
    plan,
    seed: 1,
    shared: { token: 'shared' },
    services: {},
    secrets: [],
    runStartNs: String(process.hrtime.bigint()),
    debug,
  }
  const messages: FromWorker[] = []
  const windows: WorkerWindow[] = []
  const waiting = new Set<(message: FromWorker) => void>()
  const until = (fits: (message: FromWorker) => boolean): Promise<FromWorker> =>
    new Promise((resolve) => {
      const seen = messages.find(fits)
      if (seen) return resolve(seen)
      const look = (message: FromWorker): void => {
        if (!fits(message)) return
        waiting.delete(look)
        resolve(message)
      }
      waiting.add(look)
    })
  const session = await createWorkerSession({
    init,
    code: { scenarios },
    allowedHosts: [new URL(url).host],
    openFeed: () => {
      const free = (options.rows ?? []).map((_, index) => index)
      return {
        checkout: () => ({ index: free[0] ?? -1, row: options.rows?.[free.shift() ?? -1] }),
        giveBack: (index) => void free.push(index),
        next: () => options.rows?.[0],
      }
    },
    traceTimes: () => options.traceTimes ?? [],
    post: (message) => {
      messages.push(message)
      if (message.type === 'window') windows.push(message.window)
      for (const look of [...waiting]) look(message)
    },
  })
  closers.push(() => session.close())
  const spec: TestSpec = {
    name: 'trial',
    suite: 'load',
    kind: 'users',
    loads,
    durationSec,
    warmupSec: 0,
    gracefulStopSec,
    phases: [],
    objectives: [],
    stopWhen: [],
    fresh: false,
  }
  session.handle({ type: 'test', test: spec, startSec: Number(process.hrtime.bigint() - BigInt(init.runStartNs)) / 1e9 + 0.01 })
  return { session, messages, windows, until, done: until((message) => message.type === 'test-done').then(() => undefined) }
}

const closed = (users: number, durationSec: number): LoadSpec => ({
  model: 'closed',
  stages: [{ from: users, to: users, durationSec }],
})
const open = (rate: number, durationSec: number, maxUsers = 1000, process: 'uniform' | 'poisson' = 'uniform'): LoadSpec => ({
  model: 'open',
  process,
  stages: [{ from: rate, to: rate, durationSec }],
  maxUsers,
})

const seriesOf = (windows: readonly WorkerWindow[]): SeriesWindow[] => windows.flatMap((window) => window.series)
const requestsOf = (windows: readonly WorkerWindow[]): RequestWindow[] =>
  seriesOf(windows).filter((series) => series.kind === 'request')
const scenariosOf = (windows: readonly WorkerWindow[]): ScenarioWindow[] =>
  seriesOf(windows).filter((series) => series.kind === 'scenario')
const sum = <T>(list: readonly T[], value: (item: T) => number): number => list.reduce((total, item) => total + value(item), 0)
const generators = (windows: readonly WorkerWindow[]): GeneratorWindow[] => windows.map((window) => window.generator)

/** What must be true of every run, whatever happened in it. */
function expectConservation(windows: readonly WorkerWindow[]): void {
  let queued = 0
  let inFlight = 0
  for (const { generator, series } of windows) {
    const { planned, started, dropped } = generator
    queued += planned - started - dropped.usersCap - dropped.generator - dropped.target
    expect(generator.queued).toBe(queued)
    inFlight += generator.requestsStarted - sum(series, (one) => (one.kind === 'request' ? one.count : 0))
    expect(generator.requestsInFlight).toBe(inFlight)
    expect(generator.inFlightSec).toBeLessThanOrEqual(generator.inFlightMax * generator.lengthSec + 1e-9)
  }
  expect(inFlight).toBe(0)
  expect(queued).toBe(0)
}

test('closed users iterate until the load ends, and every request and iteration is counted once', async () => {
  let seen = 0
  const url = await serve((request, response) => {
    seen++
    ok(request, response)
  })
  const trial = await begin({
    url,
    durationSec: 1.3,
    loads: [{ load: closed(5, 1.3), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, check, think }) => {
          const answer = await http.get('/x')
          check('is fine', answer.status === 200)
          await think(20)
        },
      },
    },
  })
  await trial.done
  expect(sum(requestsOf(trial.windows), (series) => series.count)).toBe(seen)
  expect(sum(scenariosOf(trial.windows), (series) => series.count)).toBe(seen)
  expect(seen).toBeGreaterThan(100)
  expectConservation(trial.windows)
  expect(trial.windows.map((window) => Math.round(window.generator.lengthSec * 10) / 10)).toEqual([1, 0.3])
  expect(generators(trial.windows)[0]?.usersMean).toBeCloseTo(5, 0)
  expect(generators(trial.windows)[0]?.thinkSec).toBeGreaterThan(3.5)
})

test('a uniform open load makes exactly its arrivals, each a new user', async () => {
  const url = await serve(ok)
  const ids = new Set<number>()
  const trial = await begin({
    url,
    durationSec: 1,
    loads: [{ load: open(200, 1), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, vu }) => {
          ids.add(vu.id)
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  expect(sum(generators(trial.windows), (generator) => generator.planned)).toBe(200)
  expect(sum(generators(trial.windows), (generator) => generator.started)).toBe(200)
  expect(ids.size).toBe(200)
  expectConservation(trial.windows)
})
