import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { WebSocketConnection } from '../model/message-context.ts'
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
    sql: { maxConnections: 10, connectTimeoutMs: 1000, timeoutMs: 5000, statementTimeoutMs: 0, prepare: false },
    feeds,
    metrics: [],
    probes: [],
    tests: [],
    // Of statements: the hosts of requests are given to the session.
    allowHosts: ['127.0.0.1'],
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
  /** Start of the load, by `process.hrtime`. */
  readonly startNs: bigint
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
    realtime: false,
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
  const startNs = process.hrtime.bigint() + 10_000_000n
  session.handle({ type: 'test', test: spec, startSec: Number(startNs - BigInt(init.runStartNs)) / 1e9 })
  return {
    session,
    messages,
    windows,
    until,
    startNs,
    done: until((message) => message.type === 'test-done').then(() => undefined),
  }
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
  expect(seen).toBeGreaterThan(50)
  expectConservation(trial.windows)
  expect(trial.windows.map((window) => Math.round(window.generator.lengthSec * 10) / 10)).toEqual([1, 0.3])
  expect(generators(trial.windows)[0]?.usersMean).toBeCloseTo(5, 0)
  // Five users think 20 ms for each request: nearly all of their time on an idle machine, most of it on a busy one.
  expect(generators(trial.windows)[0]?.thinkSec).toBeGreaterThan(2)
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

test('a sync exception, a failed request and a failed check each make their iteration fail, and are kept as examples', async () => {
  const url = await serve((request, response) => {
    response.statusCode = request.url === '/broken' ? 500 : 200
    response.end('x')
  })
  const trial = await begin({
    url,
    durationSec: 5,
    loads: [{ load: { model: 'iterations', users: 1, iterations: 4, limitSec: 5 }, mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, check, vu, step }) => {
          if (vu.iteration === 0) throw new Error('my mistake')
          if (vu.iteration === 1) await step('checkout', async () => await http.get('/broken'))
          if (vu.iteration === 2) check('never', false)
          if (vu.iteration === 3) await step('checkout', () => http.get('/fine'))
        },
      },
    },
  })
  await trial.done
  expect(sum(scenariosOf(trial.windows), (series) => series.count)).toBe(4)
  expect(sum(scenariosOf(trial.windows), (series) => series.failed)).toBe(3)
  const steps = seriesOf(trial.windows).filter((series) => series.kind === 'step')
  expect([sum(steps, (step) => step.count), sum(steps, (step) => step.failed)]).toEqual([2, 1])
  const examples = trial.windows.flatMap((window) => window.examples)
  expect(examples.map(({ failure, name, user, iteration }) => ({ failure, name, user, iteration }))).toEqual([
    { failure: 'exception', name: 'a', user: 1, iteration: 0 },
    { failure: 'status', name: 'GET /broken', user: 1, iteration: 1 },
    { failure: 'assertion', name: 'never', user: 1, iteration: 2 },
  ])
  expect(examples[0]?.message).toBe('my mistake')
  expectConservation(trial.windows)
})

