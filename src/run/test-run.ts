import { mergeSeriesWindows } from '../metrics/index.ts'
import { ToolError } from '../base/errors.ts'
import type { EndReason } from '../model/run-event.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { FromWorker } from '../model/worker-protocol.ts'
import { createStopMonitor } from '../verdicts/index.ts'
import type { CompleteSecond } from './collector.ts'
import { createCollector } from './collector.ts'
import type { Session } from './session.ts'
import type { WorkerHost } from './worker-host.ts'
import { toolErrorOf } from './worker-host.ts'

/** Time that the workers get to prepare their users before the load begins. */
const leadSec = 0.25
/** How much longer than the graceful stop a worker may take before it is given up. */
const lateSec = 5

/** A run of one test: takes the workers' messages, and ends with the reason. */
export interface TestRun {
  message(worker: number, message: FromWorker): void
  readonly done: Promise<EndReason>
}

/** Drives the workers through one test and writes what they say. A stop condition that comes true ends the load at once. */
export function startTest(test: TestSpec, workers: WorkerHost, session: Session): TestRun {
  const collector = createCollector(workers.count, mergeSeriesWindows)
  const monitor = createStopMonitor(test.stopWhen)
  const startSec = Math.ceil((session.clock.now() + leadSec) * 1000) / 1000
  let finished = 0
  let loadEnded = false
  let resolveDone: (reason: EndReason) => void = () => undefined
  const done = new Promise<EndReason>((resolve) => (resolveDone = resolve))

  const seconds = (complete: readonly CompleteSecond[]): void => {
    for (const second of complete) {
      session.write(second.lines)
      for (const window of second.windows)
        for (const example of window.examples) session.emit({ kind: 'failure-example', test: test.name, ...example })
    }
  }

  const endLoad = (reason: EndReason, atSec: number): void => {
    if (loadEnded) return
    loadEnded = true
    session.emit({ kind: 'load-ended', test: test.name, reason }, atSec)
  }

  const watch = (): void => {
    if (session.signal.aborted) return
    const alarm = monitor.check(session.data, test.name, session.clock.now())
    if (alarm === undefined) return
    session.emit({ kind: 'alarm', test: test.name, condition: alarm.condition, value: alarm.value, scope: alarm.scope })
    session.end('stopped')
  }

  const tick = setInterval(() => {
    watch()
    session.observer.onTick?.({ data: session.data, test: test.name, nowSec: session.clock.now() })
  }, 500)

  const finish = (reason: EndReason): void => {
    clearInterval(tick)
    clearTimeout(planned)
    clearTimeout(limit)
    session.signal.removeEventListener('abort', stopEarly)
    session.hurrySignal.removeEventListener('abort', stopNow)
    seconds(collector.flush())
    endLoad(reason, session.clock.now())
    session.emit({ kind: 'test-ended', test: test.name, reason })
    resolveDone(reason)
  }

  const msUntil = (sec: number): number => Math.max(0, (sec - session.clock.now()) * 1000)
  const giveUp = (): void => {
    session.end('error', new ToolError('INTERNAL', `The workers did not end the test "${test.name}" in time.`))
    finish('error')
  }
  let limit = setTimeout(giveUp, msUntil(startSec + test.durationSec + test.gracefulStopSec + lateSec))
  const planned = setTimeout(() => endLoad('completed', startSec + test.durationSec), msUntil(startSec + test.durationSec))

  const stopNow = (): void => workers.send({ type: 'stop', graceful: false })
  const stopEarly = (): void => {
    const reason = session.ending()?.reason ?? 'interrupted'
    endLoad(reason, session.clock.now())
    const graceful = reason === 'interrupted'
    workers.send({ type: 'stop', graceful })
    clearTimeout(limit)
    limit = setTimeout(giveUp, ((graceful ? test.gracefulStopSec : 0) + lateSec) * 1000)
  }

  session.emit({ kind: 'test-started', test: test.name, spec: test })
  session.emit({ kind: 'load-started', test: test.name }, startSec)
  workers.send({ type: 'test', test, startSec })
  if (session.signal.aborted) stopEarly()
  else session.signal.addEventListener('abort', stopEarly, { once: true })
  session.hurrySignal.addEventListener('abort', stopNow, { once: true })

  return {
    done,
    message(_worker, message) {
      switch (message.type) {
        case 'window':
          seconds(collector.add(message.window))
          return
        case 'log':
          session.emit(
            {
              kind: 'log',
              test: message.test,
              level: message.level,
              text: message.text,
              user: message.user,
              iteration: message.iteration,
            },
            message.atSec,
          )
          return
        case 'debug':
          session.observer.onDebug?.(message.text)
          return
        case 'error':
          session.end('error', toolErrorOf(message.code, message.text, message.hint))
          return
        case 'test-done':
          finished += 1
          if (finished === workers.count) finish(session.ending()?.reason ?? 'completed')
          return
        case 'ready':
          return
      }
    },
  }
}
