import { captureConsole } from '../base/capture-console.ts'
import { messageOf, ToolError } from '../base/errors.ts'
import { maskSecrets } from '../base/secrets.ts'
import { createRecorder } from '../metrics/index.ts'
import type { FeedSpec } from '../model/plan-spec.ts'
import type { FromWorker, ToWorker, WorkerInit } from '../model/worker-protocol.ts'
import type { PlanCode } from '../plan/index.ts'
import { databaseHosts } from '../plan/index.ts'
import { createHttpWorker } from '../protocols/http1/index.ts'
import type { ExchangeObserver } from '../protocols/index.ts'
import { createHostRule } from '../protocols/index.ts'
import { createSqlWorker } from '../protocols/sql/index.ts'
import { createTcpWorker } from '../protocols/tcp/index.ts'
import { createWsWorker } from '../protocols/ws/index.ts'
import { debugLoads } from './debug-load.ts'
import { Examples } from './examples.ts'
import { observeExchanges } from './exchange-observer.ts'
import { Feeds } from './feeds.ts'
import type { Rows } from './feeds.ts'
import { LoadMeter } from './load-meter.ts'
import { measureEmptyTurn, Pump } from './pump.ts'
import type { RunClock } from './run-clock.ts'
import { createRunClock } from './run-clock.ts'
import { watchSelf } from './self-watch.ts'
import type { Protocols } from './test-run.ts'
import { closeProtocols, idsOf, TestRun } from './test-run.ts'
import type { Attribution } from './world.ts'

/** A turn of the loop up to this many times the length of an empty one was empty. */
const emptyTurnMargin = 2.5

export interface SessionOptions {
  readonly init: WorkerInit
  readonly code: PlanCode
  readonly allowedHosts: readonly string[]
  readonly openFeed: (spec: FeedSpec) => Rows
  /** Times of a trace file, in seconds. */
  readonly traceTimes: (path: string) => readonly number[]
  readonly post: (message: FromWorker) => void
}

/** A worker's side of the protocol: one run, its tests one after the other. */
export interface WorkerSession {
  handle(message: ToWorker): void
  /** Code of the user failed where nobody waited for it. */
  stray(error: unknown): void
  close(): void
}

type TestMessage = Extract<ToWorker, { type: 'test' }>

export async function createWorkerSession(options: SessionOptions): Promise<WorkerSession> {
  const { init, code } = options
  const post = masking(options.post, init.secrets)
  const { plan } = init
  const clock = createRunClock(init.runStartNs)
  let run: TestRun | undefined
  let testName = ''
  let firstId = 0
  const fatal = (error: unknown): void => {
    const tool =
      error instanceof ToolError ? error : new ToolError('INTERNAL', `A worker failed: ${messageOf(error)}`, { cause: error })
    post({ type: 'error', code: tool.code, text: tool.message, ...(tool.hint === undefined ? {} : { hint: tool.hint }) })
    run?.stop({ graceful: false })
  }
  const pump = new Pump({ clock, emptyTurnMs: (await measureEmptyTurn()) * emptyTurnMargin, failed: fatal })
  const watch = watchSelf(clock.now())
  const attribution: Attribution = { user: undefined, turns: 0 }
  const log = (level: 'info' | 'warn' | 'error', text: string): void => {
    const { user } = attribution
    post({
      type: 'log',
      test: testName,
      level,
      text,
      user: user?.id ?? 0,
      iteration: user?.iteration ?? 0,
      atSec: clock.toRunSec(clock.now()),
    })
  }
  const releaseConsole = captureConsole(log, clock.now)

  /** Every test has its own sockets, histograms and rows: what a test leaves behind cannot be seen in the next. */
  const begin = ({ test: asked, startSec, trial = 0, routes = {} }: TestMessage): void => {
    const test = init.debug ? debugLoads(asked) : asked
    testName = test.name
    const meter = new LoadMeter(clock.fromRunSec(startSec))
    const recorder = createRecorder({ maxSeries: plan.maxSeries })
    const examples = new Examples()
    const observer = observeExchanges({
      clock,
      meter,
      recorder,
      examples,
      attribution,
      ...(init.debug ? { debug: (text: string) => post({ type: 'debug', text }) } : {}),
    })
    const protocols = openProtocols(options, { observer, clock, routes })
    const done = (): void => {
      run = undefined
      attribution.user = undefined
      closeProtocols(protocols)
      recorder.destroy()
      post({ type: 'test-done', test: test.name })
    }
    const { worker, workers, shared, services } = init
    // A prime, far from the strides that loads and workers draw their own streams by.
    const seed = init.seed + 1_000_003 * trial
    const parts = {
      test,
      startSec,
      plan,
      code,
      bundle: init.bundle,
      worker,
      workers,
      seed,
      shared,
      services,
      clock,
      pump,
      recorder,
      meter,
      watch,
      examples,
      attribution,
      protocols,
    }
    const feeds = new Feeds(plan.feeds, options.openFeed)
    watch.cut(clock.now(), pump.spunMs)
    run = new TestRun({
      ...parts,
      feeds,
      firstId,
      traceTimes: options.traceTimes,
      window: (window) => post({ type: 'window', window }),
      audit: (work, atSec) => post({ type: 'audit', test: test.name, worker, atSec, work }),
      fatal,
      done,
    })
    firstId += idsOf(test.loads)
  }

  return {
    handle: (message) => {
      switch (message.type) {
        case 'test':
          try {
            begin(message)
          } catch (error) {
            fatal(error)
          }
          return
        case 'stop':
          run?.stop({ graceful: message.graceful })
          return
        case 'exit':
          return
      }
    },
    stray: (error) => {
      if (error instanceof ToolError) fatal(error)
      else
        log(
          'error',
          `Nobody handled an error of the scenario: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
    },
    close: () => {
      run?.stop({ graceful: false })
      pump.stop()
      watch.stop()
      releaseConsole()
    },
  }
}

interface ProtocolParts {
  readonly observer: ExchangeObserver
  readonly clock: RunClock
  readonly routes: NonNullable<TestMessage['routes']>
}

function openProtocols({ init, allowedHosts }: SessionOptions, { observer, clock, routes }: ProtocolParts): Protocols {
  const { plan, services, worker } = init
  const { now } = clock
  const common = {
    spec: plan.http,
    baseUrl: plan.target?.url,
    hosts: createHostRule({ allowed: allowedHosts }),
    observer,
    routes,
  }
  return {
    http: createHttpWorker({ ...common, now, localAddressOffset: worker }),
    sql: createSqlWorker({ spec: plan.sql, services, allowed: databaseHosts(plan, services), observer, now }),
    ws: createWsWorker({ ...common, clock, worker }),
    tcp: createTcpWorker({ ...common, clock, worker }),
  }
}

/** Hides the plan's secrets in every text that users or the target can have written. */
function masking(post: (message: FromWorker) => void, secrets: readonly string[]): (message: FromWorker) => void {
  if (secrets.length === 0) return post
  const mask = (text: string): string => maskSecrets(text, secrets)
  return (message) => {
    if (message.type === 'log' || message.type === 'debug' || message.type === 'error')
      post({ ...message, text: mask(message.text) })
    else if (message.type !== 'window' || message.window.examples.length === 0) post(message)
    else {
      const examples = message.window.examples.map((example) => ({ ...example, message: mask(example.message) }))
      post({ ...message, window: { ...message.window, examples } })
    }
  }
}