test('at the cap of users arrivals wait in order, their latency counts from when they were due, and the rest is dropped with a cause', async () => {
  const url = await serve((_, response) => void setTimeout(() => response.end('slow'), 50))
  const trial = await begin({
    url,
    durationSec: 1,
    loads: [{ load: open(200, 1, 5), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  expectConservation(trial.windows)
  const all = generators(trial.windows)
  expect(sum(all, (generator) => generator.planned)).toBe(200)
  // 5 users × 20 a second are 100, some fewer because each answer is late by a timer.
  const started = sum(all, (generator) => generator.started)
  expect(started).toBeGreaterThan(50)
  expect(started).toBeLessThanOrEqual(105)
  expect(sum(all, (generator) => generator.dropped.usersCap)).toBe(200 - started)
  expect(all[0]?.usersMax).toBe(5)
  expect(sum(all, (generator) => generator.usersCapSec)).toBeGreaterThan(0.8)
  const slowest = Math.max(...requestsOf(trial.windows).map((series) => series.response.max))
  const slowestService = Math.max(...requestsOf(trial.windows).map((series) => series.service.max))
  expect(slowest).toBeGreaterThan(slowestService + 200_000)
})

test('a target that stops answering is what abandoned arrivals are blamed on', async () => {
  let served = 0
  const url = await serve((_, response) => {
    if (++served <= 100) response.end('ok')
  })
  const trial = await begin({
    url,
    durationSec: 1,
    gracefulStopSec: 0.1,
    loads: [{ load: open(300, 1, 20), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  expectConservation(trial.windows)
  const dropped = generators(trial.windows).map((generator) => generator.dropped)
  expect(sum(dropped, (one) => one.target)).toBeGreaterThan(100)
  expect(sum(dropped, (one) => one.usersCap + one.generator)).toBe(0)
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(20)
})

test.each([
  { blockedMs: 40, named: 'what fell due in the last moment before a stop was not given up' },
  { blockedMs: 500, named: 'what had waited for long before a stop was given up by the generator' },
])('$named', async ({ blockedMs }) => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 10,
    loads: [{ load: open(1000, 10, 10_000), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('/x')
        },
      },
    },
  })
  await trial.until(({ type }) => type === 'window')
  const blockedUntil = performance.now() + blockedMs
  while (performance.now() < blockedUntil);
  const stoppedNs = [process.hrtime.bigint()]
  trial.session.handle({ type: 'stop', graceful: true })
  stoppedNs.push(process.hrtime.bigint())
  await trial.done
  const started = sum(generators(trial.windows), (generator) => generator.started)
  // One is due each millisecond: so long had the first waited that was never started. A busy machine may have blocked the thread for longer than asked.
  const [least = NaN, most = NaN] = stoppedNs.map((ns) => Number(ns - trial.startNs) / 1e6 - started)
  expect(most).toBeGreaterThan(blockedMs - 10)
  const dropped = sum(generators(trial.windows), (generator) => generator.dropped.generator)
  expect(dropped).toBeGreaterThanOrEqual(Math.max(0, least - 110))
  expect(dropped).toBeLessThanOrEqual(Math.max(0, most - 90))
  expectConservation(trial.windows)
})

test('stop at once closes everything within 100 ms and says what it interrupted', async () => {
  const url = await serve(() => undefined)
  const trial = await begin({
    url,
    durationSec: 60,
    gracefulStopSec: 30,
    loads: [{ load: closed(10, 60), mix: { waits: 1, thinks: 1 } }],
    scenarios: {
      waits: {
        run: async ({ http }) => {
          await http.get('/never')
        },
      },
      thinks: { run: ({ think }) => think('1h') },
    },
  })
  await trial.until((message) => message.type === 'window')
  const before = performance.now()
  trial.session.handle({ type: 'stop', graceful: false })
  await trial.done
  expect(performance.now() - before).toBeLessThan(100)
  expectConservation(trial.windows)
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(10)
  expect(trial.messages.at(-1)?.type).toBe('test-done')
})

test('a graceful stop lets iterations end and starts no new one', async () => {
  let started = 0
  let ended = 0
  const url = await serve((_, response) => void setTimeout(() => response.end('ok'), 30))
  const trial = await begin({
    url,
    durationSec: 60,
    loads: [{ load: closed(4, 60), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, think, signal }) => {
          started++
          await http.get('/x')
          while (!signal.aborted) await think('50ms')
          await http.get('/last')
          ended++
        },
        stop: ({ vu }) => void stopped.push(vu.id),
      },
    },
  })
  const stopped: number[] = []
  await trial.until((message) => message.type === 'window')
  trial.session.handle({ type: 'stop', graceful: true })
  await trial.done
  expect([started, ended]).toEqual([4, 4])
  expect(stopped.sort()).toEqual([1, 2, 3, 4])
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(0)
  expectConservation(trial.windows)
})

test.each([
  { model: 'closed', load: closed(200, 2) },
  { model: 'open', load: open(300, 2) },
])('the end of a $model load is no burst: whoever thinks then goes on when they would have', async ({ load }) => {
  const seconds: number[] = []
  let startMs = NaN
  const url = await serve((request, response) => {
    if (Number.isNaN(startMs)) startMs = performance.now()
    if (request.url === '/second') seconds.push(performance.now() - startMs)
    response.end('ok')
  })
  const trial = await begin({
    url,
    durationSec: 2,
    loads: [{ load, mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, think }) => {
          await http.get('/first')
          await think('100ms', '900ms')
          await http.get('/second')
          await think('100ms', '900ms')
        },
      },
    },
  })
  await trial.done
  const inTenth = Array.from({ length: 30 }, (_, tenth) => seconds.filter((ms) => Math.floor(ms / 100) === tenth).length)
  // The end lies between the tenths 19 and 20. A hundred and more are in the middle of the first pause then.
  const [before, after] = [Math.max(...inTenth.slice(0, 19)), Math.max(...inTenth.slice(19, 22))]
  expect(before, String(inTenth)).toBeGreaterThan(10)
  expect(after, String(inTenth)).toBeLessThan(2 * before)
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(0)
  expectConservation(trial.windows)
})

