import { ToolError } from '../base/errors.ts'
import { mergeSeriesWindows } from '../metrics/index.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { FromWorker, ToWorker } from '../model/worker-protocol.ts'
import type { CompleteSecond } from './collector.ts'
import { createCollector } from './collector.ts'
import type { Session } from './session.ts'
import type { WorkerHost } from './worker-host.ts'
import { toolErrorOf } from './worker-host.ts'

/** Time that the workers get to prepare their users before the load begins. */
export const leadSec = 0.25
/** How much longer than the graceful stop a worker may take before it is given up. */
const lateSec = 5

export interface LoadOptions {
  /** What the workers are to do; a trial of a search is a test with that trial's load. */
  readonly test: TestSpec
  /** Run clock. */
  readonly startSec: number
  /** Of a search: each trial has arrivals of its own. */
  readonly trial?: number
  /** The load is over: after its time, or early. Users may still be at work. */
  readonly over: (how: { readonly early: boolean; readonly atSec: number }) => void
}

/** One load while it runs. */
export interface Load {
  /** Ends it before its time: with a graceful stop for what runs, or at once. */
  stop(options: { readonly graceful: boolean }): void
  /** Every user has left and every window is written. */
  readonly done: Promise<void>
}

/** The worker threads as one generator: one load at a time, its windows in the record. */
export interface Generator {
  start(options: LoadOptions): Load
  readonly message: (worker: number, message: FromWorker) => void
}

interface Current {
  window(seconds: readonly CompleteSecond[]): void
  workerDone(): void
  readonly collector: ReturnType<typeof createCollector>
}

export function createGenerator(
  workers: () => WorkerHost,
  session: Session,
  routes: () => NonNullable<TestMessage['routes']>,
): Generator {
  let current: Current | undefined
  return {
    start(options) {
      const load = startLoad(workers(), session, { ...options, routes: routes() })
      current = load.current
      void load.done.then(() => {
        if (current === load.current) current = undefined
      })
      return load
    },
    message(_worker, message) {
      switch (message.type) {
        case 'window':
          current?.window(current.collector.add(message.window))
          return
        case 'audit':
          session.audit({ kind: 'audit-work', test: message.test, worker: message.worker, ...message.work }, message.atSec)
          return
        case 'log': {
          const { test, level, text, user, iteration, atSec } = message
          session.emit({ kind: 'log', test, level, text, user, iteration }, atSec)
          return
        }
        case 'debug':
          session.observer.onDebug?.(message.text)
          return
        case 'error':
          session.end('error', toolErrorOf(message.code, message.text, message.hint))
          return
        case 'test-done':
          current?.workerDone()
          return
        case 'ready':
          return
      }
    },
  }
}

type TestMessage = Extract<ToWorker, { type: 'test' }>

function startLoad(
  workers: WorkerHost,
  session: Session,
  options: LoadOptions & Required<Pick<TestMessage, 'routes'>>,
): Load & { readonly current: Current } {
  const { test, startSec, trial, over, routes } = options
  const collector = createCollector(workers.count, mergeSeriesWindows)
  let finished = 0
  let isOver = false
  let resolveDone: () => void = () => undefined
  const done = new Promise<void>((resolve) => (resolveDone = resolve))

  const write = (complete: readonly CompleteSecond[]): void => {
    for (const second of complete) {
      session.write(second.lines)
      for (const window of second.windows)
        for (const example of window.examples) session.emit({ kind: 'failure-example', test: test.name, ...example })
    }
  }
  const end = (early: boolean, atSec: number): void => {
    if (isOver) return
    isOver = true
    over({ early, atSec })
  }
  const finish = (): void => {
    clearTimeout(planned)
    clearTimeout(limit)
    session.signal.removeEventListener('abort', stopForGood)
    session.hurrySignal.removeEventListener('abort', stopNow)
    write(collector.flush())
    end(false, session.clock.now())
    resolveDone()
  }
  const giveUp = (): void => {
    session.end('error', new ToolError('INTERNAL', `The workers did not end the test "${test.name}" in time.`))
    finish()
  }
  const msUntil = (sec: number): number => Math.max(0, (sec - session.clock.now()) * 1000)
  const endSec = startSec + test.durationSec
  let limit = setTimeout(giveUp, msUntil(endSec + test.gracefulStopSec + lateSec))
  const planned = setTimeout(() => end(false, endSec), msUntil(endSec))

  const stopNow = (): void => workers.send({ type: 'stop', graceful: false })
  const stop = ({ graceful }: { readonly graceful: boolean }): void => {
    end(true, session.clock.now())
    workers.send({ type: 'stop', graceful })
    clearTimeout(limit)
    limit = setTimeout(giveUp, ((graceful ? test.gracefulStopSec : 0) + lateSec) * 1000)
  }
  const stopForGood = (): void => stop({ graceful: session.ending()?.reason === 'interrupted' })

  workers.send({ type: 'test', test, startSec, routes, ...(trial === undefined ? {} : { trial }) })
  if (session.signal.aborted) stopForGood()
  else session.signal.addEventListener('abort', stopForGood, { once: true })
  session.hurrySignal.addEventListener('abort', stopNow, { once: true })

  const workerDone = (): void => {
    finished += 1
    if (finished === workers.count) finish()
  }
  return { stop, done, current: { window: write, workerDone, collector } }
}