test('the end of the load wakes who waits for a next iteration: there is none', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 0.3,
    loads: [{ load: closed(5, 0.3), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, pace }) => {
          pace('1h')
          await http.get('/x')
        },
      },
    },
  })
  const before = performance.now()
  await trial.done
  expect(performance.now() - before).toBeLessThan(2000)
  expect(sum(scenariosOf(trial.windows), (series) => series.count)).toBe(5)
  expectConservation(trial.windows)
})

test('user code that never ends does not keep the test from ending', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 0.1,
    gracefulStopSec: 0.1,
    loads: [{ load: closed(3, 0.1), mix: { a: 1 } }],
    scenarios: { a: { run: () => new Promise(() => undefined) } },
  })
  await trial.done
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(3)
  expectConservation(trial.windows)
})

test('a scenario without a single wait does not starve the loop', async () => {
  const url = await serve(ok)
  let calls = 0
  const trial = await begin({
    url,
    durationSec: 0.3,
    loads: [{ load: closed(2, 0.3), mix: { a: 1 } }],
    scenarios: { a: { run: () => calls++ } },
  })
  await trial.done
  expect(calls).toBeGreaterThan(1000)
  expect(sum(scenariosOf(trial.windows), (series) => series.count)).toBe(calls)
})

test('each arrival starts afresh: state, cookies, row, iteration', async () => {
  const cookies: unknown[] = []
  const url = await serve((request, response) => {
    cookies.push(request.headers.cookie)
    response.setHeader('set-cookie', 'who=me')
    response.end('ok')
  })
  const seen: unknown[] = []
  const trial = await begin({
    url,
    durationSec: 0.5,
    loads: [{ load: open(40, 0.5), mix: { a: 1 } }],
    feeds: [{ id: 0, path: 'x.csv', format: 'csv', pick: 'unique', whenEmpty: 'error', rows: 20 }],
    rows: Array.from({ length: 20 }, (_, index) => `row ${index}`),
    scenarios: {
      a: {
        start: ({ vu }) => ({ from: vu.id }),
        run: async ({ http, vu }) => {
          seen.push([vu.id, vu.iteration, vu.state, vu.row({ feed: 0 }) === vu.row({ feed: 0 }), vu.shared])
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => [index + 1, 0, { from: index + 1 }, true, { token: 'shared' }]))
  expect(cookies.every((cookie) => cookie === undefined)).toBe(true)
})

test('shared iterations end the test when they are used up', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 60,
    loads: [{ load: { model: 'iterations', users: 7, iterations: 100, limitSec: 60 }, mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  expect(sum(scenariosOf(trial.windows), (series) => series.count)).toBe(100)
  expectConservation(trial.windows)
})

test('paced iterations begin at their pace', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 0.95,
    loads: [{ load: closed(2, 0.95), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, pace }) => {
          pace('100ms')
          await http.get('/x')
        },
      },
    },
  })
  await trial.done
  const iterations = sum(scenariosOf(trial.windows), (series) => series.count)
  // Each at 0, 100 … 900 ms; on a busy machine one may fall off the end.
  expect(iterations).toBeGreaterThanOrEqual(18)
  expect(iterations).toBeLessThanOrEqual(20)
})

test('of users who start, pace and end, each moment is accounted for', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 2,
    loads: [{ load: closed(5, 2), mix: { a: 1 } }],
    scenarios: {
      a: {
        start: ({ think }) => think(700),
        run: async ({ http, pace, think }) => {
          pace('900ms')
          await http.get('/x')
          await think(100)
        },
        stop: ({ think }) => think(50),
      },
    },
  })
  await trial.done
  const windows = generators(trial.windows)
  const users = sum(windows, ({ usersMean, lengthSec }) => usersMean * lengthSec)
  const inside = sum(windows, ({ iterationsInFlightSec }) => iterationsInFlightSec)
  const outside = sum(windows, ({ outsideSec = NaN }) => outsideSec)
  expect(inside).toBeGreaterThan(5 * 2 * 0.1)
  expect(outside).toBeGreaterThan(5 * (0.7 + 0.7))
  expect(inside + outside).toBeCloseTo(users, 1)
})

test('two workers side by side make the arrivals of one, with ids that never meet', async () => {
  const url = await serve(ok)
  const loads: LoadAssignment[] = [
    { load: closed(3, 0.4), mix: { a: 1 } },
    { load: open(100, 0.4), mix: { b: 1 } },
    { load: open(50, 0.4), mix: { c: 1 } },
  ]
  const ids: [string, number][] = []
  const note = {
    run: async ({ http, vu, think }: Parameters<ScenarioCode['run']>[0]): Promise<void> => {
      if (vu.iteration === 0) ids.push([vu.scenario, vu.id])
      await http.get('/x')
      if (vu.scenario === 'a') await think(1000)
    },
  }
  const trials = await Promise.all(
    [0, 1].map((worker) => begin({ url, durationSec: 0.4, loads, worker, workers: 2, scenarios: { a: note, b: note, c: note } })),
  )
  await Promise.all(trials.map((trial) => trial.done))
  expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length)
  expect(['a', 'b', 'c'].map((name) => ids.filter(([scenario]) => scenario === name).length)).toEqual([3, 40, 20])
  for (const trial of trials) expectConservation(trial.windows)
})

test('a trace is replayed, and watching alone makes windows without load', async () => {
  const url = await serve(ok)
  const replay = await begin({
    url,
    durationSec: 0.3,
    loads: [{ load: { model: 'trace', path: 'x', arrivals: 3, durationSec: 0.3, maxUsers: 10 }, mix: { a: 1 } }],
    traceTimes: [0, 0.1, 0.2],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('/x')
        },
      },
    },
  })
  await replay.done
  expect(sum(generators(replay.windows), (generator) => generator.started)).toBe(3)
  const look = await begin({
    url,
    durationSec: 1.1,
    loads: [{ load: { model: 'watch', durationSec: 1.1 }, mix: {} }],
    scenarios: {},
  })
  await look.done
  expect(look.windows.map((window) => window.generator.requestsStarted)).toEqual([0, 0])
})

test('what a scenario prints goes to the log with its user and iteration, and a rejection nobody waits for is told', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 5,
    loads: [{ load: { model: 'iterations', users: 2, iterations: 4, limitSec: 5 }, mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, vu }) => {
          await http.get('/x')
          console.warn(`user ${vu.id} in ${vu.iteration}`)
        },
      },
    },
  })
  await trial.done
  const logs = trial.messages.filter((message) => message.type === 'log')
  expect(logs).toHaveLength(4)
  for (const log of logs) {
    expect(log.level).toBe('warn')
    expect(log.text).toBe(`user ${log.user} in ${log.iteration}`)
  }
  trial.session.stray(new Error('lost'))
  expect(trial.messages.at(-1)).toMatchObject({ type: 'log', level: 'error' })
})

test('a request to a host that the plan does not name ends the run', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 30,
    loads: [{ load: closed(2, 30), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http }) => {
          await http.get('http://127.0.0.9:1/')
        },
      },
    },
  })
  await trial.done
  expect(trial.messages.find((message) => message.type === 'error')).toMatchObject({ code: 'HOST_NOT_ALLOWED' })
})

test('debug runs one iteration of each scenario and shows what was said', async () => {
  const url = await serve(ok)
  const calls: string[] = []
  const note = (name: string): ScenarioCode => ({
    run: async ({ http }) => {
      calls.push(name)
      await http.get('/x')
    },
  })
  const trial = await begin({
    url,
    durationSec: 30,
    debug: true,
    loads: [{ load: open(100, 30), mix: { a: 1, b: 3 } }],
    scenarios: { a: note('a'), b: note('b') },
  })
  await trial.done
  expect(calls.sort()).toEqual(['a', 'b'])
  expect(trial.messages.some((message) => message.type === 'debug' && message.text.includes('/x'))).toBe(true)
})

test('what the end of the load cut off through the signal is interrupted: it failed nobody and has no time', async () => {
  const url = await serve(ok)
  const untilAborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) // an AbortError
  const trial = await begin({
    url,
    durationSec: 0.2,
    loads: [{ load: closed(20, 0.2), mix: { a: 1 } }],
    scenarios: { a: { run: ({ step, signal }) => step('work', () => untilAborted(signal)) } },
  })
  await trial.done
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(20)
  expect(sum(scenariosOf(trial.windows), (series) => series.failed)).toBe(0)
  expect(seriesOf(trial.windows).filter(({ kind }) => kind === 'step')).toEqual([])
  expect(trial.windows.flatMap((window) => window.examples)).toEqual([])
  expectConservation(trial.windows)
})

test('an abort of the scenario itself is its own failure', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 5,
    loads: [{ load: { model: 'iterations', users: 1, iterations: 1, limitSec: 5 }, mix: { a: 1 } }],
    scenarios: { a: { run: ({ step }) => step('work', () => Promise.reject(new DOMException('too slow', 'AbortError'))) } },
  })
  await trial.done
  expect(sum(scenariosOf(trial.windows), (series) => series.failed)).toBe(1)
  expect(seriesOf(trial.windows).find(({ kind }) => kind === 'step')).toMatchObject({ count: 1, failed: 1 })
})

test('what a scenario writes leaves with its second; what the end of the load cut off has begun and not ended', async () => {
  const url = await serve((request, response) => {
    if (request.url !== '/hangs') response.end('ok')
  })
  const trial = await begin({
    url,
    durationSec: 1.3,
    gracefulStopSec: 0,
    loads: [{ load: closed(1, 1.3), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, audit, vu }) => {
          await audit.write(`order-${vu.iteration}`, () => http.post(vu.iteration < 3 ? '/orders' : '/hangs'))
        },
      },
    },
  })
  await trial.done
  const messages = trial.messages.filter((message) => message.type === 'audit')
  const writes = messages.flatMap(({ work }) => work.writes ?? [])
  const ended = writes.filter(({ outcome }) => outcome === 'acknowledged').map(({ id }) => id)
  expect(ended).toEqual(['order-0', 'order-1', 'order-2'])
  // Told with the first second, and never said to have been answered.
  const cut = writes.filter(({ id }) => id === 'order-3')
  expect(cut[0]).not.toHaveProperty('outcome')
  expect(cut.slice(1).every(({ outcome, begun }) => outcome === 'uncertain' && begun)).toBe(true)
  expect(messages.map(({ test: name, worker }) => [name, worker])).toContainEqual(['trial', 0])
  const times = trial.messages.map(({ type }) => type)
  expect(times.lastIndexOf('audit')).toBeLessThan(times.indexOf('test-done'))
})

test('a scenario without an audit says nothing of one', async () => {
  const url = await serve(ok)
  const load: LoadSpec = { model: 'iterations', users: 1, iterations: 2, limitSec: 5 }
  const scenarios = { a: { run: ({ http }) => http.get('/') } } satisfies Record<string, ScenarioCode>
  const trial = await begin({ url, durationSec: 5, loads: [{ load, mix: { a: 1 } }], scenarios })
  await trial.done
  expect(trial.messages.filter(({ type }) => type === 'audit')).toEqual([])
})

/** A WebSocket server that says back what it is told; with every socket that it has had. */
async function serveSockets(): Promise<{ url: string; sockets: WebSocket[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const sockets: WebSocket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('message', (data) => socket.send(data, { binary: false }))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  // A TCP server's address is never a string.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

test('a WebSocket of `start` lives as long as its user, one of an iteration as long as that', async () => {
  const { url, sockets } = await serveSockets()
  const openAtOnce: number[] = []
  const trial = await begin({
    url,
    durationSec: 5,
    loads: [{ load: { model: 'iterations', users: 2, iterations: 20, limitSec: 5 }, mix: { a: 1 } }],
    scenarios: {
      a: {
        start: async ({ ws }) => await ws.connect('/kept'),
        run: async ({ ws, vu }) => {
          await ws.connect('/brief')
          const kept = vu.state as WebSocketConnection<unknown> // what `start` returned
          expect(await kept.request({ type: 'hello' })).toMatchObject({ ok: true })
          openAtOnce.push(sockets.filter((socket) => socket.readyState === socket.OPEN).length)
        },
      },
    },
  })
  await trial.done
  const counts = new Map<string, number>()
  for (const { name, count, failed } of requestsOf(trial.windows)) {
    counts.set(name, (counts.get(name) ?? 0) + count)
    expect(failed, name).toBe(0)
  }
  expect(Object.fromEntries(counts)).toEqual({ 'ws connect /kept': 2, 'ws connect /brief': 20, 'ws hello': 20 })
  expect(Math.max(...openAtOnce)).toBeLessThan(10)
  await expect.poll(() => sockets.filter((socket) => socket.readyState === socket.OPEN)).toEqual([])
  expect(sum(scenariosOf(trial.windows), (series) => series.failed)).toBe(0)
  expectConservation(trial.windows)
})

test('a user who is taken away while it waits for a message ends, and its wait is aborted', async () => {
  const { url } = await serveSockets()
  const after: unknown[] = []
  const trial = await begin({
    url,
    durationSec: 0.3,
    gracefulStopSec: 0,
    loads: [{ load: closed(3, 0.3), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ ws }) => {
          const room = await ws.connect('/')
          after.push(await room.next())
          await room.next()
          after.push('went on')
        },
      },
    },
  })
  await trial.done
  expect(after).toEqual(Array.from({ length: 3 }, (): unknown => expect.objectContaining({ ok: false, failure: 'aborted' })))
  expect(sum(scenariosOf(trial.windows), (series) => series.interrupted)).toBe(3)
  expectConservation(trial.windows)
})

test('the first exchange of an arrival counts from when it was due, whichever protocol it is of', async () => {
  const { url } = await serveSockets()
  const trial = await begin({
    url,
    durationSec: 0.5,
    loads: [{ load: open(100, 0.5, 1), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ ws, think }) => {
          await ws.connect('/')
          await think(50)
        },
      },
    },
  })
  await trial.done
  // One user at a time, 50 ms each, for arrivals every 10 ms: each waits longer than the one before.
  expect(Math.max(...requestsOf(trial.windows).map((series) => series.response.max))).toBeGreaterThan(200_000)
  expectConservation(trial.windows)
})

test('a statement is a request of its user as well: counted, failed, with an example', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 5,
    loads: [{ load: { model: 'iterations', users: 1, iterations: 3, limitSec: 5 }, mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, sql }) => {
          await http.get('/x')
          // Nobody listens there.
          await sql.query('DELETE FROM orders', [], { service: 'postgres://me@127.0.0.1:1/shop' })
        },
      },
    },
  })
  await trial.done
  expectConservation(trial.windows)
  const statements = requestsOf(trial.windows).filter(({ name }) => name === 'sql DELETE orders')
  expect(sum(statements, ({ failures }) => failures.refused ?? 0)).toBe(3)
  expect(sum(scenariosOf(trial.windows), ({ failed }) => failed)).toBe(3)
  const [example] = trial.windows.flatMap(({ examples }) => examples)
  expect(example).toMatchObject({ failure: 'refused', name: 'sql DELETE orders', user: 1, iteration: 0 })
})

test('only the first exchange of an arrival counts from when it was due, whatever its protocol', async () => {
  const url = await serve(ok)
  const trial = await begin({
    url,
    durationSec: 1,
    // One user at once: the others wait for it, 50 ms each.
    loads: [{ load: open(40, 0.5, 1), mix: { a: 1 } }],
    scenarios: {
      a: {
        run: async ({ http, sql, think }) => {
          const service = 'postgres://me@127.0.0.1:1/shop'
          await sql.query('SELECT 1', [], { service, name: 'first' })
          await sql.query('SELECT 1', [], { service, name: 'second' })
          await http.get('/x')
          await think(50)
        },
      },
    },
  })
  await trial.done
  const longestMs = (name: string): number =>
    Math.max(
      ...requestsOf(trial.windows)
        .filter((series) => series.name === name)
        .map(({ response }) => response.max / 1000),
    )
  // Half a second, were it counted from when its arrival was due.
  expect(longestMs('GET /x')).toBeLessThan(300)
  expect(sum(scenariosOf(trial.windows), ({ count }) => count)).toBeGreaterThan(5)
})
